import math

from resnet_core.lab.data.available import sets_on_disk
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs.records import RunRequest, RunSnapshot
from resnet_core.lab.runs.table import run_table
from resnet_core.lab.training.metrics import StepMetrics


def step(arm, loss, stop_reason=None):
    return StepMetrics(
        arm=arm, step=1, loss=loss, error=0.5, images_per_s=1.0, learning_rate=0.1, elapsed_s=1.0,
        stop_reason=stop_reason,
    )  # fmt: skip


def test_each_race_is_a_row_that_says_what_it_was_and_how_it_ended():
    run = RunSnapshot(
        id="a-1", request=RunRequest(config=RACE, arms=("plain", "residual_b")), state="stopped", step=1,
        metrics=(step("plain", math.nan, "diverged"), step("residual_b", 0.25)), ended_at="2026-01-02T03:04:05+00:00",
    )  # fmt: skip
    (row,) = run_table([run]).to_dict("records")
    assert (row["run"], row["state"], row["steps"]) == ("a-1", "stopped", 1)
    assert row["race"].startswith("56 layers, width 16, batch norm")
    assert row["networks"] == "plain, residual (projections)"
    assert row["last"] == "residual (projections) 0.25, plain diverged"
    assert run_table([]).empty


def test_only_what_lies_on_disk_is_offered(tmp_path):
    assert sets_on_disk(tmp_path) == ["digits"]
    (tmp_path / "cifar-10-batches-py").mkdir()
    assert sets_on_disk(tmp_path) == ["digits"]  # begun, not whole
    for name in ("batches.meta", "test_batch", *(f"data_batch_{n}" for n in range(1, 6))):
        (tmp_path / "cifar-10-batches-py" / name).touch()
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    for name in ("train-images", "train-labels", "t10k-images", "t10k-labels"):
        (raw / f"{name}-ubyte.gz").touch()
    assert sets_on_disk(tmp_path) == ["digits", "cifar10"]  # archives alone are not unpacked
