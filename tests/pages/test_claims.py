"""What fixed sentences of pages and notebooks claim, measured: a claim that stops being so takes its sentence along."""

import json
from itertools import pairwise
from math import sqrt

import pytest

import resnet_core as rc
from resnet_core.anatomy.papers.published import FIGURE_6, TABLE_3, TABLE_6
from resnet_core.anatomy.tables.family import accuracy_table, recipe_and_depth
from resnet_core.anatomy.tables.parts import find_part, part_tree, runs_of
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.lab.recipe.recipes import PAPER_CIFAR10, RECIPES
from resnet_core.lab.runs.recorded import recorded_runs


def says(root, file, sentence):
    """A text of the app or a notebook, with its line ends as spaces, has this sentence."""
    text = (root / file).read_text("utf-8")
    if file.endswith(".ipynb"):
        text = "\n".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return sentence in " ".join(text.replace('"\n', "").replace('f"', "").replace('"', "").split())


@pytest.fixture(scope="module")
def runs():
    return recorded_runs()


def test_a_plain_network_gets_worse_with_depth_even_in_training(root, runs):
    assert says(root, "pages/home.py", "Depth helps only so far: ")
    assert says(
        root, "assets/glossary.toml", "A deeper plain network ends with a higher training error than a shallower"
    )
    last = {name: run.epochs[-1] for name, run in runs.items()}
    assert last["cifar_plain56"].train_error > last["cifar_plain20"].train_error
    assert last["cifar_resnet56"].train_error < last["cifar_resnet20"].train_error
    plain, residual = ([row.top1 for row in rows] for rows in (FIGURE_6, TABLE_6))
    assert plain == sorted(plain)
    assert residual[:5] == sorted(residual[:5], reverse=True)  # to 110 layers; the 1202 of the caption are worse
    assert TABLE_6[-1].top1 > TABLE_6[-2].top1
    assert RECIPES["paper-cifar10-110"].warmup_steps > 0 == PAPER_CIFAR10.warmup_steps


def test_the_recorded_runs_are_as_long_as_the_course_says(root, runs):
    assert says(root, "notebooks/1_race.ipynb", "runs that this project has recorded, each of 30 passes with one seed")
    assert {len(run.epochs) for run in runs.values()} == {30}


def test_the_deep_plain_network_is_the_last_to_answer_half(root, runs):
    assert says(root, "assets/prose/degradation_try.md", "is the last to answer half of the test pictures correctly?")
    half = {name: next(e.epoch for e in run.epochs if e.validation_error < 0.5) for name, run in runs.items()}
    assert max(half, key=half.get) == "cifar_plain56"
    assert sorted(half.values())[-2] < half["cifar_plain56"]


def first_to_last_gradient(model):
    """Norm of the first convolution's gradient over the last one's, before any step, on digits."""
    import torch
    from torch import nn
    from torch.nn.functional import cross_entropy

    network = rc.build_model(model, in_channels=1, seed=0).train()
    pictures, labels = torch.randn(32, 1, 8, 8, generator=torch.Generator().manual_seed(0)), torch.arange(32) % 10
    cross_entropy(network(pictures), labels).backward()
    norms = [m.weight.grad.norm() for m in network.modules() if isinstance(m, nn.Conv2d)]
    return float(norms[0] / norms[-1])


def test_a_plain_networks_gradients_grow_towards_the_input_with_depth(root):
    assert says(root, "assets/prose/degradation_try.md", "there the plain network's grow towards the input, the more")
    shallow, deep = first_to_last_gradient("cifar_plain20"), first_to_last_gradient("cifar_plain56")
    assert shallow > 1
    assert 10 * shallow < deep
    assert first_to_last_gradient("cifar_resnet56") < deep / 10


@pytest.mark.parametrize("model", ["resnet18", "resnet50", "resnet152"])
def test_each_stage_has_half_the_size_and_twice_the_channels_of_the_one_before(root, model):
    assert says(root, "pages/architecture.py", "each at half the size and twice the channels of the one before")
    shapes = [part.output_shape for part in part_tree(walk_spec(model)).children if part.blocks]
    for before, after in pairwise(shapes):
        assert (after[1], after[2], after[3]) == (2 * before[1], before[2] / 2, before[3] / 2)


def test_one_of_36_blocks_is_not_like_the_others(root):
    assert says(root, "assets/prose/architecture_try.md", "One of its 36 blocks is not like the others.")
    blocks = find_part(part_tree(walk_spec("resnet152")), "layer3").blocks
    assert [len(run) for run in runs_of(blocks)] == [1, 35]


def test_at_a_projection_the_shortcut_sees_less_than_the_branch(root):
    assert says(root, "assets/prose/architecture_try.md", "why does the shortcut see less than the branch")
    calls = {call.path: call for call in walk_spec("resnet50").calls}
    assert calls["layer3.0.downsample.1"].receptive_field < calls["layer3.0.bn3"].receptive_field


def test_a_shortcut_of_zeros_costs_nothing_and_two_networks_have_nearly_one_bill(root):
    assert says(root, "pages/home.py", "It costs no parameter.")
    assert walk_spec("resnet34_a").total_params == walk_spec("plain34").total_params
    assert says(root, "assets/prose/compare_try.md", "other blocks inside, and both bills within 5 %.")
    one, other = walk_spec("resnet50"), walk_spec("resnext50_32x4d")
    assert one.total_params == pytest.approx(other.total_params, rel=0.05)
    assert one.total_macs == pytest.approx(other.total_macs, rel=0.05)
    assert says(root, "assets/prose/build_try.md", "Which of the two counts falls, and which one rises?")
    assert other.total_params < one.total_params
    assert other.total_macs > one.total_macs
    assert says(root, "assets/prose/compare_try.md", "`resnet50` against `resnet50_v1`: not one parameter differs.")
    assert walk_spec("resnet50_v1").total_params == one.total_params


