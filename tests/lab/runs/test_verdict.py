import dataclasses
import math

import pytest

from resnet_core.lab.runs.verdict import NO_DIFFERENCE, judge, winner
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics


def run(**arms):
    """A race of one step and one epoch: run(plain=(loss, error), ...). Without an error no epoch has ended."""
    speed = {"images_per_s": 1.0, "learning_rate": 0.1, "elapsed_s": 1.0}
    for arm, (loss, error) in arms.items():
        yield StepMetrics(arm=arm, step=1, loss=loss, error=0.5, **speed)
        if error is not None:
            yield EpochMetrics(
                arm=arm, epoch=1, step=1, train_loss=loss, train_error=0.5, validation_loss=loss,
                validation_error=error, gradient_norms=(1.0,), activation_scales=(1.0,), **speed,
            )  # fmt: skip


WIDE = {"plain": (1.71, 0.771), "residual": (0.0011, 0.02)}


@pytest.mark.parametrize(
    ("guess", "arms", "said"),
    [
        ("residual", WIDE, "You said residual. That is right by wrong answers on unseen pictures: residual 2.0 %, "
         "plain 77.1 %. Training loss says the same: residual 0.0011, plain 1.71."),
        ("plain", WIDE, "You said plain. That is not so by"),
        (NO_DIFFERENCE, WIDE, "You said no difference. That is not so by"),
        (NO_DIFFERENCE, {"plain": (0.0097, 0.051), "residual": (0.0071, 0.04)}, "You said no difference. That is right "
         "by wrong answers on unseen pictures: residual 4.0 %, plain 5.1 %, less than 2 points apart. Training loss "
         "says the same: residual 0.0071, plain 0.0097."),
        ("residual_b", {"plain": (0.04, 0.027), "residual_b": (0.001, 0.02)}, "You said residual (projections). That "
         "is not so by wrong answers on unseen pictures: residual (projections) 2.0 %, plain 2.7 %, less than 2 points "
         "apart. By training loss residual (projections) leads: residual (projections) 0.001, plain 0.04."),
        ("residual", {"plain": (1.0, 0.5), "residual": (0.9, 0.1)}, "By training loss they are alike: residual 0.9"),
        ("residual", {"plain": (1.7, None), "residual": (0.5, None)}, "You said residual. That is right by training "
         "loss: residual 0.5, plain 1.7. No unseen picture was tried yet."),
    ],
)  # fmt: skip
def test_a_guess_is_judged_by_wrong_answers_and_by_loss(guess, arms, said):
    assert said in judge(guess, list(run(**arms)))


def test_a_network_that_diverged_has_lost():
    first, *rest = run(plain=(math.nan, None), residual=(0.5, 0.1))
    said = judge("residual", [dataclasses.replace(first, stop_reason="plain diverged"), *rest])
    assert said == (
        "You said residual. That is right by wrong answers on unseen pictures: residual 10.0 %, plain diverged. "
        "Training loss says the same: residual 0.5, plain diverged."
    )


def test_one_network_alone_is_no_race():
    assert judge("plain", list(run(plain=(1.0, 0.5)))) == ""


@pytest.mark.parametrize(
    ("arms", "wins"),
    [
        (WIDE, "residual"),
        ({"plain": (0.01, 0.051), "residual": (0.007, 0.04)}, NO_DIFFERENCE),
        ({"plain": (1.7, None), "residual": (0.5, None)}, ""),
    ],
)
def test_who_wins_is_said_once_unseen_pictures_were_tried(arms, wins):
    assert winner(list(run(**arms))) == wins
