import math
from dataclasses import asdict
from itertools import islice, product
from typing import get_args

import pytest
import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.recipe.arms import ARMS, arm_config, check_race
from resnet_core.lab.recipe.config import InitKind, OptimizerKind, TrainConfig
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.recipe.size import with_width
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.training.race import race, start_line
from resnet_core.lab.training.train import train

TIMINGS = {"images_per_s", "elapsed_s"}
CPU = torch.device("cpu")


def untimed(metrics):
    return [{key: value for key, value in asdict(m).items() if key not in TIMINGS} for m in metrics]


def test_the_arms_take_turns_step_by_step(tiny_config, tiny_data):
    config = tiny_config.override(epochs=2)
    told = [(m.arm, m.step, type(m)) for m in race(config, ("residual", "plain"), data=tiny_data, device="cpu")]
    steps = [[("residual", n, StepMetrics), ("plain", n, StepMetrics)] for n in range(1, 7)]
    epochs = [[("residual", n, EpochMetrics), ("plain", n, EpochMetrics)] for n in (3, 6)]
    assert told == [entry for part in (*steps[:3], epochs[0], *steps[3:], epochs[1]) for entry in part]


def test_all_arms_begin_with_the_same_weights_where_shapes_agree(tiny_config, tiny_data):
    plain, residual, with_projections, preact, detached, copy = (
        learner.model.state_dict() for learner in start_line(tiny_config, tuple(ARMS), tiny_data, CPU)
    )
    assert [key for key in preact if key in plain and preact[key].shape == plain[key].shape] == [
        key for key in preact if key in plain and torch.equal(preact[key], plain[key])
    ]
    assert {key for key in plain if key.endswith("conv1.weight")} <= preact.keys()
    assert plain.keys() == residual.keys()
    assert all(torch.equal(plain[key], residual[key]) for key in plain)
    assert all(torch.equal(plain[key], with_projections[key]) for key in plain)
    assert {key.split(".")[2] for key in with_projections.keys() - plain.keys()} == {"downsample"}
    assert detached.keys() == with_projections.keys()
    assert {key for key in plain if not torch.equal(copy[key], plain[key])} == {
        key for key in plain if key.startswith("layer") and ".conv" in key
    }


def test_an_arm_differs_from_another_in_its_shortcut_alone(tiny_config):
    kinds = {arm: arm_config(tiny_config, arm).spec() for arm in ARMS}
    assert {arm: spec.shortcut for arm, spec in kinds.items()} == {
        "plain": "none", "residual": "zero_pad", "residual_b": "projection", "preact": "zero_pad",
        "detached": "detached", "copy": "none",
    }  # fmt: skip
    assert kinds["preact"].block == "preact_basic"
    assert {spec.override(shortcut="none", block="basic") for spec in kinds.values()} == {kinds["plain"]}


def test_arms_of_a_deeper_or_preactivated_recipe_keep_its_kind_of_block():
    bottleneck = TrainConfig(model="resnet50")
    assert arm_config(bottleneck, "preact").spec().block == "preact_bottleneck"
    assert arm_config(bottleneck, "plain").spec().block == "bottleneck"
    preact = TrainConfig(model="cifar_preact_resnet110")
    assert arm_config(preact, "preact").spec().block == "preact_basic"
    assert arm_config(preact, "residual").spec().block == "basic"


@pytest.mark.parametrize(
    ("config", "arms", "sentence"),
    [
        (RACE.override(overrides=(("norm", "none"),), init="xavier"), ("plain", "residual"), None),
        (RACE.override(init="zero_gamma"), ("residual", "residual_b"), None),
        (RACE.override(init="zero_gamma"), ("plain", "residual"), "init='zero_gamma' does not work"),
        (RACE.override(init="zero_gamma"), ("residual", "preact"), "init='zero_gamma' does not work"),
        (RACE, ("1x64d", "32x4d"), "groups=32 does not work"),
        (TrainConfig(model="skresnet50"), ("preact",), "block='preact_sk_bottleneck' does not work"),
    ],
)
def test_a_race_that_a_recipe_contradicts_is_refused_before_it_begins(config, arms, sentence):
    if sentence is None:
        check_race(config, arms)
    else:
        with pytest.raises(InvalidSpecError, match=sentence):
            check_race(config, arms)


def test_an_arm_runs_as_it_would_run_alone(tiny_config, tiny_data):
    """So both arms saw the batches that `train` sees, and neither touched the other."""
    arms = ("copy", "plain", "residual")
    together = list(race(tiny_config, arms, data=tiny_data, device="cpu"))
    for arm in arms:
        alone = untimed(train(arm_config(tiny_config, arm), data=tiny_data, device="cpu"))
        assert [m | {"arm": arm} for m in alone] == untimed(m for m in together if m.arm == arm)


