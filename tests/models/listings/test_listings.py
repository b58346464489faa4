"""The four published listings: what they print, what they load, and what each defect does."""

import re
from pathlib import Path

import pytest
import torch
import torchvision
from torch import nn

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError, UnknownModelError
from resnet_core.models.listings.build import LISTINGS, build_listing
from resnet_core.models.listings.defects import DEFECTS, defects_of
from resnet_core.models.listings.gradients import listing_gradients, shortcut_gradient
from resnet_core.models.listings.idle import idle_biases
from resnet_core.models.network import build_model

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden" / "hook_blog_transcript.txt"
SEEDS = ROOT.parent / "shared" / "seeds"
PRINTED = (nn.Conv2d, nn.MaxPool2d, nn.AdaptiveAvgPool2d, nn.Linear)
LINE = re.compile(
    r"^((?:Conv2d|MaxPool2d|AdaptiveAvgPool2d|Linear)\(.*\)) "
    r"\[input\] torch\.Size\(\[(.*?)\]\) \[ouput\] torch\.Size\(\[(.*?)\]\)$",  # the document's own spelling
    re.MULTILINE,
)


def document(number):
    """Text of a source document; they are not part of the project."""
    found = sorted(SEEDS.glob(f"{number}_*.txt"))
    if not found:
        pytest.skip(f"document {number} is not beside the project")
    return found[0].read_text(encoding="utf-8")


def shapes(shape):
    return ", ".join(map(str, shape))


def transcript(model):
    """What the blog's hook prints, as "layer | input | output"."""
    trace, modules = trace_model(model, (1, 3, 224, 224)), dict(model.named_modules())
    calls = [call for call in trace.calls if isinstance(modules[call.path], PRINTED)]
    return [f"{modules[c.path]!r} | {shapes(c.input_shape)} | {shapes(c.output_shape)}" for c in calls]


def test_the_hook_blogs_trace_is_its_printed_transcript():
    golden = GOLDEN.read_text(encoding="utf-8").splitlines()
    assert len(golden) == 56
    assert "1, 64, 55, 55" in golden[1]
    assert transcript(build_listing("listing_hook_blog", device="meta")) == golden


def test_the_golden_copy_is_the_documents_transcript():
    printed = [" | ".join(groups) for groups in LINE.findall(document("000"))]
    assert printed == GOLDEN.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_each_defect_stands_in_its_document_at_its_line(defect):
    lines = document(defect.document).splitlines()
    assert defect.published in lines[defect.line - 1].strip()


def test_every_defect_belongs_to_a_listing_and_every_name_is_its_own():
    assert {defect.listing for defect in DEFECTS} == set(LISTINGS)
    assert len({defect.name for defect in DEFECTS}) == len(DEFECTS)
    assert all(defect.document == LISTINGS[defect.listing].document for defect in DEFECTS)


def test_padding_repairs_the_first_stage():
    repaired = transcript(build_listing("listing_hook_blog", fix=("max_pool_padding",), device="meta"))
    assert "1, 64, 56, 56" in repaired[1]


def blog_key(key):
    """torchvision's name of a ResNet-50 parameter -> the hook blog's."""
    first, *rest = key.split(".")
    if not first.startswith("layer"):
        return {"conv1": "conv1.0", "bn1": "conv1.1", "fc": "classifiers.2"}[first] + "." + rest[-1]
    steps = {"conv1": "conv1x1_1.0", "conv2": "conv3x3.0", "conv3": "conv1x1_2.0"}
    steps |= {"bn1": "conv1x1_1.1", "bn2": "conv3x3.1", "bn3": "conv1x1_2.1", "downsample": "identity_downsample"}
    block, layer, *name = rest
    return ".".join([f"conv{int(first[-1]) + 1}_x", block, steps[layer], *name])


def test_with_every_defect_repaired_the_hook_blog_computes_torchvisions_resnet50():
    fix = [defect.name for defect in defects_of("listing_hook_blog")]
    ours, theirs = build_listing("listing_hook_blog", fix=fix).eval(), torchvision.models.resnet50().eval()
    ours.load_state_dict({blog_key(key): value for key, value in theirs.state_dict().items()}, strict=True)
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-5)


def test_asked_for_resnet18_the_hook_blog_builds_26_layers_of_bottlenecks():
    built = build_listing("listing_hook_blog", depth=18, device="meta")
    assert sum(isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3) for m in built.modules()) == 8
    heeded = build_listing("listing_hook_blog", depth=18, device="meta", fix=("ignored_block",))
    with pytest.raises(RuntimeError, match="512"):  # and then the classifier for 2048 features stops it
        heeded(torch.zeros(1, 3, 64, 64, device="meta"))
    repaired = build_listing("listing_hook_blog", depth=18, device="meta", fix=("ignored_block", "fixed_classifier"))
    assert trace_model(repaired).calls[-1].output_shape == (1, 1000)


