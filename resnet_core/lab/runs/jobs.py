"""JobManager: races that run in threads, shared by all visitors. This is where a run is paused and stopped."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator

import torch
from threadpoolctl import threadpool_limits

from resnet_core.errors import DataError, ResNetCoreError
from resnet_core.lab.data.batches import steps_per_epoch
from resnet_core.lab.data.sources import load_for
from resnet_core.lab.recipe.arms import check_race
from resnet_core.lab.runs.board import RunBoard
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.limits import BoardLimits
from resnet_core.lab.runs.records import RunRequest, RunSnapshot, RunState
from resnet_core.lab.runs.run import Run
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.training.race import race

NICENESS = 2
Runner = Callable[[RunRequest], tuple[int, Iterator[StepMetrics | EpochMetrics]]]


def run_race(request: RunRequest) -> tuple[int, Iterator[StepMetrics | EpochMetrics]]:
    """The number of steps of the race, and the race."""
    data = load_for(request.config)
    steps = request.config.epochs * steps_per_epoch(data, request.config.batch_size)
    return steps, race(request.config, request.arms, data=data)


def give_way() -> None:
    """Let pages go first where the machine is busy: this thread's priority falls, on Linux, where threads have one."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        os.setpriority(os.PRIO_PROCESS, thread, os.getpriority(os.PRIO_PROCESS, thread) + NICENESS)