def test_a_seed_decides_the_whole_race(tiny_config, tiny_data):
    first, again, other = (untimed(race(tiny_config, seed=seed, data=tiny_data, device="cpu")) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_the_recipes_seed_holds_where_no_other_is_given(tiny_config, tiny_data):
    asked, own = (
        untimed(race(config, seed=seed, data=tiny_data, device="cpu"))
        for config, seed in ((tiny_config, 3), (tiny_config.override(seed=3), None))
    )
    assert asked == own


def test_gradient_norms_come_with_each_step_on_request(tiny_config, tiny_data):
    metrics = list(race(tiny_config.override(epochs=1), data=tiny_data, device="cpu", gradient_norms=True))
    assert [len(m.gradient_norms) for m in metrics] == [3] * 8


def test_an_arm_that_diverges_drops_out_and_the_other_goes_on(tiny_config, tiny_data, monkeypatch):
    learners = start_line(tiny_config, ("plain", "residual"), tiny_data, CPU)
    learners[0].model.fc.bias.data[0] = math.nan
    monkeypatch.setattr("resnet_core.lab.training.race.start_line", lambda *_: learners)
    metrics = list(race(tiny_config, data=tiny_data, device="cpu"))
    assert metrics[0].stop_reason.startswith("plain diverged: its loss at step 1")
    assert [m for m in metrics if m.arm == "plain"] == metrics[:1]
    assert metrics[-1].arm == "residual"
    assert metrics[-1].epoch == tiny_config.epochs


def test_every_choice_trains_or_is_refused_by_the_field_that_does_not_fit(tiny_config, tiny_data):
    trained, refusals = 0, []
    choices = product(ARMS, ("batch", "none"), get_args(InitKind), get_args(OptimizerKind))
    for arm, norm, init, optimizer in choices:
        overrides = (*tiny_config.overrides, ("norm", norm))
        try:
            config = tiny_config.override(overrides=overrides, init=init, optimizer=optimizer, nesterov=False)
            check_race(config, (arm,))
        except InvalidSpecError as error:
            refusals.append(str(error))
            continue
        assert math.isfinite(next(race(config, (arm,), data=tiny_data, device="cpu")).loss)
        trained += 1
    assert (trained, len(refusals)) == (80, 40)
    # Without batch norm, in plain and in pre-activated blocks; and to begin as a copy is for plain networks.
    beginnings = tuple(f"init={init!r} does not work: it must be" for init in ("zero_gamma", "copy"))
    assert all(text.startswith(beginnings) for text in refusals)


@pytest.mark.parametrize("arms", [(), ("plain", "plain"), ("plain", "highway")])
def test_arms_that_can_not_race_are_refused_with_those_that_can(arms):
    with pytest.raises(InvalidSpecError, match=r"arms=.*plain, residual, residual_b, preact, detached, copy, 1x64d"):
        next(race(arms=arms))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_the_default_race_shows_the_plain_net_standing_still(seed):
    """At 56 layers on the digits. Thirty steps of 230; measured: 2.2 against 0.2 to 0.3."""
    losses = {"plain": [], "residual": []}
    for metrics in race(RACE.override(precision="fp32"), seed=seed, device="cpu"):
        if isinstance(metrics, StepMetrics):
            losses[metrics.arm].append(metrics.loss)
        if len(losses["residual"]) == 30:
            break
    plain, residual = (sum(losses[arm][-5:]) / 5 for arm in ("plain", "residual"))
    assert plain > 1.8
    assert residual < plain / 2


def test_a_plain_network_that_begins_as_a_copy_learns_where_the_same_network_stands_still():
    """No shortcut and no parameter more. 56 layers of half the width, steps 18 to 22 of 230; seeds 0 to 2: plain 2.21
    to 2.27, copy 1.71 to 1.82, where a guess has 2.30."""
    config = with_width(RACE.override(precision="fp32"), 8)
    steps = list(islice(race(config, ("plain", "copy"), seed=0, device="cpu"), 44))
    plain, copy = (sum([m.loss for m in steps if m.arm == arm][-5:]) / 5 for arm in ("plain", "copy"))
    assert plain > 2.1
    assert copy < 1.95


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_the_copy_ends_low_where_the_same_network_from_random_weights_does_not(seed):
    """At full width, mean loss of steps 116 to 120, where a guess has 2.30. Measured with seeds 0 to 4: plain 1.83,
    1.89, 1.87, 2.09, 1.66; copy 0.28, 0.21, 0.18, 0.18, 0.14; residual 0.06, 0.01, 0.02, 0.02, 0.01."""
    arms = ("plain", "copy", "residual")
    every = race(RACE.override(precision="fp32"), arms, seed=seed, device="cpu")
    steps = list(islice((m for m in every if isinstance(m, StepMetrics)), 3 * 120))
    plain, copy, residual = (sum([m.loss for m in steps if m.arm == arm][-5:]) / 5 for arm in arms)
    assert plain > 1.2
    assert copy < 0.5
    assert residual < copy
