import os
import sys
import threading
import time

import pytest
import torch
from threadpoolctl import threadpool_info

from resnet_core.errors import DataError, InvalidSpecError, QueueFullError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.jobs import NICENESS, JobManager
from resnet_core.lab.runs.limits import BoardLimits
from resnet_core.lab.runs.records import RunRequest
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

PATIENCE_S = 60


def request(seed=0):
    return RunRequest(config=TrainConfig(seed=seed))


def step(number, **changes):
    return StepMetrics(
        **{"arm": "plain", "step": number, "loss": 1.0, "error": 1.0, "images_per_s": 1.0, "learning_rate": 1.0,
           "elapsed_s": 1.0} | changes
    )  # fmt: skip


class Track:
    """A runner whose races take a step each time that the test lets them."""

    def __init__(self):
        self.started = []
        self.permits = threading.Semaphore(0)

    def __call__(self, asked):
        self.started.append(asked)
        return 3, self.steps()

    def steps(self):
        for number in (1, 2, 3):
            assert self.permits.acquire(timeout=PATIENCE_S)
            yield step(number)

    def let_all_run(self):
        self.permits.release(1000)


@pytest.fixture
def history(tmp_path):
    return RunHistory(tmp_path / "runs.sqlite")


@pytest.fixture
def track():
    return Track()


@pytest.fixture
def jobs(history, track):
    manager = JobManager(history, BoardLimits(workers=1, waiting=2), runner=track)
    yield manager
    track.let_all_run()
    manager.close()


def wait_for(condition):
    until = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.005)


def wait_for_state(jobs, run_id, state):
    wait_for(lambda: jobs.snapshot(run_id).state == state)
    return jobs.snapshot(run_id)


def test_a_run_goes_from_start_to_finish_and_into_the_history(jobs, track, history):
    run = jobs.submit(request(), "ann")
    assert not run.ended
    track.permits.release()
    wait_for(lambda: jobs.snapshot(run.id).step == 1)
    under_way = jobs.snapshot(run.id)
    assert (under_way.state, under_way.total_steps, under_way.metrics) == ("running", 3, (step(1),))
    assert under_way.remaining_s > 0
    track.let_all_run()
    finished = wait_for_state(jobs, run.id, "finished")
    assert finished.metrics == (step(1), step(2), step(3))
    wait_for(lambda: history.get(run.id) is not None)
    assert history.get(run.id).metrics == finished.metrics
    assert JobManager(history).snapshot(run.id).metrics == finished.metrics  # as after a restart of the server


