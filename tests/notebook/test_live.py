"""A race in the background: its curves, its end, and how it is stopped."""

import asyncio
import threading

import pytest

import resnet_core as rc
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.notebook.live import LiveRace


def step(arm, number, loss=1.0, stop=None):
    return StepMetrics(
        arm=arm, step=number, loss=loss, error=0.5, images_per_s=1, learning_rate=0.1, elapsed_s=1, stop_reason=stop
    )


def epoch(arm, number):
    return EpochMetrics(
        arm=arm, epoch=1, step=number, train_loss=1, train_error=0.5, validation_loss=1, validation_error=0.25,
        images_per_s=1, learning_rate=0.1, elapsed_s=1, gradient_norms=(), activation_scales=(),
    )  # fmt: skip


@pytest.fixture
def course():
    """A race of two whose steps wait for the test: course.go.release(n) lets n metrics pass."""

    class Course:
        def __init__(self):
            self.go, self.passed = threading.Semaphore(0), 0
            self.failure = None

        def __iter__(self):
            for number in range(1, 4):
                yield from (self._next(step(arm, number)) for arm in ("plain", "residual"))
            yield from (self._next(epoch(arm, 3)) for arm in ("plain", "residual"))

        def _next(self, metrics):
            assert self.go.acquire(timeout=20)
            if self.failure:
                raise self.failure
            self.passed += 1
            return metrics

    return Course()


@pytest.fixture
def race(course):
    widget = LiveRace(iter(course), ("plain", "residual"), 3, "two small networks")
    yield widget
    widget.stop()
    course.go.release(20)
    widget._thread.join(20)
    assert not widget._thread.is_alive()


def test_it_runs_to_its_end_and_says_what_it_saw(race, course):
    assert race._moving["how"] == "two small networks · building the networks"
    course.go.release(20)
    assert race.wait(20) is race
    assert (race.state, race.step, len(race.metrics)) == ("finished", 3, 8)
    assert race._moving["state"] == "finished"
    assert race._moving["said"].startswith("Wrong answers on pictures that no network has trained on, at step 3")
    assert race._moving["how"].startswith("two small networks · finished after 3 of 3 steps and ")
    assert list(race.epochs["validation_error"]) == [0.25, 0.25]
    assert "25.0 %" in race.still_html()


def test_a_press_of_stop_ends_it_with_no_network_a_step_ahead(race, course):
    course.go.release(2)
    race.set_state({"wish": "stop"})
    course.go.release(20)
    race.wait(20)
    assert race.state == "stopped"
    assert [m.arm for m in race.metrics] in (["plain", "residual"], ["plain", "residual"] * 2)
    assert course.passed == len(race.metrics)


def test_it_can_be_awaited(race, course):
    course.go.release(20)

    async def cell():
        return await race

    assert asyncio.run(cell()) is race
    assert race.state == "finished"


def test_what_ends_it_is_told_to_who_waits(race, course):
    course.failure = rc.DataError("The pictures are gone.")
    course.go.release(20)
    with pytest.raises(rc.DataError, match="The pictures are gone"):
        race.wait(20)
    assert race._moving["state"] == "failed"
    assert race._moving["said"] == "DataError: The pictures are gone."


def test_an_interrupt_of_who_waits_stops_it(race, course, monkeypatch):
    def interrupted(timeout):
        course.go.release(20)
        monkeypatch.undo()
        raise KeyboardInterrupt

    course.go.release(1)
    monkeypatch.setattr(race._thread, "join", interrupted)
    assert race.wait().state in ("stopped", "finished")


def test_a_wait_has_an_end_of_its_own(race):
    assert race.wait(0.01).state == "running"


def test_a_race_that_cannot_run_is_refused_before_it_begins():
    with pytest.raises(rc.InvalidSpecError):
        rc.live_race(arms=("plain", "nonsense"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"config": "race"}, "config='race' does not work: it must be a TrainConfig, or None"),
        ({"data": 5}, "data=5 does not work: it must be pictures to train on"),
    ],
)
def test_what_is_no_recipe_and_no_pictures_is_refused(given, said):
    with pytest.raises(rc.InvalidSpecError, match=said):
        rc.live_race(**given)


def test_a_page_keeps_the_moment_and_the_cell_that_waited_keeps_the_end(race, course):
    shown, _ = race._repr_mimebundle_()
    assert "ends in <code>await</code>" in shown["text/html"]
    assert "<svg" not in shown["text/html"]
    course.go.release(20)

    async def cell():
        return (await race)._repr_mimebundle_()[0]["text/html"]

    end = asyncio.run(cell())
    assert "finished after 3 of 3 steps" in end
    assert "25.0 %" in end


@pytest.mark.slow
def test_a_real_race_is_the_race_of_the_same_seed():
    from resnet_core.lab.recipe.recipes import RACE

    config = RACE.override(model="cifar_resnet20", epochs=1, batch_size=256)
    live = rc.live_race(config, seed=3).wait()
    losses = [m.loss for m in rc.race(config, seed=3) if isinstance(m, StepMetrics)]
    assert [m.loss for m in live.metrics if isinstance(m, StepMetrics)] == pytest.approx(losses, rel=1e-4)
