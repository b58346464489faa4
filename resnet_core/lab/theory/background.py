"""Experiments in the background: one at a time, watched and cancelled by visitors, their results kept for all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from resnet_core.errors import QueueFullError, ResNetCoreError
from resnet_core.lab.theory.start import Progress

State = Literal["waiting", "running", "finished", "cancelled", "failed"]
Experiment = Callable[[Progress], Any]
MOST_NOTES = 1000
WAITING, KEPT = 8, 48  # experiments that wait at most; ended ones that are kept, some kilobytes each


class _CancelledError(Exception):
    """Raised by the progress of an experiment that nobody wants any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An experiment as it is now.

    Attributes:
        share: that is done, 0 to 1.
        result: what it returned, once finished; shared between visitors, so never changed in place.
        message: why it failed, where it did.
        so_far: what it has said of itself while it ran, as `note` was told.
    """

    state: State
    share: float = 0.0
    result: Any = None
    message: str = ""
    so_far: tuple[float, ...] = ()


@dataclass
class _Job:
    run: Experiment
    seen: Seen = field(default_factory=lambda: Seen(state="waiting"))
    cancelled: threading.Event = field(default_factory=threading.Event)


class Background:
    """Runs experiments in a thread, one after the other, since each takes a core for seconds.

    Args:
        waiting: how many may wait.
        kept: how many ended ones are remembered; the oldest goes first.
    """

    def __init__(self, waiting: int = WAITING, kept: int = KEPT) -> None:
        self._waiting, self._kept = waiting, kept
        self._change = threading.Condition()
        self._jobs: OrderedDict[str, _Job] = OrderedDict()
        self._queue: list[str] = []
        self._thread: threading.Thread | None = None

    def start(self, key: str, run: Experiment) -> Seen:
        """Run an experiment unless one of this key runs, waits or has finished.

        Raises:
            QueueFullError: if too many wait.
        """
        with self._change:
            job = self._jobs.get(key)
            if job is None or job.seen.state in ("cancelled", "failed"):
                if len(self._queue) >= self._waiting:
                    raise QueueFullError(
                        f"{len(self._queue)} experiments wait for this machine already. Try again in half a minute."
                    )
                job = self._jobs[key] = _Job(run)
                self._jobs.move_to_end(key)
                self._queue.append(key)
                self._forget()
                self._awake()
            return job.seen

    def look(self, key: str) -> Seen | None:
        """How far that experiment is; None if it was not started, or is forgotten."""
        with self._change:
            job = self._jobs.get(key)
            return job.seen if job else None

    def note(self, key: str, value: float) -> None:
        """Add a number to what that experiment has said so far, for those who watch; for the experiment to call."""
        with self._change:
            job = self._jobs.get(key)
            if job is not None and job.seen.state == "running" and len(job.seen.so_far) < MOST_NOTES:
                job.seen = replace(job.seen, so_far=(*job.seen.so_far, value))

    def cancel(self, key: str) -> None:
        """End it at its next sign of progress; one that waits ends at once, a finished one stays."""
        with self._change:
            job = self._jobs.get(key)
            if job is None or job.seen.state not in ("waiting", "running"):
                return
            job.cancelled.set()
            if key in self._queue:
                self._queue.remove(key)
            job.seen = Seen(state="cancelled", share=job.seen.share)

    def close(self) -> None:
        """Cancel all and wait for the thread."""
        with self._change:
            keys, thread = list(self._jobs), self._thread
        for key in keys:
            self.cancel(key)
        if thread is not None:
            thread.join()

    def _forget(self) -> None:
        ended = [key for key, job in self._jobs.items() if job.seen.state not in ("waiting", "running")]
        for key in ended[: max(len(self._jobs) - self._kept, 0)]:
            del self._jobs[key]

    def _awake(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="theory", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        """The thread's life: until nothing waits."""
        while True:
            with self._change:
                if not self._queue:
                    self._thread = None
                    return
                job = self._jobs[self._queue.pop(0)]
                job.seen = Seen(state="running")
            ended = self._ended(job)
            with self._change:
                if not job.cancelled.is_set():
                    job.seen = replace(ended, so_far=job.seen.so_far)

    def _ended(self, job: _Job) -> Seen:
        try:
            return Seen(state="finished", share=1.0, result=job.run(lambda share: self._note(job, share)))
        except _CancelledError:
            return Seen(state="cancelled")
        except ResNetCoreError as error:
            return Seen(state="failed", message=str(error))
        except Exception as error:  # noqa: BLE001  # a fault of ours: its visitors must not wait for ever
            kind = type(error).__name__
            return Seen(state="failed", message=f"The experiment ended unexpectedly ({kind}). Start it again.")

    def _note(self, job: _Job, share: float) -> None:
        if job.cancelled.is_set():
            raise _CancelledError
        with self._change:
            if not job.cancelled.is_set():
                job.seen = replace(job.seen, share=share)