def test_thirty_visitors_who_press_start_make_one_training(jobs, track):
    together, ids = threading.Barrier(30), []

    def press(visitor):
        together.wait()
        ids.append(jobs.submit(request(), visitor).id)

    visitors = [threading.Thread(target=press, args=(f"visitor {n}",)) for n in range(30)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(ids) == 30
    assert len(set(ids)) == 1
    assert jobs.snapshot(ids[0]).visitors == 30
    track.let_all_run()
    wait_for_state(jobs, ids[0], "finished")
    assert track.started == [request()]


def test_runs_take_their_turns(jobs, track):
    first, second, third = (jobs.submit(request(seed), f"visitor {seed}") for seed in (1, 2, 3))
    wait_for_state(jobs, first.id, "running")
    assert [jobs.snapshot(run.id).place for run in (first, second, third)] == [0, 1, 2]
    assert [run.id for run in jobs.active()] == [first.id, second.id, third.id]
    with pytest.raises(QueueFullError):
        jobs.submit(request(4), "visitor 4")
    track.let_all_run()
    wait_for_state(jobs, third.id, "finished")
    assert track.started == [request(1), request(2), request(3)]


def test_two_workers_run_two_at_once(history, track):
    jobs = JobManager(history, BoardLimits(workers=2), runner=track)
    ids = [jobs.submit(request(seed), f"visitor {seed}").id for seed in (1, 2)]
    for run_id in ids:
        wait_for_state(jobs, run_id, "running")
    assert [run.state for run in jobs.active()] == ["running", "running"]  # the first one has not ended meanwhile
    track.let_all_run()
    jobs.close()


def test_stop_ends_a_run_after_its_step_and_keeps_the_curve(jobs, track, history):
    run = jobs.submit(request(), "ann")
    track.permits.release()
    wait_for(lambda: jobs.snapshot(run.id).step == 1)
    assert jobs.stop(run.id, "a stranger").state == "running"
    assert jobs.stop(run.id, "ann").state == "stopping"
    assert jobs.run_of("ann") is None
    track.permits.release()
    stopped = wait_for_state(jobs, run.id, "stopped")
    assert stopped.message == "Stopped."
    wait_for(lambda: history.get(run.id) is not None)
    assert history.get(run.id).step == 2


def test_a_paused_run_frees_its_worker_takes_single_steps_and_goes_on(jobs, track):
    run = jobs.submit(request(1), "ann")
    track.permits.release()
    wait_for(lambda: jobs.snapshot(run.id).step == 1)
    assert not jobs.pause(run.id, "a stranger").held
    assert jobs.pause(run.id, "ann").held
    track.permits.release()  # it finds the pause with its next step in hand
    assert wait_for_state(jobs, run.id, "paused").step == 1
    other = jobs.submit(request(2), "bob")
    wait_for_state(jobs, other.id, "running")
    jobs.stop(other.id, "bob")
    track.permits.release()
    wait_for_state(jobs, other.id, "stopped")
    jobs.take_step(run.id, "ann")
    track.permits.release()
    wait_for(lambda: (jobs.snapshot(run.id).state, jobs.snapshot(run.id).step) == ("paused", 2))
    assert not jobs.resume(run.id, "ann").held
    assert wait_for_state(jobs, run.id, "finished").metrics == (step(1), step(2), step(3))
    assert track.started == [request(1), request(2)]  # not begun again


def test_a_paused_run_stops_at_once_and_is_kept(jobs, track, history):
    run = jobs.submit(request(), "ann")
    track.permits.release()
    wait_for(lambda: jobs.snapshot(run.id).step == 1)
    jobs.pause(run.id, "ann")
    track.permits.release()
    wait_for_state(jobs, run.id, "paused")
    assert jobs.stop(run.id, "ann").state == "stopped"
    assert history.get(run.id).metrics == (step(1),)


def test_a_pause_lets_all_networks_finish_the_step(history, tiny_config, tiny_data, monkeypatch):
    monkeypatch.setattr("resnet_core.lab.runs.jobs.load_for", lambda _: tiny_data)
    jobs = JobManager(history)
    run = jobs.submit(RunRequest(config=tiny_config.override(epochs=10_000)), "ann")
    wait_for(lambda: jobs.snapshot(run.id).step > 2)
    jobs.pause(run.id, "ann")
    resting = wait_for_state(jobs, run.id, "paused")
    assert [m.arm for m in resting.metrics if m.step == resting.step][:2] == ["plain", "residual"]
    jobs.take_step(run.id, "ann")
    wait_for(lambda: jobs.snapshot(run.id).state == "paused" and jobs.snapshot(run.id).step == resting.step + 1)
    jobs.close()
    assert history.get(run.id).step == resting.step + 1


def test_a_race_that_contradicts_itself_is_refused_before_the_queue(jobs):
    only_plain = TrainConfig(model="cifar_plain20", overrides=(("widths", (16, 8, 8)),))
    with pytest.raises(InvalidSpecError, match="zero_pad"):  # option A can't take channels away
        jobs.submit(RunRequest(config=only_plain), "ann")
    assert jobs.active() == []


def test_a_real_race_stops_within_two_seconds(history, tiny_config, monkeypatch, tiny_data):
    monkeypatch.setattr("resnet_core.lab.runs.jobs.load_for", lambda _: tiny_data)
    jobs = JobManager(history)
    run = jobs.submit(RunRequest(config=tiny_config.override(epochs=10_000)), "ann")
    wait_for(lambda: jobs.snapshot(run.id).step > 5)
    steps_at_stop = jobs.stop(run.id, "ann").step
    stopped = wait_for_state(jobs, run.id, "stopped")
    assert stopped.step - steps_at_stop <= 2  # counted, not timed: it ends with the step that it was in
    assert {m.arm for m in stopped.metrics} == {"plain", "residual"}
    assert stopped.total_steps == 30_000
    jobs.close()


def test_starting_another_leaves_the_former(jobs, track):
    former = jobs.submit(request(1), "ann")
    wait_for_state(jobs, former.id, "running")
    latter = jobs.submit(request(2), "ann")
    assert jobs.snapshot(former.id).state == "stopping"
    assert jobs.run_of("ann").id == latter.id
    track.let_all_run()
    wait_for_state(jobs, former.id, "stopped")
    wait_for_state(jobs, latter.id, "finished")


def test_a_race_that_nobody_watches_rests_lets_the_next_one_run_and_goes_on_for_anyone(history, track):
    now = [0.0]
    jobs = JobManager(history, BoardLimits(absent_s=30), runner=track, clock=lambda: now[0])
    run = jobs.submit(request(1), "ann")
    track.permits.release()
    wait_for(lambda: jobs.snapshot(run.id, "ann").step == 1)
    now[0] = 29.0
    jobs.snapshot(run.id, visitor="ann")
    now[0] = 58.0
    assert not jobs.snapshot(run.id).held
    now[0] = 60.0
    assert jobs.snapshot(run.id).absent
    track.permits.release()  # it finds the pause with its next step in hand
    assert "nobody had looked at it" in wait_for_state(jobs, run.id, "paused").message
    other = jobs.submit(request(2), "bob")
    wait_for_state(jobs, other.id, "running")
    track.permits.release(3)
    wait_for_state(jobs, other.id, "finished")
    assert jobs.seen_last("ann") == run.id
    assert not jobs.resume(run.id, "a stranger who found it").held
    track.let_all_run()
    assert wait_for_state(jobs, run.id, "finished").metrics == (step(1), step(2), step(3))
    jobs.put_away("ann")
    assert jobs.seen_last("ann") == ""
    jobs.close()


def test_a_pause_of_somebody_present_is_not_a_strangers_to_end(jobs, track):
    run = jobs.submit(request(), "ann")
    wait_for_state(jobs, run.id, "running")
    jobs.pause(run.id, "ann")
    assert jobs.resume(run.id, "a stranger").held


def test_a_server_that_ends_lists_what_rested_with_what_it_had(history, track):
    jobs = JobManager(history, runner=track)
    run = jobs.submit(request(), "ann")
    track.permits.release()
    wait_for(lambda: jobs.snapshot(run.id).step == 1)
    jobs.pause(run.id, "ann")
    track.permits.release()
    wait_for_state(jobs, run.id, "paused")
    jobs.close()
    (kept,) = RunHistory(history.path).latest()
    assert (kept.id, kept.state, kept.message, kept.step) == (run.id, "stopped", "Stopped with the server.", 1)


def test_a_race_has_one_core_and_gives_way_to_pages(history, one_core_of_many):
    seen = {}

    def runner(_):
        torch.ones(1_000_000).exp()  # a thread's first computation is when PyTorch gives it its number of threads
        seen["of PyTorch"] = torch.get_num_threads()
        seen["threads"] = {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp"}
        seen["nice"] = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
        return 1, iter([step(1)])

    before = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())
    jobs = JobManager(history, runner=runner)
    wait_for_state(jobs, jobs.submit(request(), "ann").id, "finished")
    jobs.close()
    assert seen["of PyTorch"] == 1
    assert seen["threads"] == {1}
    if sys.platform == "linux":
        assert seen["nice"] == before + NICENESS
        assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) == before  # of the race's thread alone


