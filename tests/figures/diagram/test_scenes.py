import json
import xml.etree.ElementTree as ET
from collections import OrderedDict

import pytest
import torch
from torch import nn

import resnet_core as rc
from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.tables.parts import find_part, part_tree
from resnet_core.anatomy.tables.remarks import left_out
from resnet_core.figures.diagram.marks import palette
from resnet_core.figures.diagram.scale import bow, scale_of
from resnet_core.figures.diagram.scenes import diagram_payload, diagram_svg, nearest_place, place_of_layer, scene_of


@pytest.fixture(scope="module")
def resnet152():
    return diagram_payload(rc.walk_spec("resnet152"))


def scenes(name):
    network = part_tree(rc.walk_spec(name))
    for part in (network, *network.children, *(stage.children[0] for stage in network.children)):
        if part.children:
            yield from ((part, scene_of(part, narrow=narrow)) for narrow in (False, True))


@pytest.mark.parametrize("name", rc.list_models())
def test_every_part_of_every_variant_is_drawn_once_inside_the_picture(name):
    for part, scene in scenes(name):
        assert len({drawn.part for drawn in scene.drawn}) == len(scene.drawn) > 0
        for drawn in scene.drawn:
            x, y, width, height = drawn.area
            assert x >= -1, part.path
            assert x + width <= scene.width + 1, part.path
            assert y >= -1, part.path
            assert y + height <= scene.height + 1, part.path


def test_the_areas_that_answer_to_a_pointer_do_not_overlap():
    for name in ("resnet18", "resnet152", "cifar_resnet110", "resnest50d"):
        for part, scene in scenes(name):
            areas = [drawn.area for drawn in scene.drawn]
            for i, (x, y, width, height) in enumerate(areas):
                for left, top, w, h in areas[:i]:
                    apart = x >= left + w - 1 or left >= x + width - 1 or y >= top + h - 1 or top >= y + height - 1
                    assert apart, (name, part.path)


def test_all_levels_of_resnet152_stay_under_300_kilobytes(resnet152):
    size = len(json.dumps(resnet152, ensure_ascii=False).encode())
    print(f"payload of resnet152: {size:,} bytes")
    assert size < 300_000


def test_like_blocks_share_one_scene(resnet152):
    places = resnet152["places"]
    assert len({places[f"layer3.{i}"][0] for i in range(1, 36)}) == 1
    assert places["layer3.0"][0] != places["layer3.1"][0]


def test_every_place_knows_its_parts_and_the_place_above(resnet152):
    trace = rc.walk_spec("resnet152")
    seen = set()
    for path, (number, prefix, _, above, _) in resnet152["places"].items():
        assert above in resnet152["places"] or path == ""
        seen |= {prefix + suffix for suffix, _, _, opens, *_ in resnet152["scenes"][number]["parts"] if not opens}
    assert seen == {call.path for call in trace.calls}


def test_a_label_says_shape_parameters_and_macs(resnet152):
    number, _, *_ = resnet152["places"]["layer3.20"]
    labels = [part[2] for part in resnet152["scenes"][number]["parts"]]
    assert "conv2, 3×3 convolution, input 256×14×14, output 256×14×14, 589,824 parameters, 115,605,504 MACs" in labels


def test_a_part_carries_its_arithmetic(resnet152):
    number, _, *_ = resnet152["places"]["layer3.20"]
    conv2 = next(part for part in resnet152["scenes"][number]["parts"] if part[0] == "conv2")
    assert "parameters = 3 × 3 × 256 × 256 = 589,824" in conv2[4]


@pytest.mark.parametrize(
    ("layer", "place"),
    [("conv1", "stem"), ("fc", "head"), ("layer3.20.conv2", "layer3.20"), ("layer2.0.downsample.0", "layer2.0")],
)
def test_a_layer_is_found_in_the_drawing(resnet152, layer, place):
    assert place_of_layer(resnet152, layer) == place


def test_a_place_that_is_not_there_gives_way_to_the_nearest_that_is(resnet152):
    assert nearest_place(resnet152, "layer3.99") == "layer3"
    assert nearest_place(resnet152, "nonsense") == ""


@pytest.mark.parametrize(
    ("name", "at", "dash"),
    [("resnet18", "layer2.0", "7 4"), ("resnet34_a", "layer2.0", "2 4"), ("resnet18", "layer2.1", None)],
)
def test_the_dash_tells_the_shortcuts_apart(name, at, dash):
    root = ET.fromstring(diagram_svg(name, at=at))
    wide = [p for p in root.iter("{http://www.w3.org/2000/svg}path") if p.get("stroke-width") == "2.5"]
    assert [p.get("stroke-dasharray") for p in wide] == [dash]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["plain34", "resnext50_32x4d", "cifar_resnet20"])
