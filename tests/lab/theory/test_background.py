import threading

import pytest

from resnet_core.errors import DataError, QueueFullError
from resnet_core.lab.theory.background import Background


@pytest.fixture
def background():
    made = Background(waiting=2, kept=3)
    yield made
    made.close()


def until(background, key, *states):
    for _ in range(400):
        seen = background.look(key)
        if seen and seen.state in states:
            return seen
        threading.Event().wait(0.01)
    raise AssertionError(background.look(key))


def held(go, told=None):
    """An experiment that makes progress until `go` is set."""

    def run(progress):
        while not go.wait(0.005):
            progress(0.5)
            if told is not None:
                told.set()
        return 42

    return run


def test_what_an_experiment_says_of_itself_is_seen_while_it_runs_and_stays(background):
    go = threading.Event()

    def run(progress):
        background.note("a", 2.5)
        progress(0.5)
        background.note("a", 1.5)
        assert go.wait(5)
        return 42

    background.start("a", run)
    for _ in range(400):
        seen = background.look("a")
        if len(seen.so_far) == 2:
            break
        threading.Event().wait(0.01)
    assert (seen.so_far, seen.state, seen.share) == ((2.5, 1.5), "running", 0.5)
    go.set()
    assert until(background, "a", "finished").so_far == (2.5, 1.5)
    background.note("a", 9.0)
    background.note("nobody", 9.0)
    assert background.look("a").so_far == (2.5, 1.5)


def test_a_result_is_computed_once_and_kept_for_all(background):
    calls = []
    for _ in range(2):
        background.start("a", lambda progress: calls.append(progress(0.5)) or 7)
        assert until(background, "a", "finished").result == 7
    assert len(calls) == 1
    assert background.look("b") is None


def test_one_that_runs_is_cancelled_at_its_next_progress_and_can_be_started_again(background):
    go, told = threading.Event(), threading.Event()
    background.start("a", held(go, told))
    assert told.wait(4)
    assert background.look("a").share == 0.5
    background.cancel("a")
    assert background.look("a").state == "cancelled"
    go.set()
    background.start("a", held(go))
    assert until(background, "a", "finished").result == 42


def test_only_some_may_wait_and_one_that_waits_ends_at_once(background):
    go, told = threading.Event(), threading.Event()
    background.start("runs", held(go, told))
    assert told.wait(4)
    background.start("b", held(go))
    background.start("c", held(go))
    with pytest.raises(QueueFullError, match="2 experiments wait"):
        background.start("d", held(go))
    background.cancel("b")
    assert background.look("b").state == "cancelled"
    background.start("d", held(go))
    go.set()
    assert until(background, "d", "finished").result == 42
    assert until(background, "c", "finished").result == 42


def test_the_oldest_results_are_forgotten(background):
    for key in "abcde":
        background.start(key, lambda _progress: 1)
        until(background, key, "finished")
    assert [key for key in "abcde" if background.look(key)] == ["c", "d", "e"]


@pytest.mark.parametrize(
    ("error", "sentence"), [(DataError("Not here."), "Not here."), (ZeroDivisionError(), "ended unexpectedly")]
)
def test_what_fails_says_so_and_the_next_one_runs(background, error, sentence):
    def fail(_progress):
        raise error

    background.start("a", fail)
    assert sentence in until(background, "a", "failed").message
    background.start("b", lambda _progress: 1)
    assert until(background, "b", "finished").result == 1
