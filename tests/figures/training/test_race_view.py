from dataclasses import replace

from resnet_core.figures.training.race_view import draw_race
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs.records import RunRequest, RunSnapshot
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics


def metrics(arm, loss, norms):
    speed = {"images_per_s": 1.0, "learning_rate": 0.1, "elapsed_s": 1.0}
    yield StepMetrics(arm=arm, step=1, loss=loss, error=0.5, **speed)
    yield EpochMetrics(
        arm=arm, epoch=1, step=1, train_loss=loss, train_error=0.5, validation_loss=loss, validation_error=0.4,
        gradient_norms=norms, activation_scales=norms, **speed,
    )  # fmt: skip


def test_a_race_is_drawn_with_all_its_parts_and_one_scale_of_gradients():
    both = (*metrics("plain", 2.0, (1.0, 0.01)), *metrics("residual_b", 0.5, (10.0, 0.1)))
    run = RunSnapshot(
        id="a-1", request=RunRequest(config=RACE, arms=("plain", "residual_b")), state="running", metrics=both, step=1,
        total_steps=9,
    )  # fmt: skip
    view = draw_race(run, "dark")
    assert view.sentence.startswith("Wrong answers on pictures that no network has trained on, at step 1: plain 40.0 %")
    assert "After 1 step the residual (projections) network's training loss is 0.5" in view.sentence
    assert view.start == ""  # of a race that was kept before the start was measured
    assert list(view.gradients) == ["plain", "residual (projections)"]
    scales = {(figure.data[0].zmin, figure.data[0].zmax) for figure in view.gradients.values()}
    assert scales == {(-2, 1)}
    assert [(line["name"], line["smooth"], line["unseen"]) for line in view.lines] == [
        ("plain", [(1, 2.0)], [(1, 0.4)]), ("projections", [(1, 0.5)], [(1, 0.4)]),
    ]  # fmt: skip
    begun = draw_race(replace(run, metrics=both[:1]))
    assert ([line["unseen"] for line in begun.lines], begun.gradients) == ([[], []], {})
    assert draw_race(replace(run, metrics=())).sentence == ""
    diverged = draw_race(replace(run, metrics=(replace(both[0], loss=float("inf"), stop_reason="plain diverged"),)))
    assert diverged.lines[0]["smooth"] == []
    assert "diverged" in diverged.sentence