@pytest.fixture
def one_core_of_many():
    """PyTorch has several threads outside a race, so that a race's one is a race's doing."""
    torch.set_num_threads(4)
    yield
    torch.set_num_threads(1)


def test_a_run_that_can_not_go_on_says_why_and_the_next_one_runs(history):
    def runner(asked):
        if asked == request(1):
            raise DataError("The data set has gone.")
        return 1, iter([step(1, loss=float("nan"), stop_reason="plain diverged.")])

    jobs = JobManager(history, runner=runner)
    failed, diverged = (jobs.submit(request(seed), f"visitor {seed}") for seed in (1, 2))
    assert wait_for_state(jobs, failed.id, "failed").message == "The data set has gone."
    assert wait_for_state(jobs, diverged.id, "finished").message == "plain diverged."
    jobs.close()
    assert [run.id for run in history.latest()] == [diverged.id]  # the other one has no curve


def test_a_run_that_breaks_its_thread_does_not_stop_the_queue(history, thread_failures):
    def runner(asked):
        if asked == request(1):
            raise ZeroDivisionError
        return 1, iter([step(1)])

    jobs = JobManager(history, runner=runner)
    broken, next_one = (jobs.submit(request(seed), f"visitor {seed}") for seed in (1, 2))
    assert "ended unexpectedly" in wait_for_state(jobs, broken.id, "failed").message
    wait_for_state(jobs, next_one.id, "finished")
    wait_for(lambda: thread_failures == [ZeroDivisionError])  # it is not swallowed, and the thread says it last
    jobs.close()


def test_a_history_that_can_not_be_written_is_said_with_the_run(tmp_path):
    (tmp_path / "file").write_text("in the way")
    jobs = JobManager(RunHistory(tmp_path / "file" / "runs.sqlite"), runner=lambda _: (1, iter([step(1)])))
    run = jobs.submit(request(), "ann")
    wait_for(lambda: "It is not kept for later" in jobs.snapshot(run.id).message)
    assert jobs.snapshot(run.id).state == "finished"
    jobs.close()


def test_impossible_arms_are_refused_before_the_queue(jobs):
    with pytest.raises(InvalidSpecError, match="highway"):
        jobs.submit(RunRequest(config=TrainConfig(), arms=("highway",)), "ann")
    assert jobs.active() == []


def test_an_unknown_run_is_none(jobs):
    assert jobs.snapshot("nothing") is None
    assert jobs.stop("nothing", "ann") is None
    assert jobs.run_of("nobody") is None


def test_the_default_runner_races_on_the_recipes_data(history, tiny_config):
    jobs = JobManager(history)
    run = jobs.submit(RunRequest(config=tiny_config.override(batch_size=750, epochs=1)), "ann")
    finished = wait_for_state(jobs, run.id, "finished")
    assert finished.total_steps == finished.step == 2
    assert sum(isinstance(m, EpochMetrics) for m in finished.metrics) == 2
    jobs.close()
