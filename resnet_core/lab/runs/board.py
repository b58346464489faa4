"""RunBoard: who waits, who runs, who looks. Bookkeeping alone: no thread, no lock, no network is trained here."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from resnet_core.errors import QueueFullError
from resnet_core.lab.runs.records import RunRequest, RunSnapshot, RunState
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

ENDED_IN_MEMORY = 50
WATCHING_S = 5.0  # a page that watches asks each second


@dataclass(slots=True, kw_only=True)
class BoardLimits:
    """How much a server takes on.

    Attributes:
        workers: races that run at once; two cores have time for one.
        waiting: races that may wait for their turn.
        absent_s: a run that nobody has looked at for so long is stopped.
        run_s: the longest that a run may compute.
        paused_s: the longest that a run may stand still between two steps.
    """

    workers: int = 1
    waiting: int = 12
    absent_s: float = 30.0
    run_s: float = 600.0
    paused_s: float = 300.0


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
    since: float | None = None  # when it began to run, to wait or to rest: the time of its last change of state
    worked_s: float = 0.0  # computing time before that
    ended_at: str = ""
    message: str = ""
    hold_after: int | None = None  # the step after which it rests; None: it goes on
    course: Iterator[StepMetrics | EpochMetrics] | None = None  # what is left of it, once it has begun
    ahead: StepMetrics | EpochMetrics | None = None  # computed already, to be shown once the run goes on

    @property
    def step(self) -> int:
        return self.metrics[-1].step if self.metrics else 0


class RunBoard:
    """All runs of a server that wait, run or rest, and the last ones that ended. One thread at a time may use it."""

    def __init__(self, limits: BoardLimits, clock: Callable[[], float]) -> None:
        self.limits, self._clock = limits, clock
        self.active: OrderedDict[str, Run] = OrderedDict()  # in the order in which they were asked for
        self.unkept: list[Run] = []  # ended, and not yet in the history
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
            soon = self._next_free_s()
            when = "in a minute" if soon is None else f"in about {max(soon, 1):.0f} s, when the next place is free"
            raise QueueFullError(
                f"{others} runs are under way or waiting, and this server takes no more at once. "
                f"Watch one of them meanwhile, and start yours again {when}."
            )
        run = Run(f"{request.id}-{secrets.token_hex(4)}", request, since=self._clock())
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
        """End a run that no worker has, and ask a running one to end after the step that it is in."""
        if run.state in ("waiting", "paused"):
            self.end(run, "stopped", message)
        elif run.state == "running":
            self._enter(run, "stopping")
            run.message = message
            run.owners.clear()

    def hold(self, run: Run) -> None:
        """Let a running run rest once the step is complete that it is in; its worker is free then."""
        if run.state == "running" and run.hold_after is None:
            run.hold_after = run.step

    def go_on(self, run: Run, steps: int | None = None) -> None:
        """Let a held run go on, for so many steps or to its end; one that rests waits for a worker in its old place."""
        if run.hold_after is None:
            return
        run.hold_after = None if steps is None else run.hold_after + steps
        if run.state == "paused":
            self._enter(run, "waiting")

    def rest(self, run: Run, ahead: StepMetrics | EpochMetrics) -> None:
        """Put a run aside whose next record belongs to a step that it may not take yet."""
        run.ahead = ahead
        self._enter(run, "paused")

    def _enter(self, run: Run, state: RunState) -> None:
        now = self._clock()
        if run.state in ("running", "stopping"):
            run.worked_s += now - (now if run.since is None else run.since)
        run.state, run.since = state, now

    def _elapsed_s(self, run: Run) -> float:
        if run.state not in ("running", "stopping") or run.since is None:
            return run.worked_s
        return run.worked_s + self._clock() - run.since

    def sweep(self) -> None:
        """Forget visitors who have gone; halt what nobody looks at any more, and what takes too long."""
        now, limits = self._clock(), self.limits
        for run in list(self.active.values()):
            run.seen = {visitor: at for visitor, at in run.seen.items() if now - at <= limits.absent_s}
            if not run.seen:
                self.halt(run, f"Stopped, because nobody had looked at it for {limits.absent_s:g} s.")
            elif run.state == "paused" and run.since is not None and now - run.since > limits.paused_s:
                self.halt(run, f"Stopped after a pause of {limits.paused_s:g} s, the longest that a run may rest here.")
            elif self._elapsed_s(run) > limits.run_s:
                self.halt(run, f"Stopped after {limits.run_s:g} s, the longest that a run may take here.")

    def waiting(self) -> list[Run]:
        """Runs that wait for a worker, first the next one."""
        return [run for run in self.active.values() if run.state == "waiting"]

    def take(self) -> Run | None:
        """The next run, now running, or None if none waits."""
        run = next(iter(self.waiting()), None)
        if run is not None:
            self._enter(run, "running")
        return run

    def end(self, run: Run, state: RunState, message: str) -> None:
        """Move a run to those that ended, of which the oldest are forgotten."""
        self._enter(run, state)
        run.message, run.ended_at = message, datetime.now(UTC).isoformat(timespec="seconds")
        run.hold_after = run.course = run.ahead = None
        run.owners.clear()
        del self.active[run.id]
        self._ended[run.id] = run
        self.unkept.append(run)
        while len(self._ended) > ENDED_IN_MEMORY:
            self._ended.popitem(last=False)

    def snapshot(self, run: Run, visitor: str | None = None) -> RunSnapshot:
        """The run as it is now, in the eyes of that visitor."""
        waiting = self.waiting()
        place = waiting.index(run) + 1 if run in waiting else 0
        watching = sum(self._clock() - at <= WATCHING_S for at in run.seen.values())
        return RunSnapshot(
            id=run.id, request=run.request, state=run.state, place=place, visitors=watching,
            mine=visitor in run.owners, held=run.hold_after is not None, metrics=tuple(run.metrics), step=run.step,
            total_steps=run.total_steps, elapsed_s=self._elapsed_s(run), remaining_s=self._remaining_s(run),
            wait_s=self._next_free_s() if place == 1 else None, message=run.message, ended_at=run.ended_at,
        )  # fmt: skip

    def _next_free_s(self) -> float | None:
        """When the first worker is likely to be free; None while that can't be estimated."""
        left = [self._remaining_s(run) for run in self.active.values() if run.state == "running"]
        return min((seconds for seconds in left if seconds is not None), default=None)

    def _remaining_s(self, run: Run) -> float | None:
        """Of a run that has begun: as long for each step to come as for those so far."""
        if run.step == 0 or run.state not in ("running", "paused", "waiting"):
            return None
        return self._elapsed_s(run) / run.step * (run.total_steps - run.step)
