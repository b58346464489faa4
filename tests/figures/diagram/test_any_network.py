"""Drawings of networks that are not ours: shortcuts, joins, tokens, long names, layers that do nothing."""

import xml.etree.ElementTree as ET

import pytest
import torch
import torchvision
from torch import nn

import resnet_core as rc
from resnet_core.anatomy.tables.arcs import Arc
from resnet_core.anatomy.tables.layouts import layouts
from resnet_core.anatomy.tables.parts import find_part, layer_paths, part_tree
from resnet_core.figures.diagram.scenes import diagram_payload, diagram_svg, place_of_layer, scene_of

ARC = 2.5  # width of a shortcut's line


def torchvisions(name, size=None, **options):
    with torch.device("meta"):
        return rc.trace_model(torchvision.models.get_model(name, **options), size)


@pytest.fixture(scope="module")
def resnet50():
    return torchvisions("resnet50")


@pytest.fixture(scope="module")
def vit():
    return torchvisions("vit_b_32")


def everything_in(part):
    yield part
    for child in part.children:
        yield from everything_in(child)


def arcs_in(drawing):
    paths = [one for one in ET.fromstring(drawing).iter() if one.tag.endswith("path")]
    return [one for one in paths if one.get("stroke-width") == str(ARC) and "C" in one.get("d")]


def texts_of(drawing):
    return [one for one in ET.fromstring(drawing).iter() if one.tag.endswith("text")]


def test_torchvisions_resnet50_shows_its_sixteen_shortcuts(resnet50):
    arcs = [arc for stage in range(1, 5) for arc in arcs_in(diagram_svg(resnet50, at=f"layer{stage}"))]
    assert len(arcs) == 16
    assert sum(arc.get("stroke-dasharray") is not None for arc in arcs) == 4  # projections
    assert len(arcs_in(diagram_svg(resnet50))) == 8  # like blocks are folded: a projection and the rest in each stage
    for block in ("layer1.0", "layer3.5"):
        assert len(arcs_in(diagram_svg(resnet50, at=block))) == 1


def test_its_blocks_are_drawn_as_ours_are(resnet50):
    theirs, ours = (part_tree(trace) for trace in (resnet50, rc.walk_spec("resnet50")))
    for stage in ("layer1", "layer4"):
        blocks = [find_part(whole, stage).blocks for whole in (theirs, ours)]
        assert [part.name for part in blocks[0]] == [part.name for part in blocks[1]]
        assert [part.arcs for part in blocks[0]] == [part.arcs for part in blocks[1]]
        assert blocks[0][0].shortcut == "projection"


def test_a_transformers_block_has_both_of_its_shortcuts(vit):
    block = find_part(part_tree(vit), "encoder.layers.encoder_layer_0")
    assert block.level == "block"
    assert block.arcs == (Arc(0, 3, (), "identity"), Arc(4, 6, (), "identity"))
    assert len(arcs_in(diagram_svg(vit, at=block.path))) == 2
    assert len(arcs_in(diagram_svg(vit, at="encoder.layers"))) == 12


def test_tokens_are_said_and_drawn_as_what_they_are(vit):
    block = find_part(part_tree(vit), "encoder.layers.encoder_layer_0")
    assert (block.output_shape, block.layout) == ((1, 50, 768), "tokens")
    assert block.map_shape == (1, 768, 7, 7)
    assert "output 50×768 (50 tokens of 768 numbers)" in diagram_svg(vit, at=block.path)


@pytest.mark.slow
def test_channels_last_are_said_too():
    swin = torchvisions("swin_t")
    kinds = [(call.kind, layout) for call, layout in zip(swin.calls, layouts(swin), strict=True) if call.functional]
    assert set(kinds) == {("add", "channels last"), ("cat", "channels last")}
    assert "56×56×96 (56×56 places, channels last)" in diagram_svg(swin, at="features.1.0")


def test_video_has_three_sides_and_its_projections():
    trace = torchvisions("r3d_18", (1, 3, 8, 32, 32))
    block = find_part(part_tree(trace), "layer2.0")
    assert block.shortcut == "projection"
    drawing = diagram_svg(trace, at="layer2.0")
    assert "128×4×8×8" in drawing
    assert "1×1×1 conv /2" in drawing


class Join(nn.Module):
    """Joins what its branches make of the same input."""

    def __init__(self, *branches, join=lambda parts: torch.cat(parts, 1)):
        super().__init__()
        self.branches, self.join = nn.ModuleList(branches), join

    def forward(self, x):
        return self.join([branch(x) for branch in self.branches])


