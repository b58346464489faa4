"""Critical moments of the pool and its waiting line, each brought about instead of hoped for."""

import threading
from collections import deque
from concurrent.futures import ThreadPoolExecutor

import pytest

from resnet_core.errors import QueueFullError, WeightsError
from resnet_core.inference import pool as pool_file
from resnet_core.inference.pool import ClassifierPool
from resnet_core.inference.waiting_line import WaitingLine
from tests.interleaving import LIMIT_S, Gate, WatchedLock, one_within_the_other, wait_for


def test_who_gets_a_place_in_the_last_moment_has_it_and_gives_it_back():
    line = WaitingLine(places=1, waiting=1, wait_s=0)
    leave, first = line._leave, line.place()

    def just_before(turn):
        """The time is up; before that is noted, the other one goes."""
        first.__exit__(None, None, None)
        assert turn.is_set()
        leave(turn)

    line._leave = just_before
    first.__enter__()
    with line.place():
        assert (line._busy, len(line._line)) == (1, 0)
    line._leave = leave
    with line.place():  # no place is lost
        pass


class HeldLine(deque):
    """A waiting line that holds who asks for its length, or whether somebody is in it."""

    def __init__(self, length=None, anybody=None):
        super().__init__()
        self.length, self.anybody = length, anybody

    def __len__(self):
        return self._after(super().__len__(), self.length)

    def __bool__(self):
        return bool(self._after(super().__len__(), self.anybody))

    @staticmethod
    def _after(found, gate):
        if gate is not None:
            gate.pass_by()
        return found


def test_two_who_come_at_once_do_not_both_find_the_last_place_free():
    line, gate, done = WaitingLine(places=1, waiting=0, wait_s=0), Gate(), threading.Event()
    lock = line._lock = WatchedLock()
    line._line = HeldLine(length=gate)

    def first():
        with line.place():
            assert done.wait(LIMIT_S)

    def second():
        try:
            with line.place():
                pass
        finally:
            done.set()

    answers = one_within_the_other(gate, lock, first, second)
    assert answers[0].exception() is None
    with pytest.raises(QueueFullError, match="takes on at once"):
        answers[1].result()


def test_who_comes_while_the_last_one_leaves_is_not_forgotten():
    line, gate = WaitingLine(places=1, waiting=1, wait_s=0.05), Gate()
    lock = line._lock = WatchedLock()
    line._line = HeldLine(anybody=gate)

    def visit():
        with line.place():
            return "answered"

    answers = one_within_the_other(gate, lock, visit, visit)
    assert [answer.result() for answer in answers] == ["answered", "answered"]


def test_two_who_ask_for_one_network_at_once_wait_for_one_load(monkeypatch):
    gate, place = Gate(), pool_file._Place
    monkeypatch.setattr(pool_file, "_Place", lambda: gate.pass_by() or place())  # nobody else's place was found
    pool = ClassifierPool(load=lambda *key: [])
    lock = pool._lock = WatchedLock()
    networks = one_within_the_other(gate, lock, lambda: pool.get("mine"), lambda: pool.get("mine"))
    assert networks[0].result() is networks[1].result()


@pytest.fixture
def in_turn(monkeypatch):
    """A pool whose loads do, one after the other, what the test says; its places tell when somebody waits."""
    place = pool_file._Place
    locks = []

    def watched():
        locks.append(WatchedLock())
        return place(lock=locks[-1])

    monkeypatch.setattr(pool_file, "_Place", watched)

    def make(*loads):
        coming = iter(loads)
        return ClassifierPool(load=lambda *key: next(coming)()), locks

    return make


def failing(gate):
    def load():
        gate.pass_by()
        raise WeightsError("not here yet")

    return load


def test_a_load_that_fails_late_drops_nobody_elses_network(in_turn):
    first, second = Gate(), Gate()
    pool, locks = in_turn(failing(first), failing(second), lambda: "network")
    with ThreadPoolExecutor(2) as visitors:
        answers = [visitors.submit(pool.get, "mine")]
        assert first.reached.wait(LIMIT_S)
        answers.append(visitors.submit(pool.get, "mine"))
        wait_for(locks[0].waited_for.is_set)
        first.open()
        assert second.reached.wait(LIMIT_S)  # who waited tries anew, while
        assert pool.get("mine") == "network"  # a third one succeeds in a place of his own
        second.open()
        for answer in answers:
            with pytest.raises(WeightsError, match="not here yet"):
                answer.result(LIMIT_S)
    assert len(pool.loaded()) == 1
    assert pool.get("mine") == "network"


def test_who_waited_for_a_load_that_failed_loads_for_all_who_come_later(in_turn):
    gate = Gate()
    pool, locks = in_turn(failing(gate), lambda: "network")
    with ThreadPoolExecutor(2) as visitors:
        failed = visitors.submit(pool.get, "mine")
        assert gate.reached.wait(LIMIT_S)
        waited = visitors.submit(pool.get, "mine")
        wait_for(locks[0].waited_for.is_set)
        gate.open()
        assert waited.result(LIMIT_S) == "network"
        assert isinstance(failed.exception(LIMIT_S), WeightsError)
    assert [key[0] for key in pool.loaded()] == ["mine"]
    assert pool.get("mine") == "network"
