"""WaitingLine: so many at once, the others in the order in which they came."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from resnet_core.errors import QueueFullError


class WaitingLine:
    """Places for work that a machine takes on only so often at once; threads may share it.

    A semaphore would not do: whoever comes back at once takes the place that just got free, and of forty visitors a
    few wait for half a minute while the others are answered in a second.

    Args:
        places: how many work at once.
        waiting: how many more may wait.
        wait_s: how long they wait, in seconds.
    """

    def __init__(self, places: int, waiting: int, wait_s: float) -> None:
        self._places, self._most, self._wait_s = places, places + waiting, wait_s
        self._lock = threading.Lock()
        self._busy = 0
        self._line: deque[threading.Event] = deque()

    @contextmanager
    def place(self) -> Iterator[None]:
        """A place, as soon as it is one's turn. Not to be nested.

        Raises:
            QueueFullError: if too many wait already, or none got free in time.
        """
        turn = self._line_up()
        if not turn.wait(self._wait_s):
            self._leave(turn)
        try:
            yield
        finally:
            self._pass_on()

    def _line_up(self) -> threading.Event:
        turn = threading.Event()
        with self._lock:
            if self._busy + len(self._line) >= self._most:
                raise QueueFullError(
                    f"As many pictures are being answered or wait as this machine takes on at once ({self._most}). "
                    "Try again in a few seconds."
                )
            if self._busy < self._places:
                self._busy += 1
                turn.set()
            else:
                self._line.append(turn)
        return turn

    def _leave(self, turn: threading.Event) -> None:
        with self._lock:
            if turn.is_set():  # the place came between the end of the waiting and here
                return
            self._line.remove(turn)
        raise QueueFullError(
            f"This machine is busy: your turn did not come within {self._wait_s:g} seconds. "
            "Try again in a minute, or choose a smaller network."
        )

    def _pass_on(self) -> None:
        with self._lock:
            if self._line:
                self._line.popleft().set()
            else:
                self._busy -= 1
