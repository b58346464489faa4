"""Downloads: files that are fetched in threads, watched and cancelled by all visitors of a server."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from resnet_core.errors import QueueFullError, WeightsError
from resnet_core.weights.cancellation import Cancellation, DownloadCancelledError, cancelled_sentence
from resnet_core.weights.library import fetch_weights
from resnet_core.weights.record import Weights

DownloadState = Literal["running", "finished", "cancelled", "failed"]
STILL_THERE_S = 3.0  # a page asks twice a second; who has not asked for so long has left
AT_ONCE = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadSnapshot:
    """A download as it is now.

    Attributes:
        weights: their name.
        done_bytes, total_bytes: on disk, and in all; in all is 0 while nobody knows.
        bytes_per_s: since this attempt began.
        others: visitors who watch it besides the one who asks.
        message: why it ended, where it did not simply finish.
    """

    weights: str
    state: DownloadState
    done_bytes: int
    total_bytes: int
    bytes_per_s: float
    others: int
    message: str


@dataclass
class _Job:
    weights: Weights
    started: float
    cancellation: Cancellation = field(default_factory=Cancellation)
    state: DownloadState = "running"
    begun_with: int | None = None
    done: int = 0
    total: int = 0
    message: str = ""
    seen: dict[str, float] = field(default_factory=dict)  # visitor -> when they last asked


class Downloads:
    """Fetches published weights, a few at a time. Whoever asks for the same file watches the same download.

    A download belongs to everybody who watches it: it ends when the last of them cancels, and goes on when they
    all leave, so that the file is there when they come back.

    Args:
        at_once: how many files are fetched together.
        clock: tells the time in seconds.
    """

    def __init__(self, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once, self._clock = at_once, clock
        self._lock = threading.Lock()  # of all jobs; never held while a byte travels
        self._jobs: dict[str, _Job] = {}
        self._threads: dict[str, threading.Thread] = {}

    def start(self, weights: Weights, visitor: str) -> DownloadSnapshot:
        """Fetch weights, or watch them being fetched. Pressing twice is pressing once.

        Raises:
            QueueFullError: if too many other files are on their way.
        """
        with self._lock:
            job = self._jobs.get(weights.name)
            if job is None or job.state != "running":
                self._check_room()
                job = self._jobs[weights.name] = _Job(weights, self._clock())
                before = self._threads.get(weights.name)
                thread = threading.Thread(target=self._work, args=(job, before), name="download", daemon=True)
                self._threads[weights.name] = thread
                thread.start()
            return self._look(job, visitor)

    def look(self, name: str, visitor: str) -> DownloadSnapshot | None:
        """The download of these weights: one that runs, or one that ended while this visitor watched."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None or (job.state != "running" and visitor not in job.seen):
                return None
            return self._look(job, visitor)

    def cancel(self, name: str, visitor: str) -> DownloadSnapshot | None:
        """Stop watching; unless others watch too, the download ends and what has arrived is kept."""
        with self._lock:
            job = self._jobs.get(name)
            if job is None:
                return None
            now = self._look(job, visitor)
            if job.state == "running" and not now.others:
                job.state = "cancelled"
                job.message = cancelled_sentence(job.weights.path.name, job.done)
                job.cancellation.cancel()
            return self._look(job, visitor)

    def close(self) -> None:
        """Cancel all downloads and wait for their threads."""
        with self._lock:
            jobs, threads = list(self._jobs.values()), list(self._threads.values())
        for job in jobs:
            job.cancellation.cancel()
        for thread in threads:
            thread.join()

    def _check_room(self) -> None:
        running = [job.weights.name for job in self._jobs.values() if job.state == "running"]
        if len(running) >= self._at_once:
            raise QueueFullError(
                f"{len(running)} files are on their way already ({', '.join(running)}). Try again when one is here."
            )

    def _look(self, job: _Job, visitor: str) -> DownloadSnapshot:
        now = self._clock()
        job.seen[visitor] = now
        elapsed = max(now - job.started, 1e-3)
        return DownloadSnapshot(
            weights=job.weights.name, state=job.state, done_bytes=job.done, total_bytes=job.total,
            bytes_per_s=(job.done - (job.begun_with or 0)) / elapsed,
            others=sum(now - at <= STILL_THERE_S for who, at in job.seen.items() if who != visitor),
            message=job.message,
        )  # fmt: skip

    def _work(self, job: _Job, before: threading.Thread | None) -> None:
        """One thread's life. An earlier one, cancelled while it looked for the server, may still hold the file."""
        if before is not None:
            before.join()
        state: DownloadState = "failed"
        message = "The download ended unexpectedly. Start it again."
        try:
            fetch_weights(job.weights, lambda done, total: self._note(job, done, total), cancellation=job.cancellation)
            state, message = "finished", ""
        except DownloadCancelledError as error:
            state, message = "cancelled", str(error)
        except WeightsError as error:
            message = str(error)
        finally:
            with self._lock:
                if job.state == "running" or state == "finished":
                    job.state, job.message = state, message

    def _note(self, job: _Job, done: int, total: int) -> None:
        with self._lock:
            job.done, job.total = done, total
            if job.begun_with is None:
                job.begun_with = done