def test_the_svg_stands_alone_in_both_themes(name, theme):
    root = ET.fromstring(diagram_svg(name, theme=theme))
    title = root.find("{http://www.w3.org/2000/svg}title").text
    assert title.startswith(f"{name}, ")
    assert f"{rc.walk_spec(name).total_params:,} parameters" in title
    assert palette(theme)["ink"] in {t.get("fill") for t in root.iter("{http://www.w3.org/2000/svg}text")}


def test_a_module_of_your_own_is_drawn_too():
    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Sequential(nn.Conv2d(8, 4, 1), nn.ReLU()), nn.Flatten())
    drawing = diagram_svg(rc.trace_model(net, (1, 3, 16, 16)))
    assert "8×14×14" in drawing
    assert drawing._repr_html_() == str(drawing)


def test_odd_modules_are_drawn_as_far_as_they_can_be_traced():
    class Odd(nn.Module):
        """Reuses a module, keeps a sequence, returns a dictionary and a scalar."""

        def __init__(self):
            super().__init__()
            self.relu, self.lstm, self.head = nn.ReLU(), nn.LSTM(3, 4), nn.Linear(4, 2)
            self.flat = nn.Flatten(0)

        def forward(self, x):
            out, _ = self.lstm(self.relu(self.relu(x)).flatten(2)[0].T)
            return {"logits": self.head(out), "sum": self.flat(torch.zeros(()))}

    drawing = diagram_svg(rc.trace_model(Odd(), (1, 3, 4, 4)))
    assert all(f">{name}<" in drawing for name in ("relu", "lstm", "head", "flat"))


def test_a_network_that_is_not_ours_opens_too():
    import torchvision

    trace = rc.trace_model(torchvision.models.resnet18(), (1, 3, 64, 64))
    assert "conv3_x" in diagram_svg(trace)
    assert "downsample" not in diagram_svg(trace, at="layer2.1")
    assert "131,072" not in diagram_svg(trace, at="layer2.0")
    assert "8,192" in diagram_svg(trace, at="layer2.0")  # the projection's weights, 64 x 128


class Twice(torch.nn.Module):
    """Calls one body in two places, and a layer of it a third time."""

    def __init__(self):
        super().__init__()
        self.stem, self.mid = torch.nn.Conv2d(3, 4, 1), torch.nn.MaxPool2d(2)
        self.body = torch.nn.Sequential(torch.nn.Conv2d(4, 4, 3, padding=1), torch.nn.ReLU())

    def forward(self, x):
        return self.body[1](self.body(self.mid(self.body(self.stem(x)))))


def test_a_module_that_is_called_in_two_places_opens_at_each():
    trace = rc.trace_model(Twice(), (1, 3, 16, 16))
    first, second = (diagram_svg(trace, at=path) for path in ("body", "body#2"))
    assert "4×16×16" in first
    assert "4×8×8" not in first
    assert "4×8×8" in second
    assert "4×16×16" not in second
    payload = diagram_payload(trace)
    assert {"body", "body#2"} <= set(payload["places"])
    assert payload["places"]["body"][0] != payload["places"]["body#2"][0]


@pytest.mark.parametrize("narrow", [False, True])
def test_a_long_row_of_layers_is_listed_in_rows_that_fit(narrow):
    net = torch.nn.Sequential(*(torch.nn.Conv2d(3, 3, 1) for _ in range(40)))
    root = ET.fromstring(diagram_svg(rc.trace_model(net, (1, 3, 8, 8)), narrow=narrow))
    width = float(root.get("viewBox").split()[2])
    assert width == (360 if narrow else 820)
    names = [text for text in root.iter("{http://www.w3.org/2000/svg}text") if text.text.isdigit()]
    assert [text.text for text in names] == [str(n) for n in range(40)]
    assert all(float(text.get("x")) < width for text in names)


def test_a_long_name_is_cut_where_its_box_ends():
    layers = {f"a_name_that_goes_on_and_on_and_on_{n}": torch.nn.Identity() for n in range(20)}
    drawing = diagram_svg(rc.trace_model(torch.nn.Sequential(OrderedDict(layers)), (1, 3, 8, 8)))
    assert "a_name_that_goes_on_and_on_and_on_3" not in "".join(ET.fromstring(drawing).itertext())
    assert "a_name_that_goes_…" in drawing


def test_a_trace_without_calls_is_refused_in_a_sentence():
    empty = Trace(name="Empty", input_shape=(1, 3, 8, 8), calls=(), total_params=0)
    with pytest.raises(rc.InvalidSpecError, match="Empty calls no layer"):
        diagram_svg(empty)


