"""What the Race page says in its own words, against measurements."""

import re
from itertools import islice

import pytest

from resnet_core.lab.data.sources import load_for
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.recipe.size import with_depth
from resnet_core.lab.runs.curves import final_errors
from resnet_core.lab.training.race import race

SEEDS = (0, 1, 2)
POINTS = 1.5  # other processors round otherwise, and a race is chaotic: six digits of 297 are two points


def said(root, prose, sentence):
    """The numbers at the places of "#" in a sentence of the prose, whatever its lines are."""
    text = " ".join((root / "assets" / "prose" / f"{prose}.md").read_text("utf-8").split())
    found = re.search(r"([\d,.]+)".join(map(re.escape, sentence.split("#"))), text)
    assert found, f"{prose} no longer says: {sentence}"
    return [float(number.replace(",", "")) for number in found.groups()]


def ratios(depth, data):
    """First to last convolution's gradient before the first step, by arm, for each seed."""
    for seed in SEEDS:
        recipe = RACE if depth == 56 else with_depth(RACE, depth)
        steps = islice(race(recipe, seed=seed, data=data), 2)
        yield {m.arm: m.end_norms[0] / m.end_norms[1] for m in steps}


def test_the_gradient_explodes_towards_the_input_before_training_as_the_page_says(root):
    plain = said(root, "race_how", "it was # to # times as large in the first convolution as in the last at 20 layers")
    plain += said(root, "race_how", "over three seeds, and # to # times at 56")
    residual = said(root, "race_how", "The residual network's: # to # and # to # times")
    data = load_for(RACE)
    for place, depth in ((0, 20), (2, 56)):
        for measured in ratios(depth, data):
            assert plain[place] * 0.9 <= measured["plain"] <= plain[place + 1] * 1.1
            assert residual[place] * 0.9 <= measured["residual"] <= residual[place + 1] * 1.1


@pytest.mark.slow
def test_the_gap_at_20_layers_is_as_wide_as_the_page_says(root):
    with_norm = said(root, "race_try", "ended with # to # % of unseen digits wrong, the residual one with # to # %")
    residual_bare = said(root, "race_try", "two in five or more wrong, the residual one with # to # %")
    recipe, data = with_depth(RACE, 20), load_for(RACE)
    bare = recipe.override(overrides=(*recipe.overrides, ("norm", "none")))
    for seed in SEEDS:
        errors = final_errors(race(recipe, seed=seed, data=data))
        assert errors["residual"] < errors["plain"]
        for arm, (low, high) in (("plain", with_norm[:2]), ("residual", with_norm[2:])):
            assert low - POINTS <= errors[arm] * 100 <= high + POINTS
        errors = final_errors(race(bare, seed=seed, data=data))
        assert errors["plain"] > 0.4
        assert residual_bare[0] - POINTS <= errors["residual"] * 100 <= residual_bare[1] + POINTS
