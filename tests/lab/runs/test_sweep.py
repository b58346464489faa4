import json
from contextlib import nullcontext
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from resnet_core.errors import DataError, InvalidSpecError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.runs import sweep as sweep_module
from resnet_core.lab.runs.sweep import SweepResult, SweepRun, plan_sweep, sweep

SMALL = TrainConfig(
    data="digits", overrides=(("depths", (1, 1, 1)), ("widths", (4, 4, 4))), epochs=1, batch_size=500, lr=0.02,
    precision="fp32",
)  # fmt: skip
NAME = "cifar_resnet20"


def losses(results):
    return {
        result.run.name: json.loads(result.files[f"{NAME}.json"])["history"][-1]["train_loss"] for result in results
    }


def test_a_sweep_has_a_run_for_each_seed_and_arm():
    assert [run.name for run in plan_sweep(SMALL, (3, 1))] == ["seed-3", "seed-1"]
    runs = plan_sweep(SMALL, (0, 1), ("plain", "residual"))
    assert [run.name for run in runs] == ["plain-seed-0", "plain-seed-1", "residual-seed-0", "residual-seed-1"]
    assert [(run.config.seed, run.config.spec().shortcut) for run in runs[1:3]] == [(1, "none"), (0, "zero_pad")]


@pytest.mark.parametrize(
    ("seeds", "arms", "sentence"),
    [
        ((), (), r"seed=\(\) does not work"),
        ((1, 1), (), "each once"),
        ((-1,), (), "seed=-1 does not work"),
        ((0,), ("highway",), "arms=.* does not work"),
        ((0,), ("plain", "32x4d"), "groups=32 does not work"),
    ],
)
def test_a_sweep_that_can_not_be_run_is_refused_before_the_first_run(seeds, arms, sentence):
    with pytest.raises(InvalidSpecError, match=sentence):
        plan_sweep(SMALL, seeds, arms)


def test_without_a_cluster_runs_take_place_one_after_the_other_and_leave_their_files(tmp_path):
    results = list(sweep(plan_sweep(SMALL, (0, 1)), tmp_path, device="cpu"))
    assert [result.run.name for result in results] == ["seed-0", "seed-1"]
    assert len(set(losses(results).values())) == 2
    for result in results:
        assert result.files.keys() == {f"{NAME}.json", f"{NAME}.safetensors"}
        for name, content in result.files.items():
            assert (tmp_path / result.run.name / name).read_bytes() == content


def test_a_run_that_can_not_be_trained_says_why_and_the_others_go_on(tmp_path):
    lost = SweepRun(name="lost", config=SMALL.override(data="folder"))
    wild = SMALL.override(lr=100, schedule="constant", momentum=0.99, weight_decay=1, epochs=40)
    first, second = sweep([lost, SweepRun(name="wild", config=wild)], tmp_path, device="cpu")
    assert "No folder was given" in first.message
    assert first.files == {}
    assert "diverged" in second.message
    assert second.files.keys() == {f"{NAME}.json"}


def test_an_address_without_ray_is_a_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(sweep_module, "find_spec", lambda _: None)
    with pytest.raises(InvalidSpecError, match=r"needs Ray.*pip install -r requirements-cluster\.txt"):
        next(sweep(plan_sweep(SMALL, (0,)), tmp_path, address="auto"))


@pytest.mark.slow
@pytest.mark.skipif(find_spec("ray") is None, reason="Ray is an optional extra: requirements-cluster.txt")
def test_two_workers_of_a_cluster_make_the_runs_of_one_process(tmp_path, monkeypatch):
    """A head that works too and a second node, with one processor each: what two machines are, on this one."""
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    from ray.cluster_utils import Cluster

    runs = plan_sweep(SMALL, (0, 1))
    node = {"num_cpus": 1, "include_log_monitor": False}
    cluster = Cluster(initialize_head=True, head_node_args=node | {"include_dashboard": False, "no_monitor": True})
    try:
        cluster.add_node(**node)
        results = list(sweep(runs, tmp_path / "cluster", device="cpu", address=cluster.address))
    finally:
        cluster.shutdown()
    assert [result.message for result in results] == ["", ""]
    assert losses(results) == losses(sweep(runs, tmp_path / "here", device="cpu"))
    assert sorted(path.name for path in (tmp_path / "cluster").iterdir()) == sorted(run.name for run in runs)


class WorkerError(Exception):
    """What Ray raises where a worker failed."""


class Cluster:
    """Ray as far as a sweep needs it; its workers answer with what the test gives them."""

    exceptions = SimpleNamespace(RayError=WorkerError)

    def __init__(self, answers):
        self.answers = list(answers)

    def cluster_resources(self):
        return {}

    def remote(self, **_):
        return lambda _work: SimpleNamespace(remote=lambda run, *_: run)

    def wait(self, waiting):
        return waiting[:1], waiting[1:]

    def get(self, done):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [SweepResult(run=done[0], files=answer)]


@pytest.fixture
def workers(monkeypatch):
    """A cluster whose workers give these answers, one for each run."""

    def give(*answers):
        monkeypatch.setattr(sweep_module, "_cluster", lambda _address: nullcontext(Cluster(answers)))

    return give


@pytest.mark.parametrize("name", ["../outside.json", "/etc/outside.json", "a/b/../../../outside.json"])
def test_a_worker_names_files_and_no_folders(name, workers, tmp_path):
    workers({name: b"content"})
    list(sweep(plan_sweep(SMALL, (0,)), tmp_path / "sweep", address="auto"))
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert written == [tmp_path / "sweep" / "seed-0" / "outside.json"]


def test_a_worker_that_fails_is_a_sentence_and_what_has_ended_is_kept(workers, tmp_path):
    workers({"a.json": b"content"}, WorkerError("Traceback of the worker\n  ...\nKeyError: 'x'"))
    with pytest.raises(DataError, match=r"^A worker of the cluster failed: KeyError: 'x'\. What has ended is kept"):
        list(sweep(plan_sweep(SMALL, (0, 1)), tmp_path, address="auto"))
    assert (tmp_path / "seed-0" / "a.json").read_bytes() == b"content"
