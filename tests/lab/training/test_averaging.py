import json

import pytest
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

from resnet_core.errors import WeightsError
from resnet_core.lab.data.batches import steps_per_epoch, training_batch
from resnet_core.lab.training.averaging import average_runs, recipe_of
from resnet_core.lab.training.checkpoints import train_and_save
from resnet_core.lab.training.learner import Learner

NAME = "cifar_resnet20"


@pytest.fixture
def two_runs(tiny_config, tiny_data, tmp_path):
    """The weights files of two runs that differ in their seeds."""
    for seed in (0, 1):
        for _ in train_and_save(tiny_config.override(seed=seed, epochs=1), tiny_data, tmp_path / str(seed)):
            pass
    return [tmp_path / str(seed) / f"{NAME}.safetensors" for seed in (0, 1)]


def test_the_result_is_the_mean_with_statistics_of_its_own(two_runs, tiny_data, tmp_path):
    metrics = average_runs(two_runs, tiny_data, tmp_path / "mean", device="cpu")
    first, second, mean = (load_file(path) for path in (*two_runs, tmp_path / "mean" / f"{NAME}.safetensors"))
    for key in first:
        if "running" not in key and first[key].is_floating_point():
            torch.testing.assert_close(mean[key], (first[key] + second[key]) / 2)
    before = (first["bn1.running_mean"] + second["bn1.running_mean"]) / 2
    assert not torch.allclose(mean["bn1.running_mean"], before, atol=1e-4)
    record = json.loads((tmp_path / "mean" / f"{NAME}.json").read_text())
    assert [run["recipe"]["seed"] for run in record["averaged"]] == [0, 1]
    assert record["history"][-1]["validation_error"] == metrics.validation_error
    assert 0 <= metrics.validation_error <= 1


def test_a_run_averaged_with_itself_keeps_its_weights(two_runs, tiny_data, tmp_path):
    average_runs([two_runs[0]] * 2, tiny_data, tmp_path / "same", device="cpu")
    one, same = load_file(two_runs[0]), load_file(tmp_path / "same" / f"{NAME}.safetensors")
    assert torch.equal(one["layer1.0.conv1.weight"], same["layer1.0.conv1.weight"])


def test_what_can_not_be_averaged_is_refused(two_runs, tiny_data, tmp_path):
    with pytest.raises(WeightsError, match="Name two or more"):
        average_runs(two_runs[:1], tiny_data, tmp_path / "x", device="cpu")
    two_runs[1].with_suffix(".json").unlink()
    with pytest.raises(WeightsError, match="must lie in one folder"):
        average_runs(two_runs, tiny_data, tmp_path / "x", device="cpu")


@pytest.mark.parametrize("change", [{"data": "cifar10"}, {"overrides": [["widths", [4, 4, 4]]]}])
def test_two_different_networks_are_named_before_any_data_is_loaded(two_runs, change):
    note = two_runs[0].with_suffix(".json")
    run = json.loads(note.read_text())
    note.write_text(json.dumps(run | {"recipe": run["recipe"] | change}))
    with pytest.raises(
        WeightsError, match=r"can't be averaged: one is cifar_resnet20.*, the other cifar_resnet20.*digits"
    ):
        recipe_of(two_runs)


def test_batch_norm_gets_the_plain_mean_over_the_batches(two_runs, tiny_config, tiny_data, tmp_path):
    average_runs(two_runs, tiny_data, tmp_path / "mean", device="cpu")
    mean, last = load_file(tmp_path / "mean" / f"{NAME}.safetensors"), tiny_config.override(seed=1)
    means, variances = [], []
    for step in range(steps_per_epoch(tiny_data, last.batch_size)):
        images, _ = training_batch(tiny_data, step, batch_size=last.batch_size, seed=1, augment=last.augment)
        channels = F.conv2d(images, mean["conv1.weight"], padding=1).transpose(0, 1).flatten(1)
        means.append(channels.mean(1))
        variances.append(channels.var(1))
    assert len(means) == 3
    torch.testing.assert_close(mean["bn1.running_mean"], torch.stack(means).mean(0))
    torch.testing.assert_close(mean["bn1.running_var"], torch.stack(variances).mean(0))


def test_statistics_are_taken_at_the_size_of_the_last_epochs(tiny_config, tiny_data, tmp_path, monkeypatch):
    config = tiny_config.override(image_size=12, epoch_sizes=(5, 9), epochs=2)
    for seed in (0, 1):
        list(train_and_save(config.override(seed=seed), tiny_data, tmp_path / str(seed), device="cpu"))
    sides, drawn = set(), Learner.next_batch

    def watched(learner):
        batch = drawn(learner)
        sides.add(batch[0].shape[-1])
        return batch

    monkeypatch.setattr(Learner, "next_batch", watched)
    files = [tmp_path / str(seed) / f"{NAME}.safetensors" for seed in (0, 1)]
    average_runs(files, tiny_data, tmp_path / "mean", device="cpu")
    assert sides == {9}
    assert "validation" in json.loads((tmp_path / "mean" / f"{NAME}.json").read_text())
