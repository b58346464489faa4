"""The curves that a browser draws while a race runs."""

import pytest

from resnet_core.figures.theme import THEMES
from resnet_core.figures.training.arms import LOOKS, NAMES
from resnet_core.figures.training.curves import LiveCurves
from resnet_core.lab.runs.curves import step_curves
from resnet_core.lab.training.metrics import StepMetrics


def step(arm, number, loss=1.0, stop=None):
    return StepMetrics(
        arm=arm, step=number, loss=loss, error=0.5, images_per_s=1, learning_rate=0.1, elapsed_s=1, stop_reason=stop
    )


def test_the_curves_are_those_of_the_tables_however_long_the_race():
    losses = [2.0 / (1 + number / 40) for number in range(1, 501)]
    metrics = [step("plain", number, loss) for number, loss in enumerate(losses, 1)]
    curves = LiveCurves(("plain",))
    for one in metrics:
        curves.add(one)
    (drawn,) = curves.payload()
    table = step_curves(metrics)
    assert [at for at, _ in drawn["smooth"]] == list(table["step"])
    assert [value for _, value in drawn["smooth"]] == pytest.approx(list(table["smoothed_loss"]))
    assert [value for _, value in drawn["faint"]] == pytest.approx(list(table["loss"]))


def test_who_diverged_is_drawn_to_its_end_and_waited_for_no_more():
    curves = LiveCurves(("plain", "residual"))
    curves.add(step("residual", 1))
    assert curves.last == "residual"
    curves.add(step("residual", 2, float("nan"), "its loss is no number"))
    assert curves.last == "plain"
    assert curves.payload()[1]["smooth"] == [(1, 1.0)]


def test_each_arm_has_a_look_that_the_browser_knows(root):
    script = (root / "resnet_core/data/drawings/race/charts.js").read_text("utf-8")
    looks = LiveCurves(NAMES).payload()
    assert len({(line["colour"], line["dash"], line["mark"]) for line in looks}) == len(NAMES) == len(LOOKS)
    for line in looks:
        assert all(hasattr(theme, line["colour"]) for theme in THEMES.values())
        assert f'{line["dash"]}: "' in script
        assert f'{line["mark"]}: "' in script or f'"{line["mark"]}": "' in script