def conv(ins, out, kernel=1):
    return nn.Conv2d(ins, out, kernel, padding=kernel // 2)


@pytest.mark.parametrize(
    ("side", "kind"),
    [
        (nn.Identity(), "identity"), (nn.Dropout(), "identity"), (conv(4, 4), "projection"),
        (nn.Sequential(conv(4, 4), nn.BatchNorm2d(4)), "projection"), (conv(4, 4, 3), "branch"),
        (nn.Sequential(conv(4, 4), nn.ReLU(), conv(4, 4)), "branch"),
    ],
)  # fmt: skip
def test_the_shorter_way_is_the_shortcut_and_says_of_what_kind(side, kind):
    trunk = nn.Sequential(conv(4, 4, 3), nn.ReLU(), conv(4, 4, 3), nn.BatchNorm2d(4), nn.ReLU())
    network = nn.Sequential(nn.ReLU(), Join(trunk, side, join=sum_of), nn.ReLU())
    whole = part_tree(rc.trace_model(network, (1, 4, 8, 8)))
    assert find_part(whole, "1").shortcut == kind
    arcs = arcs_in(diagram_svg(rc.trace_model(network, (1, 4, 8, 8))))
    dashed = [arc.get("stroke-dasharray") is not None for arc in arcs]
    assert dashed == [kind != "identity"]


def sum_of(parts):
    return parts[0] + parts[1]


@pytest.mark.parametrize("narrow", [False, True])
def test_many_branches_are_listed_with_what_each_takes(narrow):
    net = nn.Sequential(Join(*(nn.Sequential(conv(3, 2), nn.ReLU()) for _ in range(4))), nn.ReLU())
    drawing = diagram_svg(rc.trace_model(net, (1, 3, 8, 8)), at="0", narrow=narrow)
    said = "".join(ET.fromstring(drawing).itertext())
    assert said.count("from input") == 3  # the first stands right behind it
    assert "from branches.0," in said
    assert "M2 " not in drawing  # no line that would say that one follows the other


class UNet(nn.Module):
    """Halves twice and doubles twice, with what was before beside what comes up."""

    def __init__(self):
        super().__init__()
        self.one, self.two, self.mid, self.pool = conv(3, 4), conv(4, 4), conv(4, 4), nn.MaxPool2d(2)
        self.up, self.back, self.out = nn.Upsample(scale_factor=2), conv(8, 4), conv(8, 2)

    def forward(self, x):
        one = self.one(x)
        two = self.two(self.pool(one))
        x = self.back(torch.cat([self.up(self.mid(self.pool(two))), two], 1))
        return self.out(torch.cat([self.up(x), one], 1))


@pytest.mark.parametrize("narrow", [False, True])
def test_the_skips_of_a_unet_are_arcs_around_each_other(narrow):
    trace = rc.trace_model(UNet(), (1, 3, 16, 16))
    whole = part_tree(trace)
    assert [child.path for child in whole.children] == [
        "one", "pool", "two", "pool#2", "mid", "up", "UNet.cat", "back", "up#2", "UNet.cat#2", "out",
    ]  # fmt: skip
    assert whole.arcs == (Arc(3, 6, (), "identity"), Arc(1, 9, (), "identity"))
    assert len(arcs_in(diagram_svg(trace, narrow=narrow))) == 2


def test_every_part_is_drawn_once_inside_the_picture_and_found_by_its_call(resnet50, vit):
    for trace in (resnet50, vit, rc.trace_model(UNet(), (1, 3, 16, 16))):
        whole, payload = part_tree(trace), diagram_payload(trace)
        for part in (part for part in everything_in(whole) if part.children):
            for narrow in (False, True):
                scene = scene_of(part, narrow=narrow)
                assert len({drawn.part for drawn in scene.drawn}) == len(scene.drawn) > 0
                for drawn in scene.drawn:
                    x, y, width, height = drawn.area
                    assert min(x, y) >= -1
                    assert x + width <= scene.width + 1, part.path
                    assert y + height <= scene.height + 1, part.path
        paths = layer_paths(whole)
        assert list(paths) == [call.index for call in trace.calls]
        assert len(set(paths.values())) == len(paths)
        adds = [paths[call.index] for call in trace.calls if call.functional]
        assert all(place_of_layer(payload, path) == path.rpartition(".")[0] for path in adds if "UNet" not in path)


def test_numbers_that_a_module_holds_itself_are_named_own(vit):
    encoder = find_part(part_tree(vit), "encoder")
    assert [child.name for child in encoder.children] == ["dropout", "layers", "ln", "own"]


@pytest.mark.parametrize("narrow", [False, True])
def test_layers_that_do_nothing_and_long_names_do_not_break_a_drawing(narrow):
    idle = rc.trace_model(nn.Sequential(nn.Identity(), nn.Dropout(), nn.Identity()), (1, 3, 8, 8))
    assert [element.text for element in texts_of(diagram_svg(idle, narrow=narrow))].count("0") >= 1  # the first layer
    long = "a_layer_whose_name_goes_on_and_on_and_on"
    net = nn.Sequential(nn.Sequential())
    net[0].add_module(long, nn.Linear(4, 4))
    net[0].add_module("last", nn.Linear(4, 4))
    drawing = diagram_svg(rc.trace_model(net, (1, 4)), at="0", narrow=narrow)
    said = " ".join(element.text for element in texts_of(drawing))
    assert long not in said
    assert "a_layer_who" in said


LONG = (
    "patch_embedding_stem", "first_encoder_stage", "second_encoder_stage", "squeeze_excitation", "decoder_upsampling",
    "bottleneck_transition", "auxiliary_classifier", "refinement_head", "global_average_pooling", "summary_head",
)  # fmt: skip
BOLD = 0.56  # of its size, how wide a bold letter is


@pytest.mark.parametrize("at", ["", "inside"])
@pytest.mark.parametrize("count", [2, 4, 7, 10])
@pytest.mark.parametrize("narrow", [False, True])
def test_long_names_beside_each_other_do_not_touch(at, count, narrow):
    net = nn.Sequential()
    for name in LONG[:count]:
        net.add_module(name, conv(4, 4) if at else nn.Sequential(conv(4, 4), nn.ReLU()))
    whole = nn.Sequential()
    whole.add_module("inside", net)
    trace = rc.trace_model(whole if at else net, (1, 4, 8, 8))
    drawing = diagram_svg(trace, at=at, narrow=narrow)
    edge = float(ET.fromstring(drawing).get("viewBox").split()[2])
    names = [text for text in texts_of(drawing) if text.get("font-weight") == "650"]
    assert len({name.text for name in names}) >= count
    for line in {name.get("y") for name in names}:
        end = 0.0
        for name in (name for name in names if name.get("y") == line):
            width = len(name.text) * float(name.get("font-size")) * BOLD
            left = float(name.get("x")) - (width / 2 if name.get("text-anchor") == "middle" else 0)
            assert left >= end, name.text
            end = left + width
        assert end <= edge + 1
