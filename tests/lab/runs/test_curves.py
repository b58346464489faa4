import dataclasses
import math

import pytest

from resnet_core.lab.runs.curves import (
    describe_race,
    describe_start,
    epoch_curves,
    final_losses,
    gradient_norms,
    step_curves,
)
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics


def step(arm, number, loss):
    return StepMetrics(
        arm=arm, step=number, loss=loss, error=0.5, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0
    )  # fmt: skip


def epoch(arm, number, validation_error):
    return EpochMetrics(
        arm=arm, epoch=1, step=number, train_loss=1.0, train_error=0.2, validation_loss=1.0,
        validation_error=validation_error, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0,
        gradient_norms=(0.5, 0.25), activation_scales=(1.0, 1.0),
    )  # fmt: skip


def run(plain, residual, steps=50):
    metrics = []
    for n in range(1, steps + 1):
        share = (n - 1) / (steps - 1)
        metrics += [step("plain", n, 2.3 + (plain - 2.3) * share), step("residual", n, 2.3 + (residual - 2.3) * share)]
    return metrics


def test_long_curves_are_thinned_evenly_and_keep_both_ends():
    table = step_curves([step("plain", n, 1.0) for n in range(1, 1001)], points=200)
    assert len(table) == 200
    assert (table["step"].iloc[0], table["step"].iloc[-1]) == (1, 1000)
    assert table["step"].diff().dropna().between(4, 7).all()


def test_smoothing_is_the_weighted_mean_of_what_came_before():
    table = step_curves([step("plain", 1, 1.0), step("plain", 2, 0.0)])
    assert table["smoothed_loss"].tolist() == pytest.approx([1.0, 0.88 / 1.88])


def test_a_wide_gap_is_said_with_its_ratio_and_what_has_not_moved():
    said = describe_race([*run(plain=2.2, residual=0.01), epoch("plain", 50, 0.9), epoch("residual", 50, 0.02)])
    assert said.startswith(
        "Wrong answers on pictures that no network has trained on, at step 50: residual 2.0 %, plain 90.0 %. "
        "After 50 steps the residual network's training loss is"
    )
    assert "times as high" in said
    assert "The plain network has hardly moved: it began at 2.3." in said


def test_a_small_gap_is_called_alike_and_a_better_plain_net_is_called_better():
    alike = run(plain=1.0, residual=0.9)
    assert "they train alike so far." in describe_race(alike, going=True)
    assert "they train alike." in describe_race(alike)
    assert describe_race(run(plain=0.01, residual=2.0)).startswith("After 50 steps the plain network's")


def test_of_three_networks_all_are_named_and_the_last_is_set_against_the_first():
    said = describe_race([step("plain", 1, 2.0), step("residual", 1, 0.5), step("preact", 1, 1.0)])
    assert said == (
        "After 1 step the residual network's training loss is 0.5, the pre-activated residual one's 1, "
        "the plain one's 2: 4 times the least. The plain network has hardly moved: it began at 2."
    )


def test_one_arm_and_none():
    assert describe_race([]) == "Nothing has been trained yet."
    assert describe_race([step("plain", 1, 2.5)]) == "After 1 step the plain network's training loss is 2.5."


def test_epochs_and_gradients_become_tables():
    metrics = [epoch("plain", 23, 0.5), epoch("residual", 23, 0.1), epoch("plain", 46, 0.4)]
    assert epoch_curves(metrics)["validation_error"].tolist() == [0.5, 0.1, 0.4]
    norms = gradient_norms(metrics, "plain")
    assert list(norms.columns) == [23, 46]
    begun = dataclasses.replace(step("plain", 1, 2.3), gradient_norms=(9.0, 0.5))
    assert gradient_norms([begun, *metrics], "plain")[0].tolist() == [9.0, 0.5]
    assert norms[46].tolist() == [0.5, 0.25]
    assert math.isclose(float(norms.to_numpy().max()), 0.5)


def test_a_network_that_diverges_is_said_and_its_curve_ends_before():
    broken = [*run(plain=1.0, residual=0.5, steps=3), step("residual", 4, 0.4)]
    broken.insert(-1, dataclasses.replace(step("plain", 4, math.nan), stop_reason="plain diverged"))
    assert step_curves(broken).groupby("arm")["step"].max().to_dict() == {"plain": 3, "residual": 4}
    said = describe_race(broken)
    assert said.startswith("The plain network diverged: since step 4 its loss is no finite number")
    assert "After 4 steps the residual network's training loss is" in said
    losses = final_losses(broken)
    assert math.isnan(losses["plain"])
    assert losses["residual"] < 2.3


def test_a_race_in_which_all_diverge_has_an_empty_curve_and_a_sentence():
    broken = [dataclasses.replace(step("plain", 1, math.inf), stop_reason="plain diverged")]
    assert step_curves(broken).empty
    assert describe_race(broken).startswith("The plain network diverged: since step 1")


def test_the_start_is_said_by_the_first_and_the_last_convolution():
    plain = dataclasses.replace(step("plain", 1, 2.3), end_norms=(1234.0, 0.5))
    residual = dataclasses.replace(step("residual", 1, 2.3), end_norms=(4.2, 1.0))
    assert describe_start([plain, residual, step("plain", 2, 2.3)]) == (
        "Before the first step the plain network's gradient is 2,468 times as large in the first convolution as in "
        "the last, the residual one's 4.2 times."
    )
    assert describe_start([step("plain", 1, 2.3)]) == ""
