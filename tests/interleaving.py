"""Threads in an order that the test decides: one is held in the critical moment while another one comes."""

import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor

LIMIT_S = 20  # a test that is held up for so long fails; none takes a second where all is well


def wait_for(condition):
    """Until `condition` holds. What it waits for is brought about by threads that nothing else holds up."""
    until = time.monotonic() + LIMIT_S
    while not (value := condition()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.001)
    return value


class Gate:
    """Holds the first thread that comes by until it is opened; those after it pass."""

    def __init__(self):
        self._first = threading.Lock()
        self.reached, self._opened = threading.Event(), threading.Event()

    def pass_by(self):
        if self._first.acquire(blocking=False):
            self.reached.set()
            assert self._opened.wait(LIMIT_S), "nobody opened the gate"

    def open(self):
        self._opened.set()


class WatchedLock:
    """A lock that tells when a thread came and found it taken.

    So a test that holds one thread within the lock knows when another one has come: either it waits here, or, where
    the lock was forgotten, it is past.
    """

    def __init__(self):
        self._lock = threading.Lock()
        self.waited_for = threading.Event()

    def __enter__(self):
        if not self._lock.acquire(blocking=False):
            self.waited_for.set()
            assert self._lock.acquire(timeout=LIMIT_S), "the lock was never given back"

    def __exit__(self, *_):
        self._lock.release()


def one_within_the_other(gate, lock, first, second) -> tuple[Future, Future]:
    """Hold `first`, or a thread that it starts, at the gate until `second` has come; then let both end.

    `second` has come once it waits for the lock, or, where the lock was forgotten, once it has done its work.
    """
    with ThreadPoolExecutor(2) as threads:
        held = threads.submit(first)
        assert gate.reached.wait(LIMIT_S), "nobody came to the gate"
        lock.waited_for.clear()
        come = threads.submit(second)
        wait_for(lambda: lock.waited_for.is_set() or come.done())
        gate.open()
    return held, come
