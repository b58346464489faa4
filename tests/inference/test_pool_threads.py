"""Critical moments of the pool and its waiting line, each brought about instead of hoped for."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from resnet_core.errors import WeightsError
from resnet_core.inference import pool as pool_file
from resnet_core.inference.pool import ClassifierPool
from resnet_core.inference.waiting_line import WaitingLine
from tests.interleaving import LIMIT_S, Gate, WatchedLock, wait_for


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