class JobManager:
    """Runs races, a few at a time, and answers any thread with immutable snapshots.

    Equal requests share one run. A visitor has one run at most: starting another leaves the former. A run stops
    when its last owner stops it or when it takes too long, and rests when its owner pauses it or when nobody looks
    at it any more (see `BoardLimits`). A resting run holds no worker: it stands aside with what it has computed until
    it goes on in any worker's hands.

    Args:
        history: where ended runs are kept.
        limits: how much this server takes on.
        runner: what carries out a request.
        clock: tells the time in seconds.
    """

    def __init__(
        self,
        history: RunHistory,
        limits: BoardLimits | None = None,
        *,
        runner: Runner = run_race,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.history = history
        self._board = RunBoard(limits or BoardLimits(), clock)
        self._lock = threading.Lock()  # of the board and the set of threads; never held while training or saving
        self._threads: set[threading.Thread] = set()
        self._runner = runner

    def submit(self, request: RunRequest, owner: str, starter: str = "") -> RunSnapshot:
        """Start a race, or join the equal one that is under way. Pressing twice is pressing once.

        Args:
            owner: the tab that asks.
            starter: what all tabs of that visitor share: one visitor gets so many places and no more.

        Raises:
            InvalidSpecError: for a race that can't be run; nothing has changed then.
            QueueFullError: if there is no room; what the owner had running goes on.
        """
        check_race(request.config, request.arms)
        with self._lock:
            self._board.sweep()
            run = self._board.join(request, owner, starter)
            self._employ()
            joined = self._board.snapshot(run, owner)
        self._keep_ended()
        return joined

    def stop(self, run_id: str, owner: str) -> RunSnapshot | None:
        """Leave a run. Unless others started it too, it ends after the step that it is in."""
        return self._change(run_id, owner, lambda run: self._board.leave(run, owner))

    def pause(self, run_id: str, owner: str) -> RunSnapshot | None:
        """Let a run rest after the step that it is in; its worker takes the next one from the queue."""
        return self._change(run_id, owner, self._board.hold)

    def resume(self, run_id: str, visitor: str) -> RunSnapshot | None:
        """Let a paused run go on as soon as a worker is free. One that absence has paused is anyone's to resume."""
        return self._change(run_id, visitor, self._board.go_on, anyone=lambda run: run.absent)

    def take_step(self, run_id: str, owner: str) -> RunSnapshot | None:
        """Let a paused run take one step, with all its networks, and rest again."""
        return self._change(run_id, owner, lambda run: self._board.go_on(run, steps=1))

    def _change(
        self,
        run_id: str,
        owner: str,
        change: Callable[[Run], None],
        *,
        anyone: Callable[[Run], bool] = lambda _: False,
    ) -> RunSnapshot | None:
        """Change a run that this visitor started; for all others, and for a run that has ended, nothing changes."""
        with self._lock:
            run = self._board.active.get(run_id)
            if run is not None and (owner in run.owners or anyone(run)):
                self._board.look(run, owner)
                change(run)
                self._employ()
        return self.snapshot(run_id, owner)

    def snapshot(self, run_id: str, visitor: str | None = None) -> RunSnapshot | None:
        """The run as it is now, or None if there is none. Naming a visitor says that somebody is looking.

        Raises:
            DataError: if the history is needed and can't be read.
        """
        with self._lock:
            run = self._board.find(run_id)
            if run is not None and visitor is not None:
                self._board.look(run, visitor)
            self._board.sweep()
            found = None if run is None else self._board.snapshot(run, visitor)
        self._keep_ended()
        return found or self.history.get(run_id)

    def run_of(self, owner: str) -> RunSnapshot | None:
        """What that visitor started and what has not ended: so a page finds its run again."""
        with self._lock:
            self._board.sweep()
            runs = self._board.runs_of(owner)
            return self._board.snapshot(runs[0], owner) if runs else None

    def seen_last(self, visitor: str) -> str:
        """The id of the run that a visitor looked at last, "" if there is none: so a watcher finds it again."""
        with self._lock:
            return self._board.seen_last(visitor)

    def put_away(self, visitor: str) -> None:
        """That visitor is done with what they looked at last."""
        with self._lock:
            self._board.put_away(visitor)

    def active(self) -> list[RunSnapshot]:
        """All runs that have not ended, in the order in which they were asked for."""
        with self._lock:
            self._board.sweep()
            return [self._board.snapshot(run) for run in self._board.active.values()]

    def close(self) -> None:
        """Stop all runs and wait for their threads."""
        with self._lock:
            for run in list(self._board.active.values()):
                self._board.halt(run, "Stopped with the server.")
            threads = list(self._threads)
        for thread in threads:
            thread.join()
        self._keep_ended()

    def _employ(self) -> None:
        """Start threads while runs wait and workers are missing. Called with the lock held."""
        missing = self._board.limits.workers - len(self._threads)
        for _ in range(min(missing, len(self._board.waiting()))):
            thread = threading.Thread(target=self._work, name="race", daemon=True)
            self._threads.add(thread)
            thread.start()

    def _work(self) -> None:
        """One worker's life: run after run, until none waits."""
        try:
            # Networks this small gain little from a second core, and lose more than half of their speed where
            # visitors use it too: both cores then wait for each other at every layer. The limit is this thread's.
            give_way()
            torch.get_num_threads()  # a thread's first look sets its number anew: after the limit, it would undo it
            with threadpool_limits(1, user_api="openmp"):
                while run := self._take():
                    self._execute(run)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())
                self._employ()  # for what came after the last look, and after a run that broke its thread

    def _take(self) -> Run | None:
        with self._lock:
            self._board.sweep()
            return self._board.take()

    def _execute(self, run: Run) -> None:
        """Carry a run on until it ends or rests."""
        state: RunState = "failed"
        message = "The run ended unexpectedly. Start it again."
        try:
            state, message = self._carry_on(run)
        except ResNetCoreError as error:
            message = str(error)
        finally:
            if state != "paused":
                with self._lock:
                    self._board.end(run, state, message)
                self._keep_ended()

    def _carry_on(self, run: Run) -> tuple[RunState, str]:
        if run.course is None:
            total_steps, course = self._runner(run.request)
            with self._lock:
                run.total_steps, run.course = total_steps, course
        assert run.course is not None  # only its end takes it away
        while (metrics := run.ahead or next(run.course, None)) is not None:
            with self._lock:
                self._board.sweep()
                if run.state == "running" and run.hold_after is not None and metrics.step > run.hold_after:
                    self._board.rest(run, metrics)
                    return "paused", ""
                run.ahead = None
                run.metrics.append(metrics)
                if run.state == "stopping":
                    return "stopped", run.message
        reasons = (metrics.stop_reason for metrics in run.metrics if isinstance(metrics, StepMetrics))
        return "finished", " ".join(filter(None, reasons))

    def _keep_ended(self) -> None:
        """Write what has ended into the history. Called without the lock."""
        while (run := self._next_unkept()) is not None:
            with self._lock:
                ended = self._board.snapshot(run)
            try:
                self.history.add(ended)
            except DataError as error:
                with self._lock:
                    run.message = f"{run.message} It is not kept for later: {error}".strip()

    def _next_unkept(self) -> Run | None:
        with self._lock:
            unkept, self._board.unkept = [run for run in self._board.unkept if run.metrics], []
            self._board.unkept = unkept[1:]
            return unkept[0] if unkept else None
