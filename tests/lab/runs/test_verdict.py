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
    ("guess", "arm", "said"),
    [
        (30, "plain", "You said 30 of 100. The plain network got **77.1 of 100** unseen pictures wrong: 47 more than "
         "you said. In the same race: the residual network 2.0."),
        (90, "plain", "13 fewer than you said."),
        (80, "plain", "unseen pictures wrong: that is close."),
        (72.2, "plain", "that is close."), (72, "plain", "5 more than you said."),
        (2, "residual", "You said 2 of 100. The residual network got **2.0 of 100** unseen pictures wrong: that is "
         "close. In the same race: the plain network 77.1."),
    ],
)  # fmt: skip
def test_a_guess_stands_beside_the_measurement(guess, arm, said):
    assert said in judge(guess, arm, list(run(**WIDE)))


def test_a_race_that_ended_early_says_nothing():
    said = judge(30, "plain", list(run(plain=(1.7, None), residual=(0.5, None))))
    assert said == "You said 30 of 100. Nobody knows: the race ended before unseen pictures were tried."


def test_a_network_that_diverged_answers_nothing():
    first, *rest = run(plain=(math.nan, None), residual=(0.5, 0.1))
    said = judge(30, "plain", [dataclasses.replace(first, stop_reason="plain diverged"), *rest])
    assert said == (
        "You said 30 of 100. The plain network diverged: it answers nothing. In the same race: the residual "
        "network 10.0."
    )


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
