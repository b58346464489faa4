"""JobManager: races that run in threads, shared by all visitors of a server. This is where a run is stopped."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

from threadpoolctl import threadpool_limits

from resnet_core.errors import DataError, ResNetCoreError
from resnet_core.lab.batches import steps_per_epoch
from resnet_core.lab.board import BoardLimits, Run, RunBoard
from resnet_core.lab.data import load_data
from resnet_core.lab.history import RunHistory
from resnet_core.lab.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.race import check_arms, race
from resnet_core.lab.runs import RunRequest, RunSnapshot, RunState

Runner = Callable[[RunRequest], tuple[int, Iterator[StepMetrics | EpochMetrics]]]


def run_race(request: RunRequest) -> tuple[int, Iterator[StepMetrics | EpochMetrics]]:
    """The number of steps of the race, and the race."""
    data = load_data(request.config.data)
    steps = request.config.epochs * steps_per_epoch(data, request.config.batch_size)
    return steps, race(request.config, request.arms, data=data)


class JobManager:
    """Runs races, a few at a time, and answers any thread with immutable snapshots.

    Equal requests share one run. A visitor has one run at most: starting another leaves the former. A run stops
    when its last owner stops it, when nobody looks at it any more, or when it takes too long (see `BoardLimits`).

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

    def submit(self, request: RunRequest, owner: str) -> RunSnapshot:
        """Start a race, or join the equal one that is under way. Pressing twice is pressing once.

        Raises:
            InvalidSpecError: for arms that can't race.
            QueueFullError: if there is no room; what the owner had running goes on.
        """
        check_arms(request.arms)
        with self._lock:
            self._board.sweep()
            run = self._board.join(request, owner)
            self._employ()
            return self._board.snapshot(run)

    def stop(self, run_id: str, owner: str) -> RunSnapshot | None:
        """Leave a run. Unless others started it too, it ends after the step that it is in."""
        with self._lock:
            run = self._board.active.get(run_id)
            if run is not None and owner in run.owners:
                self._board.leave(run, owner)
        return self.snapshot(run_id)

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
            found = None if run is None else self._board.snapshot(run)
        return found or self.history.get(run_id)

    def run_of(self, owner: str) -> RunSnapshot | None:
        """What that visitor started and what has not ended: so a page finds its run again."""
        with self._lock:
            self._board.sweep()
            runs = self._board.runs_of(owner)
            return self._board.snapshot(runs[0]) if runs else None

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
        state: RunState = "failed"
        message = "The run ended unexpectedly. Start it again."
        try:
            state, message = self._run_to_its_end(run)
        except ResNetCoreError as error:
            message = str(error)
        finally:
            with self._lock:
                self._board.end(run, state, message)
                ended = self._board.snapshot(run)
            self._keep(run, ended)

    def _run_to_its_end(self, run: Run) -> tuple[RunState, str]:
        total_steps, all_metrics = self._runner(run.request)
        reasons = []
        for metrics in all_metrics:
            if isinstance(metrics, StepMetrics) and metrics.stop_reason:
                reasons.append(metrics.stop_reason)
            with self._lock:
                run.total_steps = total_steps
                run.metrics.append(metrics)
                self._board.sweep()
                if run.state == "stopping":
                    return "stopped", run.message
        return "finished", " ".join(reasons)

    def _keep(self, run: Run, ended: RunSnapshot) -> None:
        if not ended.metrics:
            return
        try:
            self.history.add(ended)
        except DataError as error:
            with self._lock:
                run.message = f"{run.message} It is not kept for later: {error}".strip()
