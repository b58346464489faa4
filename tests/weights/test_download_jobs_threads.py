"""Critical moments of Downloads, each with one thread held in it; nothing travels over a network here."""

import threading

import pytest

from resnet_core.errors import WeightsError
from resnet_core.weights import download_jobs
from resnet_core.weights.cancellation import DownloadCancelledError
from resnet_core.weights.download_jobs import Downloads
from resnet_core.weights.library import find_weights
from tests.interleaving import LIMIT_S, Gate, WatchedLock, one_within_the_other, wait_for

WEIGHTS = find_weights("resnet18")


@pytest.fixture
def fetching(monkeypatch):
    """Makes a function of (weights, progress, cancellation) the way in which files are fetched."""
    return lambda fetch: monkeypatch.setattr(download_jobs, "fetch_weights", fetch)


def test_the_speed_never_counts_what_was_here_before(fetching, monkeypatch):
    gate, looked = Gate(), threading.Event()

    class HeldWhileNoted(download_jobs._Job):
        def __setattr__(self, name, value):
            super().__setattr__(name, value)
            if name == "total" and value:
                gate.pass_by()  # bytes and total are noted, and not yet what the download began with

    monkeypatch.setattr(download_jobs, "_Job", HeldWhileNoted)
    fetching(lambda weights, progress, **_: progress(900_000, 1_000_000) or looked.wait(LIMIT_S))
    jobs = Downloads()
    lock = jobs._lock = WatchedLock()
    _, look = one_within_the_other(
        gate, lock, lambda: jobs.start(WEIGHTS, "ann"), lambda: jobs.look(WEIGHTS.name, "bob")
    )
    now = look.result()
    looked.set()
    jobs.close()
    assert (now.done_bytes, now.total_bytes, now.bytes_per_s) == (900_000, 1_000_000, 0)


def test_two_who_press_at_once_share_one_download(fetching):
    calls, gate, here = [], Gate(), threading.Event()
    fetching(lambda weights, *_, **__: calls.append(weights) or here.wait(LIMIT_S))
    jobs = Downloads()
    lock, check = WatchedLock(), jobs._check_room
    jobs._lock, jobs._check_room = lock, lambda: check() or gate.pass_by()  # there is no job yet, and room for one
    one_within_the_other(gate, lock, lambda: jobs.start(WEIGHTS, "ann"), lambda: jobs.start(WEIGHTS, "bob"))
    here.set()
    jobs.close()
    assert calls == [WEIGHTS]


def test_who_comes_while_the_last_one_cancels_gets_a_download_of_his_own(fetching):
    gate = Gate()

    def fetch(weights, progress, cancellation):
        started.release()
        if not calls:
            calls.append(weights)
            assert cancellation._asked.wait(LIMIT_S)
            raise DownloadCancelledError("cancelled")

    started, calls = threading.Semaphore(0), []
    fetching(fetch)
    jobs = Downloads()
    jobs.start(WEIGHTS, "ann")
    assert started.acquire(timeout=LIMIT_S)
    lock, look = WatchedLock(), jobs._look

    def nobody_else_was_there(*args):
        now = look(*args)
        gate.pass_by()
        return now

    jobs._lock, jobs._look = lock, nobody_else_was_there
    one_within_the_other(gate, lock, lambda: jobs.cancel(WEIGHTS.name, "ann"), lambda: jobs.start(WEIGHTS, "bob"))
    jobs.close()
    assert jobs.look(WEIGHTS.name, "bob").state == "finished"


def test_who_has_not_asked_for_six_times_has_left(fetching):
    now, here = [0.0], threading.Event()
    fetching(lambda *_, **__: here.wait(LIMIT_S))
    jobs = Downloads(clock=lambda: now[0])
    jobs.start(WEIGHTS, "ann")
    jobs.look(WEIGHTS.name, "bob")
    now[0] = 2.9  # a page asks twice a second
    assert jobs.look(WEIGHTS.name, "ann").others == 1
    now[0] = 3.1
    assert jobs.look(WEIGHTS.name, "ann").others == 0
    here.set()
    jobs.close()


def test_a_download_waits_for_the_earlier_one_that_still_holds_the_file(fetching):
    calls, at_work, gate = [], [], Gate()

    def fetch(weights, progress, cancellation):
        calls.append(len(at_work))
        at_work.append(weights)
        gate.pass_by()
        at_work.pop()
        if cancellation.asked:
            raise DownloadCancelledError("cancelled")

    fetching(fetch)
    jobs = Downloads()
    jobs.start(WEIGHTS, "ann")
    assert gate.reached.wait(LIMIT_S)
    assert jobs.cancel(WEIGHTS.name, "ann").state == "cancelled"
    earlier, waits = jobs._threads[WEIGHTS.name], threading.Event()
    join = earlier.join
    earlier.join = lambda: waits.set() or join()
    assert jobs.start(WEIGHTS, "ann").state == "running"
    wait_for(lambda: waits.is_set() or len(calls) == 2)
    gate.open()
    wait_for(lambda: jobs.look(WEIGHTS.name, "ann").state == "finished")
    jobs.close()
    assert calls == [0, 0]  # nobody else was at it, either time


@pytest.mark.parametrize(
    ("last_words", "state", "message"),
    [(None, "finished", ""), (WeightsError("The connection broke."), "cancelled", "Nothing had arrived yet")],
)
def test_what_a_thread_says_last_after_a_cancel(fetching, last_words, state, message):
    """A file that is whole by then is whole; a connection that breaks because it was hung up is no trouble."""
    gate = Gate()

    def fetch(*_, **__):
        gate.pass_by()
        if last_words is not None:
            raise last_words

    fetching(fetch)
    jobs = Downloads()
    jobs.start(WEIGHTS, "ann")
    assert gate.reached.wait(LIMIT_S)
    jobs.cancel(WEIGHTS.name, "ann")
    gate.open()
    jobs.close()
    ended = jobs.look(WEIGHTS.name, "ann")
    assert ended.state == state
    assert message in ended.message
    assert "broke" not in ended.message
