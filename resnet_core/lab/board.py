"""RunBoard: who waits, who runs, who looks. Bookkeeping alone: no thread, no lock, no network is trained here."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from resnet_core.errors import QueueFullError
from resnet_core.lab.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.runs import RunRequest, RunSnapshot, RunState

ENDED_IN_MEMORY = 50


@dataclass(slots=True, kw_only=True)
class BoardLimits:
    """How much a server takes on.

    Attributes:
        workers: races that run at once; two cores have time for one.
        waiting: races that may wait for their turn.
        absent_s: a run that nobody has looked at for so long is stopped.
        run_s: the longest that a run may take.
    """

    workers: int = 1
    waiting: int = 12
    absent_s: float = 30.0
    run_s: float = 600.0


@dataclass(slots=True)
class Run:
    """A run's changing state."""

    id: str
    request: RunRequest
    state: RunState = "waiting"
    owners: set[str] = field(default_factory=set)  # who pressed Start and not Stop
    seen: dict[str, float] = field(default_factory=dict)  # when each visitor last looked
    metrics: list[StepMetrics | EpochMetrics] = field(default_factory=list)
    total_steps: int = 0
    started: float | None = None
    ended: float | None = None
    message: str = ""


class RunBoard:
    """All runs of a server that wait or run, and the last ones that ended. One thread at a time may use it."""

    def __init__(self, limits: BoardLimits, clock: Callable[[], float]) -> None:
        self.limits, self._clock = limits, clock
        self.active: OrderedDict[str, Run] = OrderedDict()  # in the order in which they were asked for
        self._ended: OrderedDict[str, Run] = OrderedDict()

    def join(self, request: RunRequest, owner: str) -> Run:
        """The equal run that is under way, or a new one at the end of the queue. The owner leaves any other.

        Raises:
            QueueFullError: if there is no room; nothing has changed then.
        """
        going = (run for run in self.active.values() if run.state != "stopping")
        run = next((run for run in going if run.request == request), None) or self._enqueue(request, owner)
        run.owners.add(owner)
        self.look(run, owner)
        for other in self.runs_of(owner):
            if other is not run:
                self.leave(other, owner)
        return run

    def _enqueue(self, request: RunRequest, owner: str) -> Run:
        others = sum(run.owners != {owner} for run in self.active.values())
        if others >= self.limits.workers + self.limits.waiting:
            raise QueueFullError(
                f"{others} runs are under way or waiting, and this server takes no more at once. "
                "Watch one of them meanwhile, and start yours again in a minute."
            )
        run = Run(f"{request.id}-{secrets.token_hex(4)}", request)
        self.active[run.id] = run
        return run

    def find(self, run_id: str) -> Run | None:
        return self.active.get(run_id) or self._ended.get(run_id)

    def runs_of(self, owner: str) -> list[Run]:
        """What that visitor started, unless it has ended or is about to."""
        return [run for run in self.active.values() if owner in run.owners]

    def look(self, run: Run, visitor: str) -> None:
        """Note that somebody is there."""
        run.seen[visitor] = self._clock()

    def leave(self, run: Run, owner: str) -> None:
        """Stop a run, unless others started it too."""
        run.owners.discard(owner)
        if not run.owners:
            self.halt(run, "Stopped.")

    def halt(self, run: Run, message: str) -> None:
        """End a waiting run, and ask a running one to end after the step that it is in."""
        if run.state == "waiting":
            self.end(run, "stopped", message)
        elif run.state == "running":
            run.state, run.message = "stopping", message
            run.owners.clear()

    def sweep(self) -> None:
        """Forget visitors who have gone; halt what nobody looks at any more, and what takes too long."""
        now, limits = self._clock(), self.limits
        for run in list(self.active.values()):
            run.seen = {visitor: at for visitor, at in run.seen.items() if now - at <= limits.absent_s}
            if not run.seen:
                self.halt(run, f"Stopped, because nobody had looked at it for {limits.absent_s:g} s.")
            elif run.started is not None and now - run.started > limits.run_s:
                self.halt(run, f"Stopped after {limits.run_s:g} s, the longest that a run may take here.")

    def waiting(self) -> list[Run]:
        """Runs that have not begun, first the next one."""
        return [run for run in self.active.values() if run.state == "waiting"]

    def take(self) -> Run | None:
        """The next run, now running, or None if none waits."""
        run = next(iter(self.waiting()), None)
        if run is not None:
            run.state, run.started = "running", self._clock()
        return run

    def end(self, run: Run, state: RunState, message: str) -> None:
        """Move a run to those that ended, of which the oldest are forgotten."""
        run.state, run.message, run.ended = state, message, self._clock()
        run.owners.clear()
        del self.active[run.id]
        self._ended[run.id] = run
        while len(self._ended) > ENDED_IN_MEMORY:
            self._ended.popitem(last=False)

    def snapshot(self, run: Run) -> RunSnapshot:
        """The run as it is now."""
        step = run.metrics[-1].step if run.metrics else 0
        now = self._clock() if run.ended is None else run.ended
        elapsed_s = 0.0 if run.started is None else now - run.started
        remaining_s = elapsed_s / step * (run.total_steps - step) if run.state == "running" and step else None
        waiting = self.waiting()
        return RunSnapshot(
            id=run.id, request=run.request, state=run.state, place=waiting.index(run) + 1 if run in waiting else 0,
            visitors=len(run.seen), metrics=tuple(run.metrics), step=step, total_steps=run.total_steps,
            elapsed_s=elapsed_s, remaining_s=remaining_s, message=run.message,
        )  # fmt: skip