def test_the_work_follows_the_unit():
    in_macs, in_flops = (diagram_svg("resnet50", unit=unit) for unit in ("MACs", "FLOPs"))
    assert "8,178,368,512 FLOPs" in in_flops
    assert "MACs" not in in_flops
    assert "FLOPs" not in in_macs
    for at in ("layer3", "layer3.0", "stem"):
        assert "MACs" not in diagram_svg("resnet50", at=at, unit="FLOPs"), at
    payload = json.dumps(diagram_payload(rc.walk_spec("resnet50"), "FLOPs"), ensure_ascii=False)
    assert "FLOPs = 2 × 7 × 7 × 3 × 64 × 1 × 112 × 112 = 236,027,904" in payload
    assert "MACs" not in payload


def test_an_unknown_unit_is_refused_with_what_there_is():
    with pytest.raises(rc.InvalidSpecError, match=r"'Joule'.*MACs or FLOPs"):
        diagram_svg("resnet18", unit="Joule")


def test_an_unknown_part_is_refused_with_what_there_is():
    with pytest.raises(rc.InvalidSpecError, match=r"layer9.*stem, layer1"):
        diagram_svg("resnet18", at="layer9")


def test_height_follows_pixels_and_width_follows_channels():
    scale = scale_of(part_tree(rc.walk_spec("resnet50")), 200, 60)
    assert scale.height((1, 3, 224, 224)) == 200
    assert scale.height((1, 256, 56, 56)) == pytest.approx(100)
    assert scale.width((1, 512, 28, 28)) == pytest.approx(30)


def test_an_arc_clears_the_box_that_it_passes():
    start, stop, near, far, clear = 0.0, 90.0, 10.0, 60.0, 40.0
    handle = bow(start, stop, near, far, clear)
    for step in range(1, 1000):
        t = step / 1000
        along, away = start + (stop - start) * (3 * t**2 - 2 * t**3), 3 * t * (1 - t) * handle
        assert away >= clear - 0.5 or not near <= along <= far


def test_a_block_draws_its_shortcuts_layers_one_by_one():
    block = find_part(part_tree(rc.walk_spec("resnet50d")), "layer2.0")
    assert len(scene_of(block).drawn) == 10 + 3


def test_the_max_pool_stands_in_conv2_x_as_what_it_is():
    trace = rc.walk_spec("resnet50")
    assert place_of_layer(diagram_payload(trace), "maxpool") == "layer1"
    wide, narrow = (diagram_svg(trace, "light", "layer1", narrow=n) for n in (False, True))
    assert "3×3 max-pool, stride 2" in wide
    assert "no shortcut" not in wide
    assert "maxpool" in narrow


@pytest.mark.parametrize("narrow", [False, True])
def test_what_the_numbers_leave_out_stands_below_the_whole_network(narrow):
    class Attending(nn.Module):
        def __init__(self):
            super().__init__()
            self.first, self.attention = nn.Linear(8, 8), nn.MultiheadAttention(8, 2, batch_first=True)

        def forward(self, x):
            x = self.first(x)
            return self.attention(x, x, x)[0]

    trace = rc.trace_model(Attending(), (1, 16, 8))
    root = ET.fromstring(diagram_svg(trace, narrow=narrow))
    texts = [element for element in root.iter() if element.tag.endswith("text")]
    said = " ".join(element.text or "" for element in texts)
    assert left_out(trace) in said
    assert left_out(trace) in "".join(root.itertext())
    assert max(float(element.get("y")) for element in texts) < float(root.get("viewBox").split()[3])
    assert "Not in these totals" not in diagram_svg("resnet18")


@pytest.mark.parametrize("name", rc.list_models())
def test_words_have_fourteen_pixels_where_a_page_leaves_a_drawing_820(name):
    """So wide is the place for a drawing on a screen of 1280 pixels: wider scenes would shrink with their words."""
    whole = part_tree(rc.walk_spec(name))
    stage = whole.child("layer2")
    scenes = [scene_of(whole), scene_of(stage), scene_of(stage.children[0])]
    assert [scene.width for scene in scenes[:2]] == [820, 820]
    assert scenes[2].width <= 900  # eleven layers and more in a block stand closer than fourteen pixels allow
    sizes = [mark[5] for scene in scenes for drawn in (*scene.drawn, scene) for mark in _marks(drawn) if mark[0] == "t"]
    assert min(sizes) >= 14


def _marks(one):
    return one.marks if hasattr(one, "marks") else one.behind


def test_each_box_of_a_stage_says_how_many_blocks_it_stands_for(resnet152):
    """So that its arc cuts just these: one that shrinks the map, and the rest that are alike."""
    number, *_ = resnet152["places"][""]
    runs = {suffix: runs for suffix, *_, runs in resnet152["scenes"][number]["parts"]}
    assert runs == {"stem": [], "layer1": [1, 2], "layer2": [1, 7], "layer3": [1, 35], "layer4": [1, 2], "head": []}
