"""LiveRace: a race that trains in the background while its curves are watched and the notebook stays free."""

from __future__ import annotations

import asyncio
import math
import threading
import time
import weakref
from collections.abc import Generator, Iterator, Sequence
from html import escape
from typing import Any, Self

import pandas as pd
from traitlets import Dict, Unicode, observe

from resnet_core.errors import require
from resnet_core.figures.training.curves import LiveCurves
from resnet_core.figures.training.lines import Kind, Line, lines_drawing
from resnet_core.lab.data.batches import steps_per_epoch
from resnet_core.lab.data.sources import TrainingData, load_for
from resnet_core.lab.recipe.arms import check_race
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs.curves import describe_race, epoch_curves, step_curves
from resnet_core.lab.runs.records import RunRequest, request_title
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.training.race import race
from resnet_core.notebook.host import DrawingWidget

EVERY_S = 0.5  # between two looks at the curves
LOOK_AGAIN_S = 0.2  # of who waits
LAST_STEP_S = 5.0  # that Python waits for at its end
FAIR = "All begin with the same weights where their shapes agree, and learn from the same batches."
FIRST = "It has just begun. A cell that ends in <code>await</code> and the race keeps its curves to the end."
Metrics = StepMetrics | EpochMetrics


class LiveRace(DrawingWidget):
    """A race, from its first step to its last or to the press of Stop.

    Attributes:
        metrics: what the race has reported so far, in order.
        state: "running", "stopping", and at the end "finished", "stopped" or "failed".
        error: what went wrong, of a race that failed.
    """

    drawing = "race"

    at = Dict().tag(sync=True)
    wish = Unicode().tag(sync=True)
    state = Unicode("running")

    def __init__(self, course: Iterator[Metrics], arms: Sequence[str], total: int, title: str) -> None:
        self.metrics: list[Metrics] = []
        self.error: Exception | None = None
        self._course, self._title, self._total, self._said = course, title, total, FAIR
        self._curves = LiveCurves(arms)
        self._began = self._ended = time.monotonic()
        super().__init__({"total": total, "mine": True}, {})
        self._draw()
        self._halt = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live race", daemon=True)
        self._at_exit = weakref.finalize(self, _end, self._halt, self._thread)  # no thread trains while Python ends
        self._thread.start()

    @classmethod
    def of(
        cls, config: TrainConfig | None, arms: Sequence[str], seed: int | None, *, data: TrainingData | None = None,
        device: str = "auto",
    ) -> Self:  # fmt: skip
        """Start the race that `race` would run."""
        require(
            isinstance(config, TrainConfig | None), "config", config, "a TrainConfig, or None for the race of the app"
        )
        require(isinstance(data, TrainingData | None), "data", data, "pictures to train on, or None for the config's")
        config = (config or RACE) if seed is None else (config or RACE).override(seed=seed)
        check_race(config, arms)
        data = data or load_for(config)
        total = config.epochs * steps_per_epoch(data, config.batch_size)
        title = request_title(RunRequest(config=config, arms=tuple(arms)))
        return cls(race(config, arms, data=data, device=device), arms, total, title)

    @property
    def step(self) -> int:
        """How far the race is; 0 before the first step."""
        return self.metrics[-1].step if self.metrics else 0

    @property
    def steps(self) -> pd.DataFrame:
        """Each arm's loss, smoothed loss and error at every step, thinned to 200 rows an arm."""
        return step_curves(list(self.metrics))

    @property
    def epochs(self) -> pd.DataFrame:
        """Each arm's training and validation error after every epoch, 0 to 1."""
        return epoch_curves(list(self.metrics))

    def stop(self) -> None:
        """End the race after the step that it is in."""
        if self.state == "running":
            self.state = "stopping"
            self._halt.set()

    def wait(self, timeout: float | None = None) -> Self:
        """Wait for the end of the race, or for so many seconds. Interrupting the kernel meanwhile stops the race.

        A notebook hears no button while a cell waits; `await widget` waits as well, and hears it.

        Raises:
            Exception: what ended a race that failed.
        """
        until = math.inf if timeout is None else time.monotonic() + timeout
        try:
            while self._thread.is_alive() and time.monotonic() < until:
                self._thread.join(min(LOOK_AGAIN_S, max(until - time.monotonic(), 0)))
        except KeyboardInterrupt:
            self.stop()
            self._thread.join()
        if self.error is not None:
            raise self.error
        return self

    def __await__(self) -> Generator[Any, None, Self]:
        return self._ended_in_time().__await__()

    async def _ended_in_time(self) -> Self:
        while self._thread.is_alive():
            await asyncio.sleep(LOOK_AGAIN_S)
        return self.wait()

    @observe("wish")
    def _hear(self, change: Any) -> None:
        if change["new"] == "stop":
            self.stop()

    def _run(self) -> None:
        looked, outcome = time.monotonic(), "finished"
        try:
            for metrics in self._course:
                self._take(metrics)
                if self._halt.is_set() and metrics.arm == self._curves.last:  # no network is a step ahead
                    outcome = "stopped"
                    break
                if time.monotonic() - looked >= EVERY_S:
                    self._draw()
                    looked = time.monotonic()
        except Exception as error:  # noqa: BLE001  # it belongs to whoever waits, not to this thread
            self.error, outcome = error, "failed"
        self._ended = time.monotonic()
        self.state = outcome
        self._said = describe_race(self.metrics) if self.error is None else f"{type(self.error).__name__}: {self.error}"
        self._draw()

    def _take(self, metrics: Metrics) -> None:
        self.metrics.append(metrics)
        self._curves.add(metrics)
        if isinstance(metrics, EpochMetrics) and metrics.arm == self._curves.last:
            self._said = describe_race(self.metrics, going=True)

    def _draw(self) -> None:
        self._moving = {
            "lines": self._curves.payload(), "step": self.step, "state": self.state, "said": self._said,
            "how": self._how(),
        }  # fmt: skip

    def still_html(self) -> str:
        """The wrong answers so far, and what the race says; before the first, where they will stand."""
        if not self.metrics:
            return f"<p>{escape(self._how())}</p><p>{FIRST}</p>"
        lines = [
            Line(
                name=arm["name"], kind=_kind(arm["name"]), points=[(step, 100 * share) for step, share in arm["unseen"]]
            )
            for arm in self._curves.payload()
        ]
        chart = lines_drawing(lines, x="training step", y="wrong answers on unseen pictures", last=self._total)
        return f"<p>{escape(self._how())}</p>{chart}<p>{escape(self._said)}</p>"

    def __repr__(self) -> str:
        return f"LiveRace({self._how()})"

    def _how(self) -> str:
        if self.state in ("running", "stopping"):
            where = f"step {self.step} of {self._total}" if self.step else "building the networks"
            return f"{self._title} · {where}"
        seconds = self._ended - self._began
        return f"{self._title} · {self.state} after {self.step} of {self._total} steps and {seconds:.0f} s"


def _kind(name: str) -> Kind:
    kinds: tuple[Kind, ...] = ("plain", "residual", "copy")
    return next((kind for kind in kinds if kind == name), "other")


def _end(halt: threading.Event, thread: threading.Thread) -> None:
    halt.set()
    thread.join(LAST_STEP_S)
