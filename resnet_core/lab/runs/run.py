"""Run: a race's changing state, as the board keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from resnet_core.lab.runs.records import RunRequest, RunState
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics


@dataclass(slots=True)
class Run:
    """A run's changing state."""

    id: str
    request: RunRequest
    state: RunState = "waiting"
    owners: set[str] = field(default_factory=set)  # who pressed Start and not Stop
    starter: str = ""  # what all tabs of the visitor share who pressed Start first; empty where nobody knows
    seen: dict[str, float] = field(default_factory=dict)  # when each visitor last looked
    metrics: list[StepMetrics | EpochMetrics] = field(default_factory=list)
    total_steps: int = 0
    since: float | None = None  # when it began to run, to wait or to rest: the time of its last change of state
    worked_s: float = 0.0  # computing time before that
    ended_at: str = ""
    message: str = ""
    hold_after: int | None = None  # the step after which it rests; None: it goes on
    absent: bool = False  # held because nobody looked at it
    course: Iterator[StepMetrics | EpochMetrics] | None = None  # what is left of it, once it has begun
    ahead: StepMetrics | EpochMetrics | None = None  # computed already, to be shown once the run goes on

    @property
    def step(self) -> int:
        return self.metrics[-1].step if self.metrics else 0