def test_the_bottleneck_of_resnext_has_twice_the_channels_inside(root):
    assert says(root, "assets/prose/bottleneck_try.md", "Set 32 groups and width 128: that is ResNeXt's block.")
    block = part_tree(walk_spec("resnext50_32x4d")).child("layer1").blocks[1]
    weights = sum(call.params for call in block.calls if call.kind == "Conv2d")
    assert rc.compare_bottleneck(256, 128, 32).bottleneck_params == weights
    assert "still dearer" in (root / "assets/prose/bottleneck_try.md").read_text()
    assert rc.compare_bottleneck(256, 256).share < 1


def test_two_changes_that_are_said_to_cost_nothing_cost_something(root):
    assert says(root, "assets/prose/variants_try.md", "Of both it is written that they cost nothing more.")
    macs = {name: walk_spec(name).total_macs for name in ("resnet50", "resnet50c", "resnest50d")}
    assert macs["resnet50c"] / macs["resnet50"] == pytest.approx(1.059, abs=0.001)
    assert macs["resnest50d"] / macs["resnet50"] == pytest.approx(1.313, abs=0.001)
    first = {name: next(c.kernel_size for c in walk_spec(name).calls) for name in ("resnet50", "resnet50c")}
    assert first == {"resnet50": (7, 7), "resnet50c": (3, 3)}


def test_the_paper_found_option_c_best(root):
    assert says(root, "assets/prose/variants_try.md", "The paper found C best and did not use it.")
    errors = {row.variant: row.top1 for row in TABLE_3 if "34_" in (row.variant or "")}
    assert min(errors, key=errors.get) == "resnet34_c"


def test_the_recipe_moves_resnet50_further_than_51_layers():
    recipe, depth = recipe_and_depth(accuracy_table(["resnet50", "resnet101"]))
    assert (recipe, depth) == (pytest.approx(4.728), pytest.approx(1.244))


def test_what_published_try_asks_to_type_is_explained(root):
    from resnet_core.anatomy.reconcile.explain import explain_count

    for seen in ("4.1 GFLOPs", "8.2 GFLOPs", "3.8G", "23,508,032"):
        assert says(root, "assets/prose/published_try.md", seen)
        assert explain_count("resnet50", seen).matches, seen


def test_the_last_stage_holds_the_weights_and_the_middle_does_the_work(root):
    assert says(root, "notebooks/2_shapes.ipynb", "The last stage holds the weights, the middle does the work")
    stages = rc.stage_table(walk_spec("resnet50")).iloc[:-1].set_index("stage")
    assert (stages["params"].idxmax(), stages["macs"].idxmax()) == ("conv5_x", "conv4_x")


def test_the_detached_listing_gives_the_same_logits(root):
    import torch

    from resnet_core.models.listings.build import build_listing

    assert says(root, "assets/prose/bug_lab_000.md", "so the listing gives the same logits as the corrected one.")
    whole = build_listing("listing_hook_blog", fix=("detached_shortcut",)).eval()
    broken = build_listing("listing_hook_blog").eval()
    broken.load_state_dict(whole.state_dict())
    with torch.inference_mode():
        picture = torch.randn(1, 3, 64, 64)
        assert torch.equal(broken(picture), whole(picture))


def test_all_first_weights_of_the_handbook_but_the_stems_are_smaller():
    from torch import nn

    from resnet_core.models.listings.build import build_listing
    from resnet_core.models.listings.defects import DEFECTS

    effect = next(defect.effect for defect in DEFECTS if defect.name == "no_initialisation")
    assert "smaller than He et al. derive for ReLU in all convolutions but the first" in effect
    layers = [m for m in build_listing("listing_handbook").modules() if isinstance(m, nn.Conv2d)]
    first, *others = (
        float(m.weight.detach().std()) / sqrt(2 / (m.out_channels * m.kernel_size[0] * m.kernel_size[1]))
        for m in layers
    )
    assert first > 1 > max(others)


def test_a_branch_of_zeros_hands_an_input_on(root):
    """Where shapes agree and nothing is negative, as behind a ReLU."""
    import torch

    assert says(
        root, "assets/prose/home.md", "with the weights of its branch at zero it returns an input of its own shape"
    )
    block = rc.build_model("cifar_resnet20", seed=0).eval().layer1[0]
    for parameter in block.parameters():
        torch.nn.init.zeros_(parameter)
    x = torch.rand(1, 16, 4, 4)
    assert torch.equal(block(x), x)
    assert not torch.equal(block(-x), -x)


@pytest.mark.parametrize(
    "words", ["vanishing", "can't be optimised", "train alike", "at least as good", "as many people", "full-length"]
)
def test_what_was_found_not_to_be_so_is_said_nowhere(root, words):
    texts = [*(root / "assets" / "prose").glob("[!r]*.md"), *(root / "notebooks").glob("*.ipynb")]
    texts = [text for text in texts if not text.name.startswith("why_")]  # quotes claims, to judge them
    names = ("home", "network/view_compare", "build", "bug_lab", "variants", "training/view_recorded")
    pages = [root / "pages" / f"{name}.py" for name in names]
    assert [path.name for path in (*texts, *pages) if words in path.read_text("utf-8").lower()] == []
