"""LiveCurves: a race's curves, kept up to date one metric at a time, so that drawing them takes training no time."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from resnet_core.figures.training.arms import NAMES, named_look
from resnet_core.lab.runs.curves import SMOOTHING, spread
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

POINTS = 200  # of a curve, at most


@dataclass(slots=True)
class _Arm:
    steps: list[tuple[int, float]] = field(default_factory=list)
    smooth: list[tuple[int, float]] = field(default_factory=list)
    train: list[tuple[int, float]] = field(default_factory=list)
    unseen: list[tuple[int, float]] = field(default_factory=list)
    weighted: float = 0.0
    weights: float = 0.0

    def add(self, metrics: StepMetrics | EpochMetrics) -> None:
        if isinstance(metrics, EpochMetrics):
            self.train.append((metrics.step, metrics.train_error))
            self.unseen.append((metrics.step, metrics.validation_error))
        elif math.isfinite(metrics.loss):
            # The exponentially weighted mean of `curves.step_curves`, without looking back.
            self.weighted = self.weighted * (1 - SMOOTHING) + metrics.loss
            self.weights = self.weights * (1 - SMOOTHING) + 1
            self.steps.append((metrics.step, metrics.loss))
            self.smooth.append((metrics.step, self.weighted / self.weights))


class LiveCurves:
    """What is drawn of a race: of each arm its loss, smoothed loss and errors.

    Args:
        arms: in the order of the race.
    """

    def __init__(self, arms: Iterable[str]) -> None:
        self._arms = {arm: _Arm() for arm in arms}
        self._learning = list(self._arms)

    @property
    def last(self) -> str:
        """The arm that is the last of each step: of those that have not diverged."""
        return self._learning[-1] if self._learning else ""

    def add(self, metrics: StepMetrics | EpochMetrics) -> None:
        """Take one metric in."""
        self._arms[metrics.arm].add(metrics)
        if isinstance(metrics, StepMetrics) and metrics.stop_reason:
            self._learning.remove(metrics.arm)

    def payload(self) -> list[dict[str, Any]]:
        """One dict an arm, as the browser draws it: `name`, its look, and lists of (step, value)."""
        return [_drawn(name, arm) for name, arm in self._arms.items()]


def _drawn(name: str, arm: _Arm) -> dict[str, Any]:
    colour, dash, mark = named_look(name)
    return {
        "name": NAMES.get(name, name), "colour": colour, "dash": dash, "mark": mark, "train": list(arm.train),
        "unseen": list(arm.unseen), "faint": _thinned(arm.steps), "smooth": _thinned(arm.smooth),
    }  # fmt: skip


def _thinned(points: list[tuple[int, float]]) -> list[tuple[int, float]]:
    """At most POINTS of them, to seven digits: more than can be read, and half as much to send each second."""
    kept = (points[index] for index in spread(len(points), POINTS))
    return [(step, float(f"{value:.7g}")) for step, value in kept]
