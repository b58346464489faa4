import math

import pytest

from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.schedule import learning_rate


def rates(total, **fields):
    return [learning_rate(TrainConfig(lr=0.1, **fields), step, total) for step in range(total)]


def test_constant_keeps_the_rate():
    assert rates(5, schedule="constant") == [0.1] * 5


def test_steps_divides_by_ten_at_a_half_and_at_three_quarters():
    assert rates(8, schedule="steps") == pytest.approx([0.1] * 4 + [0.01] * 2 + [0.001] * 2)


def test_the_papers_schedule_divides_at_32k_and_48k_of_64k_steps():
    paper = TrainConfig(schedule="steps", lr=0.1)
    at = {step: learning_rate(paper, step, 64_000) for step in (31_999, 32_000, 47_999, 48_000)}
    assert list(at.values()) == pytest.approx([0.1, 0.01, 0.01, 0.001])


def test_one_cycle_rises_for_a_fifth_and_falls_along_a_cosine():
    rise = [0.1 * (k + 1) / 4 for k in range(4)]
    fall = [0.05 * (1 + math.cos(math.pi * k / 16)) for k in range(16)]
    assert rates(20, schedule="one_cycle") == pytest.approx(rise + fall)


def test_one_cycle_survives_a_run_of_one_step():
    assert rates(1, schedule="one_cycle") == pytest.approx([0.1])


def test_a_warm_up_takes_a_tenth_of_the_rate_first():
    assert rates(4, schedule="constant", warmup_steps=2) == pytest.approx([0.01, 0.01, 0.1, 0.1])


def test_one_cycle_warms_up_over_the_share_that_the_recipe_gives():
    """The rate of the network of everyday classes: 1.5 of 12 epochs upwards, then a cosine to zero."""
    quick = rates(96, warmup_share=0.125)
    assert quick[:12] == pytest.approx([0.1 * (step + 1) / 12 for step in range(12)])
    assert quick[12:] == pytest.approx([0.05 * (1 + math.cos(math.pi * step / 84)) for step in range(84)])


@pytest.mark.parametrize("total", [1, 4, 5, 7, 15, 35, 769, 999, 64_000])
def test_the_usual_share_is_a_fifth_of_the_steps_rounded_down(total):
    config = TrainConfig(lr=0.1)
    rise = max(1, total // 5)
    assert learning_rate(config, rise - 1, total) == pytest.approx(0.1)
    if rise > 1:
        assert learning_rate(config, rise - 2, total) < 0.1 - 1e-9
