"""JobManager's critical moments, each with one thread held in it while another one comes."""

import threading

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs.board import BoardLimits
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.jobs import JobManager
from resnet_core.lab.runs.records import RunRequest
from resnet_core.lab.training.metrics import StepMetrics
from tests.interleaving import LIMIT_S, Gate, WatchedLock, one_within_the_other, wait_for


def request(seed=0):
    return RunRequest(config=TrainConfig(seed=seed))


def step(number):
    return StepMetrics(
        arm="plain", step=number, loss=1, error=1, images_per_s=1, learning_rate=1, elapsed_s=1
    )  # fmt: skip


def one_step(started):
    """A runner that notes what it is asked for; its races take one step."""

    def run(asked):
        started.append(asked)
        return 1, iter([step(1)])

    return run


@pytest.fixture
def history(tmp_path):
    return RunHistory(tmp_path / "runs.sqlite")


def test_two_who_press_start_at_once_share_one_run(history):
    gate, both = Gate(), threading.Event()
    jobs = JobManager(history, runner=lambda _: (int(both.wait(LIMIT_S)), iter([])))
    lock, enqueue = WatchedLock(), jobs._board._enqueue
    jobs._lock = lock

    def found_no_equal_one(*args):
        gate.pass_by()
        return enqueue(*args)

    jobs._board._enqueue = found_no_equal_one
    answers = one_within_the_other(
        gate, lock, lambda: jobs.submit(request(), "ann"), lambda: jobs.submit(request(), "bob")
    )
    both.set()
    jobs.close()
    assert len({answer.result().id for answer in answers}) == 1


def test_two_workers_never_take_the_same_run(history):
    started, gate = [], Gate()
    jobs = JobManager(history, BoardLimits(workers=2), runner=one_step(started))
    lock, waiting = WatchedLock(), jobs._board.waiting
    jobs._lock = lock

    def chosen_but_not_yet_marked():
        runs = waiting()
        if threading.current_thread().name == "race":
            gate.pass_by()
        return runs

    jobs._board.waiting = chosen_but_not_yet_marked

    def call_for_the_second_worker():
        jobs.submit(request(2), "bob")
        wait_for(lambda: started)

    one_within_the_other(gate, lock, lambda: jobs.submit(request(1), "ann"), call_for_the_second_worker)
    wait_for(lambda: not jobs.active())
    jobs.close()
    assert sorted(asked.config.seed for asked in started) == [1, 2]


def test_a_run_that_comes_after_a_workers_last_look_is_run_all_the_same(history):
    started, gate = [], Gate()
    jobs = JobManager(history, BoardLimits(workers=1), runner=one_step(started))
    take = jobs._take

    def found_none_and_not_yet_gone():
        run = take()
        if run is None:
            gate.pass_by()
        return run

    jobs._take = found_none_and_not_yet_gone
    jobs.submit(request(1), "ann")
    assert gate.reached.wait(LIMIT_S)
    (last,) = jobs._threads
    jobs.submit(request(2), "bob")
    assert jobs._threads == {last}  # so it would seem that somebody works
    gate.open()
    last.join(LIMIT_S)
    wait_for(lambda: not jobs._threads)
    assert started == [request(1), request(2)]
    jobs.close()


def test_a_run_that_ended_is_kept_once(history, monkeypatch):
    kept, gate, add = [], Gate(), history.add
    monkeypatch.setattr(history, "add", lambda run: kept.append(run.id) or add(run))
    jobs = JobManager(history, runner=one_step([]))
    lock = jobs._lock = WatchedLock()

    class SeenButNotYetTaken(list):
        def __iter__(self):
            yield from super().__iter__()
            if self:
                gate.pass_by()

    def end_and_hold(*args):
        end(*args)
        jobs._board.unkept = SeenButNotYetTaken(jobs._board.unkept)

    end, jobs._board.end = jobs._board.end, end_and_hold
    start, _ = one_within_the_other(gate, lock, lambda: jobs.submit(request(), "ann"), lambda: jobs.snapshot("any"))
    jobs.close()
    assert kept == [start.result().id]


def test_a_snapshot_is_of_one_moment(history):
    gate, permit = Gate(), threading.Semaphore(0)

    def steps():
        yield step(1)
        assert permit.acquire(timeout=LIMIT_S)
        yield step(2)

    class Copied(list):
        """Copied already, and the rest of the snapshot is to come."""

        def __iter__(self):
            yield from super().__iter__()
            gate.pass_by()

    jobs = JobManager(history, runner=lambda _: (2, steps()))
    run_id = jobs.submit(request(), "ann").id
    wait_for(lambda: jobs.snapshot(run_id).step == 1)
    lock = jobs._lock = WatchedLock()
    run = jobs._board.active[run_id]
    run.metrics = Copied(run.metrics)

    def take_the_next_step():
        permit.release()
        wait_for(lambda: len(run.metrics) == 2)

    look, _ = one_within_the_other(gate, lock, lambda: jobs.snapshot(run_id), take_the_next_step)
    jobs.close()
    assert (look.result().step, len(look.result().metrics)) == (1, 1)


def test_a_race_computes_on_one_core(history, monkeypatch):
    def cores():
        return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "openmp"}

    def runner(_):
        seen.append(cores())
        return 1, iter([])

    def on_two_cores(self):
        with threadpool_limits(2, user_api="openmp"):  # as many as a thread has by itself on the smallest laptop
            seen.append(cores())
            work(self)

    seen, work = [], JobManager._work
    monkeypatch.setattr(JobManager, "_work", on_two_cores)
    jobs = JobManager(history, runner=runner)
    run = jobs.submit(request(), "ann")
    wait_for(lambda: jobs.snapshot(run.id).state == "finished")
    jobs.close()
    assert seen == [{2}, {1}]
