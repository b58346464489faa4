import pytest

from resnet_core.errors import QueueFullError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs.board import ENDED_IN_MEMORY, BoardLimits, RunBoard
from resnet_core.lab.runs.records import RunRequest
from resnet_core.lab.training.metrics import StepMetrics


class Clock:
    """Time that the test sets."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def board(clock):
    return RunBoard(BoardLimits(workers=1, waiting=2, absent_s=30, run_s=100), clock)


def request(seed):
    return RunRequest(config=TrainConfig(seed=seed))


def step(number):
    return StepMetrics(arm="plain", step=number, loss=1, error=1, images_per_s=1, learning_rate=1, elapsed_s=1)


def test_equal_requests_share_a_run_and_others_queue_in_order(board):
    runs = [board.join(request(seed), owner) for seed, owner in ((1, "ann"), (2, "bob"), (1, "cy"), (3, "dee"))]
    assert runs[2] is runs[0]
    assert [board.snapshot(run).place for run in runs] == [1, 2, 1, 3]
    assert board.take() is runs[0]
    assert [board.snapshot(run).place for run in runs] == [0, 1, 0, 2]
    assert runs[0].owners == {"ann", "cy"}


def test_joining_twice_changes_nothing(board):
    assert board.join(request(1), "ann") is board.join(request(1), "ann")
    assert len(board.active) == 1


def test_a_full_queue_refuses_and_leaves_what_one_had(board):
    for seed, owner in ((1, "ann"), (2, "bob"), (3, "cy")):
        board.join(request(seed), owner)
    board.join(request(1), "dee")
    with pytest.raises(QueueFullError, match="3 runs are under way or waiting"):
        board.join(request(4), "dee")
    assert board.runs_of("dee") == board.runs_of("ann")


def test_a_full_queue_still_lets_one_change_ones_mind(board):
    for seed, owner in ((1, "ann"), (2, "bob"), (3, "cy")):
        board.join(request(seed), owner)
    board.join(request(4), "cy")
    assert [run.request for run in board.waiting()] == [request(1), request(2), request(4)]


def test_a_run_stops_with_its_last_owner(board):
    run = board.join(request(1), "ann")
    board.join(request(1), "bob")
    board.take()
    board.leave(run, "ann")
    assert run.state == "running"
    board.leave(run, "bob")
    assert run.state == "stopping"
    assert board.join(request(1), "cy") is not run


def test_a_waiting_run_that_is_left_is_gone_at_once(board):
    run = board.join(request(1), "ann")
    board.leave(run, "ann")
    assert board.snapshot(run).ended
    assert board.take() is None
    assert board.find(run.id) is run


def test_a_run_that_nobody_looks_at_is_halted(board, clock):
    running, waiting = board.join(request(1), "ann"), board.join(request(2), "bob")
    board.take()
    clock.now = 25
    board.look(running, "a guest with the link")
    assert board.snapshot(running).visitors == 1  # the other one has not been there for 25 s
    clock.now = 31
    board.sweep()
    assert (running.state, waiting.state) == ("running", "stopped")
    assert "nobody had looked at it for 30 s" in waiting.message
    assert board.snapshot(running).visitors == 0
    clock.now = 56
    board.sweep()
    assert running.state == "stopping"


def test_a_run_that_takes_too_long_is_halted(board, clock):
    run = board.join(request(1), "ann")
    clock.now = 20
    board.look(run, "ann")
    board.take()
    for clock.now, state in ((119, "running"), (121, "stopping")):
        board.look(run, "ann")
        board.sweep()
        assert run.state == state
    assert "the longest that a run may take here" in run.message


def test_the_remaining_time_follows_from_the_steps_so_far(board, clock):
    run = board.join(request(1), "ann")
    assert (board.snapshot(run).elapsed_s, board.snapshot(run).remaining_s) == (0, None)
    clock.now = 5
    board.take()
    assert board.snapshot(run).remaining_s is None
    clock.now, run.total_steps = 11, 20
    run.metrics += [step(1), step(2), step(3)]
    assert (board.snapshot(run).elapsed_s, board.snapshot(run).remaining_s) == (6, 34)
    board.end(run, "finished", "")
    clock.now = 50
    assert (board.snapshot(run).elapsed_s, board.snapshot(run).remaining_s) == (6, None)


def test_a_held_run_rests_after_its_step_and_goes_on_in_its_old_place(board):
    first, second = board.join(request(1), "ann"), board.join(request(2), "bob")
    board.take()
    first.metrics.append(step(4))
    board.hold(first)
    assert (first.hold_after, board.snapshot(first).state, board.snapshot(first).held) == (4, "running", True)
    board.rest(first, step(5))
    assert board.snapshot(first).state == "paused"
    assert board.take() is second  # the worker is free
    board.go_on(first, steps=1)
    assert (first.hold_after, board.snapshot(first).place) == (5, 1)
    board.rest(first, step(6))
    board.go_on(first)
    assert (first.hold_after, board.take(), board.snapshot(first).held) == (None, first, False)
    assert first.ahead == step(6)


def test_only_a_held_run_goes_on(board):
    run = board.join(request(1), "ann")
    board.go_on(run, steps=1)
    assert (run.hold_after, run.state) == (None, "waiting")


def test_a_pause_is_no_computing_time_and_has_its_own_bound(board, clock):
    board.limits.paused_s = 60
    run = board.join(request(1), "ann")
    clock.now = 5
    board.take()
    clock.now, run.total_steps = 11, 20
    run.metrics += [step(1), step(2), step(3)]
    board.rest(run, step(4))
    for clock.now, state in ((30, "paused"), (59, "paused"), (70, "paused"), (72, "stopped")):
        board.look(run, "ann")
        board.sweep()
        assert run.state == state
        assert board.snapshot(run).elapsed_s == 6
    assert "pause of 60 s" in run.message
    assert board.unkept == [run]  # what it has computed is not lost


def test_only_an_owner_sees_a_run_as_theirs(board):
    run = board.join(request(1), "ann")
    board.look(run, "guest")
    assert [board.snapshot(run, who).mine for who in ("ann", "guest", None)] == [True, False, False]


def test_the_next_in_the_queue_knows_how_long_the_running_one_has_to_go(board, clock):
    first, second, third = (board.join(request(seed), f"visitor {seed}") for seed in (1, 2, 3))
    board.take()
    assert board.snapshot(second).wait_s is None
    clock.now, first.total_steps = 10, 30
    first.metrics.append(step(10))
    assert [board.snapshot(run).wait_s for run in (first, second, third)] == [None, 20, None]
    with pytest.raises(QueueFullError, match="again in about 20 s, when the next place is free"):
        board.join(request(4), "visitor 4")


def test_a_snapshot_stays_as_it_was(board):
    run = board.join(request(1), "ann")
    before = board.snapshot(run)
    run.metrics.append(step(1))
    assert before.metrics == ()
    assert board.snapshot(run).metrics == (step(1),)


def test_ended_runs_are_forgotten_in_their_turn(board):
    runs = []
    for seed in range(ENDED_IN_MEMORY + 2):
        runs.append(board.join(request(seed), "ann"))
        board.end(board.take(), "finished", "")
    assert [board.find(run.id) is None for run in runs] == [True] * 2 + [False] * ENDED_IN_MEMORY
