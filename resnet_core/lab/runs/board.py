"""RunBoard: who waits, who runs, who looks. Bookkeeping alone: no thread, no lock, no network is trained here."""

from __future__ import annotations

import secrets
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime

from resnet_core.errors import QueueFullError
from resnet_core.lab.runs.limits import BoardLimits
from resnet_core.lab.runs.memory import held_bytes
from resnet_core.lab.runs.records import RunRequest, RunSnapshot, RunState
from resnet_core.lab.runs.run import Run
from resnet_core.lab.runs.waits import begins_in, work
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

ENDED_IN_MEMORY = 50
VISITORS_IN_MEMORY = 1000
WATCHING_S = 5.0  # a page that watches asks each second


class RunBoard:
    """All runs of a server that wait, run or rest, and the last ones that ended. One thread at a time may use it."""

    def __init__(self, limits: BoardLimits, clock: Callable[[], float]) -> None:
        self.limits, self._clock = limits, clock
        self.active: OrderedDict[str, Run] = OrderedDict()  # in the order in which they were asked for
        self.unkept: list[Run] = []  # ended, and not yet in the history
        self._ended: OrderedDict[str, Run] = OrderedDict()
        self._seen_last: OrderedDict[str, str] = OrderedDict()  # visitor -> the run that they looked at last
        self._pace: dict[str, float] = {}  # data set -> seconds for a unit of work, by the last race on it

    def join(self, request: RunRequest, owner: str, starter: str = "") -> Run:
        """The equal run that is under way, or a new one at the end of the queue. The owner leaves any other.

        Args:
            owner: the tab that asks.
            starter: what all tabs of that visitor share.

        Raises:
            QueueFullError: if there is no room, or that visitor has taken theirs; nothing has changed then.
        """
        going = (run for run in self.active.values() if run.state != "stopping")
        run = next((run for run in going if run.request == request), None) or self._enqueue(request, owner, starter)
        run.owners.add(owner)
        self.look(run, owner)
        if run.absent:
            self.go_on(run)
        for other in self.runs_of(owner):
            if other is not run:
                self.leave(other, owner)
        return run

    def _enqueue(self, request: RunRequest, owner: str, starter: str) -> Run:
        others = [run for run in self.active.values() if run.owners != {owner} and run.state != "paused"]
        if starter and sum(run.starter == starter for run in others) >= self.limits.of_one:
            raise QueueFullError(
                f"{self.limits.of_one} races that you started in other tabs are under way or waiting, and one visitor "
                "gets no more places at once. Stop one of them, or watch it to its end, and start this one then."
            )
        self._check_room(len(others))
        run = Run(f"{request.id}-{secrets.token_hex(4)}", request, starter=starter, since=self._clock())
        self.active[run.id] = run
        return run

    def _check_room(self, others: int) -> None:
        if others >= self.limits.workers + self.limits.waiting:
            soon = begins_in(self._remaining(), (), self.limits.workers)
            when = "in a minute" if soon is None else f"in about {max(soon, 1):.0f} s, when the next place is free"
            raise QueueFullError(
                f"{others} runs are under way or waiting, and this server takes no more at once. "
                f"Watch one of them meanwhile, and start yours again {when}."
            )

    def find(self, run_id: str) -> Run | None:
        return self.active.get(run_id) or self._ended.get(run_id)

    def runs_of(self, owner: str) -> list[Run]:
        """What that visitor started, unless it has ended or is about to."""
        return [run for run in self.active.values() if owner in run.owners]

    def look(self, run: Run, visitor: str) -> None:
        """Note that somebody is there."""
        run.seen[visitor] = self._clock()
        self._seen_last[visitor] = run.id
        self._seen_last.move_to_end(visitor)
        while len(self._seen_last) > VISITORS_IN_MEMORY:
            self._seen_last.popitem(last=False)

    def seen_last(self, visitor: str) -> str:
        """The id of the run that a visitor looked at last, "" if there is none."""
        return self._seen_last.get(visitor, "")

    def put_away(self, visitor: str) -> None:
        """That visitor is done with what they looked at last."""
        self._seen_last.pop(visitor, None)

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
        """Let a held run go on, for so many steps or to its end.

        One that rests waits for a worker in its old place: before all that were asked for later.
        """
        if run.hold_after is None:
            return
        run.hold_after = None if steps is None else run.hold_after + steps
        run.absent, run.message = False, ""
        if run.state == "paused":
            self._enter(run, "waiting")

    def rest(self, run: Run, ahead: StepMetrics | EpochMetrics) -> None:
        """Put a run aside whose next record belongs to a step that it may not take yet."""
        run.ahead = ahead
        self._set_aside(run)

    def _set_aside(self, run: Run) -> None:
        self._enter(run, "paused")
        self._make_room()

    def _miss(self, run: Run) -> None:
        """Pause a run that nobody looks at."""
        if run.hold_after is None:
            run.absent, run.hold_after = True, run.step
            run.message = f"Paused, because nobody had looked at it for {self.limits.absent_s:g} s."
        if run.state == "waiting":
            self._set_aside(run)

    def _make_room(self) -> None:
        """End the runs that have rested longest where too many rest, or where they hold too much memory."""
        resting = sorted((run for run in self.active.values() if run.state == "paused"), key=lambda run: run.since or 0)
        while len(resting) > self.limits.resting or sum(map(_held, resting)) > self.limits.resting_bytes:
            self.halt(resting.pop(0), "Stopped while it was paused, to make room for others that pause.")

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
        """Forget visitors who have gone; pause what nobody looks at any more, and halt what takes too long."""
        now, limits = self._clock(), self.limits
        for run in list(self.active.values()):
            run.seen = {visitor: at for visitor, at in run.seen.items() if now - at <= limits.absent_s}
            if run.state == "paused" and run.since is not None and now - run.since > limits.paused_s:
                self.halt(run, f"Stopped after a pause of {limits.paused_s:g} s, the longest that a run may rest here.")
            elif not run.seen and run.state in ("waiting", "running"):
                self._miss(run)
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
        self._learn_pace(run)
        self._enter(run, state)
        run.message, run.ended_at = message, datetime.now(UTC).isoformat(timespec="seconds")
        run.hold_after = run.course = run.ahead = None
        run.absent = False
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
            mine=visitor in run.owners, held=run.hold_after is not None, absent=run.absent,
            metrics=tuple(run.metrics), step=run.step, total_steps=run.total_steps, elapsed_s=self._elapsed_s(run),
            remaining_s=self._remaining_s(run), wait_s=self._wait_s(waiting[: place - 1]) if place else None,
            message=run.message, ended_at=run.ended_at,
        )  # fmt: skip

    def _wait_s(self, ahead: list[Run]) -> float | None:
        """When a worker is likely to be free, after those that wait before; None while that can't be estimated."""
        return begins_in(self._remaining(), [self._expected_s(run) for run in ahead], self.limits.workers)

    def _remaining(self) -> list[float | None]:
        busy = (run for run in self.active.values() if run.state in ("running", "stopping"))
        return [0.0 if run.state == "stopping" else self._expected_s(run) for run in busy]

    def _expected_s(self, run: Run) -> float | None:
        """What a run has to go: from its own steps, or before the first from the pace of others on the same data."""
        remaining = self._remaining_s(run)
        if remaining is None:
            for other in self.active.values():
                self._learn_pace(other)
            pace = self._pace.get(run.request.config.data)
            remaining = None if pace is None else pace * work(run.request)
        return None if remaining is None else min(remaining, self.limits.run_s - self._elapsed_s(run))

    def _learn_pace(self, run: Run) -> None:
        if run.step and run.total_steps:
            whole = self._elapsed_s(run) / run.step * run.total_steps
            self._pace[run.request.config.data] = whole / work(run.request)

    def _remaining_s(self, run: Run) -> float | None:
        """Of a run that has begun: as long for each step to come as for those so far."""
        if run.step == 0 or run.state not in ("running", "paused", "waiting"):
            return None
        return self._elapsed_s(run) / run.step * (run.total_steps - run.step)


def _held(run: Run) -> int:
    """Bytes that a run holds while it rests: none before it has begun."""
    return held_bytes(run.request) if run.course is not None else 0
