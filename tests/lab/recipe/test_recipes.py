"""Each recipe has the numbers of its source, and takes a step on a small net and generated pictures."""

import json
import math

import pytest

from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError
from resnet_core.lab.data.sets import IMAGENET
from resnet_core.lab.data.sources import load_for
from resnet_core.lab.recipe.arms import CARDINALITIES, arm_config
from resnet_core.lab.recipe.recipes import RACE, RECIPES, get_recipe
from resnet_core.lab.training.metrics import StepMetrics
from resnet_core.lab.training.race import race
from resnet_core.lab.training.schedule import learning_rate
from resnet_core.lab.training.train import train

# Of each recipe, what makes it small: the choices that it is about stay as they are.
SMALL = {
    "race": {"depths": (1, 1, 1), "widths": (4, 8, 8)},
    "cifar10-short": {"depths": (1, 1, 1), "widths": (4, 8, 8)},
    "paper-cifar10": {"depths": (1, 1, 1), "widths": (4, 8, 8)},
    "paper-cifar10-110": {"depths": (2, 2, 2), "widths": (4, 8, 8)},
    "paper-imagenet": {"depths": (1, 1, 1, 1), "widths": (4, 4, 8, 8)},
    "d2l-fashion-mnist": {"depths": (1, 1, 1, 1), "widths": (4, 4, 8, 8)},
    "resnext-cardinality": {"depths": (1, 1, 1), "widths": (64, 64, 64)},
    "tiny-imagenet": {"depths": (1, 1, 1, 1), "widths": (4, 4, 8, 8)},
}


def small(name):
    recipe = RECIPES[name]
    overrides = tuple((dict(recipe.overrides) | SMALL[name]).items())
    return recipe.override(overrides=overrides, epochs=1, batch_size=24, precision="fp32")


@pytest.mark.parametrize("name", [name for name in RECIPES if name != "paper-imagenet"])
def test_a_recipe_takes_its_steps(name, tiny_data):
    metrics = list(train(small(name), data=tiny_data, device="cpu"))
    assert [type(m) is StepMetrics for m in metrics] == [True, True, False]
    assert all(math.isfinite(m.loss) for m in metrics[:2])
    assert metrics[0].learning_rate == learning_rate(small(name), 0, 2)


def test_the_imagenet_recipe_takes_its_steps_from_a_folder(write_pictures):
    folder = write_pictures({"train": {"cat": 24, "dog": 24}, "val": {"cat": 2, "dog": 2}}, size=(50, 40))
    config = small("paper-imagenet").override(image_size=32)
    metrics = list(train(config, data=load_for(config, folder), device="cpu"))
    assert [m.step for m in metrics] == [1, 2, 2]
    assert all(math.isfinite(m.loss) for m in metrics[:2])


def test_the_papers_recipe_has_its_rates_and_its_64k_steps():
    paper = get_recipe("paper-cifar10")
    steps = paper.epochs * (50_000 // paper.batch_size)
    assert steps == pytest.approx(64_000, rel=0.001)
    assert [learning_rate(paper, at, steps) for at in (0, steps // 2, steps - 1)] == pytest.approx([0.1, 0.01, 0.001])
    assert (paper.weight_decay, paper.momentum, paper.nesterov, paper.augment) == (1e-4, 0.9, False, True)
    deep = get_recipe("paper-cifar10-110")
    assert learning_rate(deep, 0, steps) == pytest.approx(0.01)


def test_the_imagenet_recipe_has_the_papers_numbers():
    paper = get_recipe("paper-imagenet")
    assert (paper.batch_size, paper.lr, paper.momentum, paper.weight_decay) == (256, 0.1, 0.9, 1e-4)
    assert (paper.image_size, paper.crop, paper.spec().stride_on) == (224, "scale", "1x1")
    rates = [learning_rate(paper, epoch, 90) for epoch in (0, 29, 30, 59, 60, 89)]
    assert rates == pytest.approx([0.1, 0.1, 0.01, 0.01, 0.001, 0.001])


def test_the_tiny_imagenet_recipe_has_the_numbers_of_the_first_cycle(root):
    """training/tiny-imagenet/cycle1.json is the record of that cycle, trained before the recipe existed."""
    recipe, cycle = get_recipe("tiny-imagenet"), json.loads((root / "training/tiny-imagenet/cycle1.json").read_text())
    was = cycle["recipe"]
    assert [recipe.training_size(epoch) for epoch in range(recipe.epochs)] == was["sizes"]
    assert (recipe.lr, recipe.weight_decay, recipe.label_smoothing) == (was["lr"], was["wd"], was["smooth"])
    assert (recipe.least_area, recipe.seed, recipe.batch_size) == (was["scale"], was["seed"], was["batch"])
    assert recipe.warmup_share * recipe.epochs == was["warm"]
    assert (recipe.momentum, recipe.nesterov, recipe.decay_norms, recipe.init) == (0.9, True, False, "zero_gamma")
    assert (recipe.schedule, recipe.crop, recipe.precision) == ("one_cycle", "area", "bf16")
    best = max(cycle["measured"]["resize_to"].items(), key=lambda entry: entry[1]["top5"])
    assert recipe.image_size == int(best[0])
    assert (tuple(cycle["mean"]), tuple(cycle["std"])) == IMAGENET


def test_the_book_recipe_has_the_books_numbers():
    book = get_recipe("d2l-fashion-mnist")
    assert (book.model, book.data, book.image_size) == ("d2l_resnet18", "fashion-mnist", 96)
    assert (book.lr, book.batch_size, book.epochs, book.init) == (0.01, 128, 10, "xavier")
    assert (book.momentum, book.weight_decay, book.schedule, book.augment) == (0, 0, "constant", False)


def test_cardinalities_differ_in_groups_and_width_but_not_in_cost():
    """Xie et al. 2016, table 2: 64, 80, 96, 112 and 128 channels in the 3x3 convolution, at one cost."""
    recipe = get_recipe("resnext-cardinality")
    specs = {arm: arm_config(recipe, arm).spec() for arm in CARDINALITIES}
    assert [spec.inner_width(64) for spec in specs.values()] == [64, 80, 96, 112, 128]
    macs = {arm: trace_model(spec, (1, 3, 32, 32)).total_macs for arm, spec in specs.items()}
    assert max(macs.values()) / min(macs.values()) < 1.05
    assert specs["32x4d"] == recipe.spec()


def test_cardinalities_race_against_each_other(tiny_data):
    metrics = list(race(small("resnext-cardinality"), ("1x64d", "32x4d"), data=tiny_data, device="cpu"))
    assert [m.arm for m in metrics] == ["1x64d", "32x4d"] * 3


def test_an_unknown_recipe_is_refused_with_those_that_exist():
    with pytest.raises(InvalidSpecError, match=r"'marathon'.*race, cifar10-short, paper-cifar10"):
        get_recipe("marathon")
    assert get_recipe("race") is RACE
    assert len({config.id for config in RECIPES.values()}) == len(RECIPES)
