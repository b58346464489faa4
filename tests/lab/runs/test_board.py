import pytest

from resnet_core.errors import QueueFullError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs import board as board_module
from resnet_core.lab.runs.board import ENDED_IN_MEMORY, VISITORS_IN_MEMORY, RunBoard
from resnet_core.lab.runs.limits import BoardLimits
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


def test_one_visitor_in_several_tabs_gets_a_few_places_and_no_more(clock):
    board = RunBoard(BoardLimits(workers=1, waiting=10, of_one=2), clock)
    runs = [board.join(request(seed), f"tab {seed}", "ann's browser") for seed in (1, 2)]
    with pytest.raises(QueueFullError, match="2 races that you started in other tabs are under way or waiting"):
        board.join(request(3), "tab 3", "ann's browser")
    assert list(board.active.values()) == runs
    assert board.join(request(1), "tab 3", "ann's browser") is runs[0]  # to watch takes no place
    board.join(request(3), "tab 3", "bob's browser")
    board.join(request(4), "tab 2", "ann's browser")  # in the place of the one that this tab had
    assert [run.request for run in board.waiting()] == [request(1), request(3), request(4)]
    board.take()
    board.leave(runs[0], "tab 1")
    board.leave(runs[0], "tab 3")
    board.end(runs[0], "stopped", "")
    board.join(request(5), "tab 1", "ann's browser")


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


def test_a_run_that_nobody_looks_at_is_paused_and_goes_on(board, clock):
    running, waiting = board.join(request(1), "ann"), board.join(request(2), "bob")
    board.take()
    running.metrics.append(step(4))
    clock.now = 25
    board.look(running, "a guest with the link")
    assert board.snapshot(running).visitors == 1  # the other one has not been there for 25 s
    clock.now = 31
    board.sweep()
    assert (running.hold_after, waiting.state) == (None, "paused")
    assert "nobody had looked at it for 30 s" in waiting.message
    assert board.snapshot(running).visitors == 0
    clock.now = 56
    board.sweep()
    assert (running.state, running.hold_after, running.absent) == ("running", 4, True)
    board.rest(running, step(5))
    clock.now = 31 + 3599
    board.sweep()
    assert board.take() is None
    for run in (waiting, running):
        board.look(run, "a guest")
        board.go_on(run)
    assert board.take() is running  # in its old place: before what was asked for later
    assert (running.absent, running.message, running.ahead) == (False, "", step(5))
    assert board.snapshot(waiting).place == 1


def test_a_pause_of_its_owner_is_not_taken_for_absence(board, clock):
    run = board.join(request(1), "ann")
    board.take()
    board.hold(run)
    clock.now = 31
    board.sweep()
    assert (run.absent, run.message) == (False, "")


def test_start_wakes_an_equal_race_that_absence_has_paused(board, clock):
    run = board.join(request(1), "ann")
    clock.now = 31
    board.sweep()
    assert run.state == "paused"
    assert board.join(request(1), "bob") is run
    assert (run.state, run.absent) == ("waiting", False)


def test_what_rests_takes_no_place_in_the_queue_and_has_bounds_of_its_own(board, clock, monkeypatch):
    board.limits.resting, resting = 2, []
    for seed in range(4):
        clock.now += 1
        resting.append(board.join(request(seed), f"visitor {seed}"))
        board.take()
        board.hold(resting[-1])
        board.rest(resting[-1], step(1))
    assert [run.state for run in resting] == ["stopped", "stopped", "paused", "paused"]
    assert "to make room" in resting[0].message
    assert [board.join(request(seed), f"visitor {seed}").state for seed in (7, 8, 9)] == ["waiting"] * 3
    monkeypatch.setattr(board_module, "held_bytes", lambda _: 3)
    board.limits.resting_bytes = 5
    for run in resting[2:]:
        run.course = iter(())
    board.look(resting[3], "visitor 3")
    board.rest(resting[3], step(1))
    assert [run.state for run in resting[2:]] == ["stopped", "paused"]


def test_the_board_knows_what_each_visitor_looked_at_last(board):
    first, second = board.join(request(1), "ann"), board.join(request(2), "bob")
    board.look(first, "guest")
    assert [board.seen_last(visitor) for visitor in ("ann", "guest", "nobody")] == [first.id, first.id, ""]
    board.look(second, "guest")
    assert board.seen_last("guest") == second.id
    board.put_away("guest")
    board.put_away("nobody")
    assert board.seen_last("guest") == ""
    for number in range(VISITORS_IN_MEMORY):
        board.look(first, f"visitor {number}")
    assert board.seen_last("ann") == ""


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


def test_who_waits_knows_how_long_from_what_runs_and_the_pace_of_races_here(board, clock):
    first, second, third = (board.join(request(seed), f"visitor {seed}") for seed in (1, 2, 3))
    board.take()
    assert board.snapshot(second).wait_s is None
    clock.now, first.total_steps = 10, 30
    first.metrics.append(step(10))
    assert [board.snapshot(run).wait_s for run in (first, second, third)] == [None, 20, 50]
    with pytest.raises(QueueFullError, match="again in about 20 s, when the next place is free"):
        board.join(request(4), "visitor 4")
    board.end(first, "finished", "")
    board.take()
    assert board.snapshot(third).wait_s == 30  # the second has no step yet, and is as large as the first


def test_a_race_of_twice_the_epochs_is_expected_to_take_twice_as_long(board, clock):
    first = board.join(request(1), "ann")
    board.join(RunRequest(config=TrainConfig(seed=2, epochs=2 * TrainConfig().epochs)), "bob")
    third = board.join(request(3), "cy")
    board.take()
    clock.now, first.total_steps = 10, 20
    first.metrics.append(step(10))
    assert board.snapshot(third).wait_s == 10 + 40


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
