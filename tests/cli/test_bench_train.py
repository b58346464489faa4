import json
from types import SimpleNamespace

import pytest

from resnet_core.bench import gpu_share as share_module
from resnet_core.bench import plain_loop
from resnet_core.bench import train as bench
from resnet_core.bench.gpu_share import gpu_share


@pytest.fixture
def _small(monkeypatch):
    """Four pictures a step, one step a turn, and no process of their own for the plain loop's pictures."""
    monkeypatch.setattr(bench, "BATCH", 4)
    monkeypatch.setattr(bench, "STEPS", {"cpu": 1})
    monkeypatch.setattr(bench, "generated_pictures", lambda make=bench.generated_pictures: make(12))
    monkeypatch.setattr(plain_loop, "WORKERS", 0)


@pytest.mark.usefixtures("_small")
def test_each_network_is_measured_beside_the_plain_loop_and_without_metrics(run):
    options = ("--model", "cifar_resnet20", "--model", "cifar_plain20", "--repeats", 1, "--device", "cpu", "--json")
    report = json.loads(run("bench", "train", *options).stdout)
    rows = {(row["model"], row["engine"], row["precision"]): row for row in report["rows"]}
    for model in ("cifar_resnet20", "cifar_plain20"):
        ours, plain, bare = (
            rows[model, engine, precision]
            for engine, precision in (
                ("resnet_core", "auto"), ("pytorch-loop", "fp32"), ("resnet_core-no-metrics", "auto"),
            )
        )  # fmt: skip
        for row in (ours, plain, bare):
            assert row["batch"] == 4
            assert row["images_per_s"] == pytest.approx(4000 / row["median_ms"])
        facts = {name.removeprefix(f"{model}: "): value for name, value in report["facts"].items() if model in name}
        assert facts["times the plain loop's speed"] == pytest.approx(plain["median_ms"] / ours["median_ms"])
        cost = facts["loss and error of each step cost, percent"]
        assert cost == pytest.approx(100 * (ours["median_ms"] / bare["median_ms"] - 1))
        assert facts["an epoch of 50,000 pictures, s"] == pytest.approx(ours["median_ms"] * 12.5)


@pytest.mark.usefixtures("_small")
def test_the_table_names_each_network(run):
    text = run("bench", "train", "--model", "cifar_plain20", "--repeats", 1, "--device", "cpu").stdout
    assert "pytorch-loop, cifar_plain20" in text
    assert "measured where there is one (CUDA)" in text


def test_what_can_not_be_measured_is_refused(refuse):
    assert "No model is named 'cifar_resnet21'" in refuse("bench", "train", "--model", "cifar_resnet21")
    assert "repeats=0 does not work" in refuse("bench", "train", "--model", "cifar_resnet20", "--repeats", 0)


def test_the_plain_loop_learns_and_takes_its_pictures_from_the_data(monkeypatch):
    """Each picture comes as a float tensor, normalised; a second pass begins when the first has ended."""
    import torch

    monkeypatch.setattr(plain_loop, "WORKERS", 0)
    data = bench.generated_pictures(12)
    image, label = plain_loop.Pictures(data)[3]
    assert (image.shape, image.dtype, label) == ((3, 32, 32), torch.float32, data.train_labels[3].item())
    with plain_loop.PlainLoop("cifar_plain20", data, 4, torch.device("cpu")) as loop:
        before = loop.model.conv1.weight.clone()
        loop.run(4)
        assert not torch.equal(before, loop.model.conv1.weight)


def test_the_gpus_share_is_its_kernels_time_over_the_loops_own(monkeypatch):
    """On a clock and a profiler of the test's own: 30 ms of kernels in a loop of 40 ms."""
    clock = iter((1.0, 1.04))
    monkeypatch.setattr(share_module.time, "perf_counter", lambda: next(clock))

    class Watch:
        def __init__(self, activities):
            pass

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def key_averages(self):
            return [SimpleNamespace(self_device_time_total=us) for us in (10_000, 20_000)]

    monkeypatch.setattr(share_module, "profile", Watch)
    turns = []
    assert gpu_share(lambda: turns.append(1)) == pytest.approx(0.75)
    assert len(turns) == 3