def test_no_gradient_passes_the_detached_shortcut():
    assert shortcut_gradient() == 0.0
    assert shortcut_gradient(fix=("detached_shortcut",)) == 1.0


def test_less_gradient_reaches_the_first_layer_past_detached_shortcuts():
    published, repaired = (listing_gradients(fix, depth=18) for fix in ((), ("detached_shortcut",)))
    assert len(published.blocks) == len(repaired.blocks) == 8
    assert published.first_layer < repaired.first_layer / 2
    assert published.blocks[0].norm < repaired.blocks[0].norm / 2


@pytest.mark.parametrize(
    ("name", "fix", "idle"),
    [
        ("listing_hook_blog", (), 64),
        ("listing_hook_blog", ("idle_stem_bias",), 0),
        ("listing_d2l", (), 64 + 4 * (64 + 128 + 256 + 512)),
        ("listing_d2l", ("idle_biases",), 0),
        ("listing_notes", (), 0),
        ("listing_handbook", (), 0),
    ],
)
def test_idle_biases_are_counted(name, fix, idle):
    model = build_listing(name, fix=fix, device="meta")
    assert sum(bias.count for bias in idle_biases(model, LISTINGS[name].input_size)) == idle
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in model.modules())


def test_idle_biases_have_no_gradient():
    model = build_listing("listing_d2l").train()
    model(torch.randn(4, 1, 48, 48, generator=torch.Generator().manual_seed(0))).logsumexp(1).sum().backward()
    modules = dict(model.named_modules())
    for bias in idle_biases(model, (1, 1, 64, 64)):
        conv = modules[bias.path]
        assert conv.bias.grad.abs().max() < 1e-4 * conv.weight.grad.abs().max()


@pytest.mark.parametrize(("side", "stages"), [(96, (24, 24, 12, 6, 3)), (224, (56, 56, 28, 14, 7))])
def test_d2l_has_the_chapters_stage_shapes(side, stages):
    trace = trace_model(build_listing("listing_d2l", device="meta"), (1, 1, side, side))
    ends = {".".join(call.path.split(".")[:2]): call.output_shape for call in trace.calls if call.path != "net.last.1"}
    widths = (64, 64, 128, 256, 512)
    assert [*ends.values()][:5] == [(1, w, s, s) for w, s in zip(widths, stages, strict=True)]
    assert trace.calls[-1].output_shape == (1, 10)


def test_d2l_computes_what_the_catalogues_d2l_resnet18_does():
    listing, ours = build_listing("listing_d2l", seed=1).eval(), build_model("d2l_resnet18", seed=0).eval()
    state = listing.state_dict()
    blocks = {f"net.b{stage + 1}.{i}.": f"layer{stage}.{i}." for stage in (1, 2, 3, 4) for i in (0, 1)}
    heads = {"net.0.0.": "conv1.", "net.0.1.": "bn1.", "net.last.2.": "fc."}
    moved = {}
    for key, value in state.items():
        old, new = next((o, n) for o, n in (blocks | heads).items() if key.startswith(o))
        moved[key.replace(old, new).replace("conv3", "downsample.0")] = value
    ours.load_state_dict(moved, strict=True)
    x = torch.randn(2, 1, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), listing(x), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", ["listing_notes", "listing_handbook"])
@pytest.mark.parametrize("depth", [18, 50])
def test_notes_and_handbook_load_torchvisions_state_strictly(name, depth):
    theirs = getattr(torchvision.models, f"resnet{depth}")().eval()
    ours = build_listing(name, depth=depth).eval()
    ours.load_state_dict(theirs.state_dict(), strict=True)
    x = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-5)


def test_the_handbooks_weights_start_smaller_than_the_repaired_ones():
    published, repaired = (
        build_listing("listing_handbook"),
        build_listing("listing_handbook", fix=["no_initialisation"]),
    )
    weights = [model.layer1[0].conv2.weight.std().item() for model in (published, repaired)]
    assert weights[0] < weights[1] / 1.5


def test_building_leaves_the_callers_random_numbers_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    build_listing("listing_d2l", seed=3)
    assert torch.equal(torch.rand(1), expected)


def test_what_does_not_exist_is_refused_by_name():
    with pytest.raises(UnknownModelError, match="listing_hook_blog, listing_notes, listing_d2l, listing_handbook"):
        build_listing("listing_blog")
    with pytest.raises(UnknownModelError, match="build_listing"):
        build_model("listing_hook_blog")
    with pytest.raises(InvalidSpecError, match="max_pool_padding"):
        build_listing("listing_hook_blog", fix=("padding",))
    with pytest.raises(InvalidSpecError, match="code has none"):
        build_listing("listing_notes", fix=("vanishing_gradients",))
    with pytest.raises(InvalidSpecError, match="18, 34"):
        build_listing("listing_d2l", depth=50)
