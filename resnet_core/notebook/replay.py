"""Replay: recorded runs, revealed epoch by epoch, as a widget."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Self

from traitlets import Dict, Int, observe, validate

from resnet_core.anatomy.papers.published import CIFAR_10_ERRORS
from resnet_core.errors import DataError, require
from resnet_core.figures.training.replay import replay_drawing, replay_payload
from resnet_core.lab.runs.recorded import RECORDED_RUNS, RecordedRun, read_run, recorded_runs
from resnet_core.notebook.host import THEMES, DrawingWidget

Run = str | Path | RecordedRun


class Replay(DrawingWidget):
    """Recorded runs with a slider over their epochs.

    Attributes:
        runs: what is replayed.
        epoch: that is shown, from 1; the last one at first.
    """

    drawing = "replay"

    at = Dict().tag(sync=True)
    epoch = Int().tag(sync=True)

    def __init__(self, runs: Sequence[RecordedRun]) -> None:
        self.runs = tuple(runs)
        self.last = max(len(run.epochs) for run in self.runs)
        looks = {theme: replay_payload(self.runs, CIFAR_10_ERRORS, theme) for theme in THEMES}
        super().__init__({}, {"epoch": self.last, "turn": 0}, looks, epoch=self.last)

    @classmethod
    def of(cls, run: Run | Iterable[Run] | None = None) -> Self:
        """The widget of one run, of several, or of all that are bundled."""
        if run is None:
            return cls(list(recorded_runs().values()))
        several = [run] if isinstance(run, Run) or not isinstance(run, Iterable) else list(run)
        if not several:
            raise DataError("There is no run to show. Give one, or none at all for those that are bundled.")
        return cls([_read(one) for one in several])

    @validate("epoch")
    def _check_epoch(self, proposal: Any) -> int:
        epoch = int(proposal["value"])
        require(1 <= epoch <= self.last, "epoch", epoch, f"from 1 to {self.last}")
        return epoch

    @observe("epoch")
    def _move(self, change: Any) -> None:
        if not self._hearing:
            self._moving = {"epoch": self.epoch, "turn": self._moving.get("turn", 0) + 1}

    def still_html(self) -> str:
        """The whole of it, to the last epoch."""
        return replay_drawing(self.runs, CIFAR_10_ERRORS)

    def __repr__(self) -> str:
        return f"Replay({', '.join(run.title for run in self.runs)}, epoch={self.epoch})"


def _read(run: Run) -> RecordedRun:
    if isinstance(run, RecordedRun):
        return run
    bundled = {path.stem: path for path in sorted(RECORDED_RUNS.glob("*.json"))}
    if isinstance(run, str) and run in bundled:
        return read_run(bundled[run])
    if isinstance(run, str | Path) and Path(run).is_file():
        return read_run(Path(run))
    raise DataError(f"{str(run)!r} is no recorded run and no file. These are bundled: {', '.join(bundled)}.")
