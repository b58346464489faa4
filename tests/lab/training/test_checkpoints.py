import hashlib
import json
import os
import pickle
import re
import signal
import subprocess
import sys
from dataclasses import asdict, fields
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from resnet_core.errors import DataError, InvalidSpecError, WeightsError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.checkpoints import PROGRESS_FILE, train_and_save
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.metrics import EpochMetrics
from resnet_core.lab.training.train import train
from resnet_core.models import compute
from resnet_core.models.network import build_model

NAME = "cifar_resnet20"
TIMINGS = {"images_per_s", "elapsed_s"}


def untimed(metrics):
    return [{key: value for key, value in asdict(m).items() if key not in TIMINGS} for m in metrics]


def run(config, data, folder, **options):
    return list(train_and_save(config, data, folder, device="cpu", **options))


def history_of(folder):
    return untimed(map(EpochMetrics.from_record, json.loads((folder / f"{NAME}.json").read_text())["history"]))


def break_off(config, data, folder, after_step, **options):
    """Ask for so many steps and no more, as someone who closes the page does."""
    for metrics in train_and_save(config, data, folder, device="cpu", **options):
        if metrics.step == after_step and not isinstance(metrics, EpochMetrics):
            return


def test_saving_does_not_change_the_run(tiny_config, tiny_data, tmp_path):
    assert untimed(run(tiny_config, tiny_data, tmp_path)) == untimed(train(tiny_config, data=tiny_data, device="cpu"))


@pytest.mark.parametrize(("after_step", "save_every_s", "goes_on_at"), [(5, 60, 4), (5, 0, 6), (7, 0, 8), (6, 0, 6)])
def test_a_broken_off_run_goes_on_as_if_never_broken(
    after_step, save_every_s, goes_on_at, tiny_config, tiny_data, tmp_path
):
    whole = untimed(run(tiny_config, tiny_data, tmp_path / "whole"))
    broken = tmp_path / "broken"
    break_off(tiny_config, tiny_data, broken, after_step, save_every_s=save_every_s)
    resumed = untimed(run(tiny_config, tiny_data, broken))
    past_epochs = sum("epoch" in m and m["step"] < goes_on_at for m in whole)
    assert resumed[past_epochs]["step"] == goes_on_at
    assert resumed[past_epochs:] == whole[-len(resumed) + past_epochs :]
    assert history_of(broken) == history_of(tmp_path / "whole")
    assert (broken / f"{NAME}.safetensors").read_bytes() == (tmp_path / "whole" / f"{NAME}.safetensors").read_bytes()


KILLED = """
import sys
from pathlib import Path
import torch
from resnet_core.lab.training.checkpoints import train_and_save
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.data.sets import DataSet

torch.set_num_threads(1)
config, data = TrainConfig.from_json(sys.argv[1]), torch.load(sys.argv[2])
for metrics in train_and_save(config, DataSet(**data), Path(sys.argv[3]), device="cpu", save_every_s=0):
    print(metrics.step, flush=True)
"""


@pytest.mark.slow
def test_a_killed_run_goes_on_and_ends_in_the_same_files(tiny_config, tiny_data, tmp_path):
    """A real process dies where it stands. Of the record, durations alone may differ."""
    config = tiny_config.override(epochs=15)  # 45 steps
    torch.save({field.name: getattr(tiny_data, field.name) for field in fields(tiny_data)}, tmp_path / "data.pt")
    command = [sys.executable, "-c", KILLED, config.to_json(), str(tmp_path / "data.pt"), str(tmp_path / "killed")]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    for line in process.stdout:
        if int(line) >= 20:
            process.send_signal(signal.SIGKILL)
            break
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    killed = tmp_path / "killed"
    assert not (killed / f"{NAME}.json").exists()
    assert torch.load(killed / PROGRESS_FILE, weights_only=True)["learner"]["step"] >= 19
    run(config, tiny_data, killed)
    run(config, tiny_data, tmp_path / "whole")
    assert history_of(killed) == history_of(tmp_path / "whole")
    first, second = (json.loads((folder / f"{NAME}.json").read_text()) for folder in (killed, tmp_path / "whole"))
    assert {key for key in first if first[key] != second[key]} <= {"history", "training_s"}
    assert first.keys() == second.keys()
    assert (killed / f"{NAME}.safetensors").read_bytes() == (tmp_path / "whole" / f"{NAME}.safetensors").read_bytes()


def test_the_exported_weights_load_strictly_and_answer_as_recorded(tiny_config, tiny_data, tmp_path):
    last = run(tiny_config, tiny_data, tmp_path)[-1]
    weights = load_file(tmp_path / f"{NAME}.safetensors")
    model = build_model(tiny_config.spec(), in_channels=3, num_classes=4)
    model.load_state_dict(weights, strict=True)
    learner = Learner(tiny_config, tiny_data, torch.device("cpu"))
    learner.model.load_state_dict(weights, strict=True)
    assert learner.validate() == (last.validation_loss, last.validation_error)


def test_the_record_says_how_the_weights_came_to_be(tiny_config, tiny_data, tmp_path):
    run(tiny_config, tiny_data, tmp_path, record={"command": "make it so"})
    note = json.loads((tmp_path / f"{NAME}.json").read_text())
    assert TrainConfig.from_json(json.dumps(note["recipe"])) == tiny_config
    assert note["recipe_id"] == tiny_config.id
    assert note["sha256"] == hashlib.sha256((tmp_path / f"{NAME}.safetensors").read_bytes()).hexdigest()
    assert (note["classes"], note["image_size"], note["validation_split"]) == (["a", "b", "c", "d"], [8, 8], "held out")
    assert (note["mean"], note["std"]) == (list(tiny_data.mean), list(tiny_data.std))
    assert (note["model"], note["precision"], note["device"], note["command"]) == (NAME, "fp32", "cpu", "make it so")
    assert "stop_reason" not in note
    assert sorted(p.name for p in tmp_path.iterdir()) == [f"{NAME}.json", f"{NAME}.safetensors", PROGRESS_FILE]


def test_a_finished_run_is_told_again_without_training(tiny_config, tiny_data, tmp_path):
    first = run(tiny_config, tiny_data, tmp_path)
    assert run(tiny_config, tiny_data, tmp_path) == [m for m in first if isinstance(m, EpochMetrics)]


def test_a_diverged_run_keeps_its_curve_and_its_reason(tiny_config, tiny_data, tmp_path):
    config = tiny_config.override(lr=100, schedule="constant", momentum=0.99, weight_decay=1, epochs=100)
    metrics = run(config, tiny_data, tmp_path)
    note = json.loads((tmp_path / f"{NAME}.json").read_text())
    assert note["stop_reason"] == metrics[-1].stop_reason
    assert len(note["history"]) == sum(isinstance(m, EpochMetrics) for m in metrics) > 0
    assert not (tmp_path / f"{NAME}.safetensors").exists()


def test_a_folder_of_another_recipe_is_refused(tiny_config, tiny_data, tmp_path):
    run(tiny_config, tiny_data, tmp_path)
    with pytest.raises(InvalidSpecError, match="holds a run of another recipe"):
        run(tiny_config.override(seed=1), tiny_data, tmp_path)


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", "truncated", "foreign"])
def test_a_damaged_progress_file_is_a_sentence(content, tiny_config, tiny_data, tmp_path):
    run(tiny_config, tiny_data, tmp_path)
    path = tmp_path / PROGRESS_FILE
    if content == "foreign":
        torch.save({"weights": torch.ones(2)}, path)
    else:
        path.write_bytes(path.read_bytes()[:3000] if content == "truncated" else content)
    with pytest.raises(DataError, match=r"progress\.pt is damaged \(\w+\)\. Remove it"):
        run(tiny_config, tiny_data, tmp_path)


def test_a_folder_that_can_not_be_written_is_a_sentence(tiny_config, tiny_data, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match="can't be written"):
        run(tiny_config, tiny_data, tmp_path / "file")


def test_a_run_may_begin_with_another_runs_weights_and_keeps_its_record(tiny_config, tiny_data, tmp_path):
    for _ in train_and_save(tiny_config, tiny_data, tmp_path / "first", device="cpu"):
        pass
    weights = tmp_path / "first" / f"{tiny_config.model}.safetensors"
    further = tiny_config.override(epochs=1, lr=1e-6)
    list(train_and_save(further, tiny_data, tmp_path / "second", device="cpu", initial_weights=weights))
    first, second = (load_file(tmp_path / run / weights.name) for run in ("first", "second"))
    assert torch.allclose(first["conv1.weight"], second["conv1.weight"], atol=1e-3)  # it did begin there
    assert not torch.equal(first["conv1.weight"], second["conv1.weight"])  # and the optimiser moved those tensors
    note = json.loads((tmp_path / "second" / f"{tiny_config.model}.json").read_text())
    assert note["initial_run"]["sha256"] == note["initial_weights_sha256"]


def test_frozen_stages_stay_to_the_bit_and_the_rest_learns(tiny_config, tiny_data, tmp_path):
    run(tiny_config, tiny_data, tmp_path / "first")
    weights = tmp_path / "first" / f"{NAME}.safetensors"
    further = tiny_config.override(lr=0.1, epochs=1)
    run(further, tiny_data, tmp_path / "second", initial_weights=weights, frozen="conv3_x")
    before, after = load_file(weights), load_file(tmp_path / "second" / weights.name)
    stays = {name for name in before if name.startswith(("conv1", "bn1", "layer1", "layer2"))}
    assert "layer2.0.bn1.running_mean" in stays
    assert {name for name in before if torch.equal(before[name], after[name])} == stays
    note = json.loads((tmp_path / "second" / f"{NAME}.json").read_text())
    assert note["frozen"] == "conv3_x"
    assert note["history"][0]["gradient_norms"][0] == 0


def test_only_what_was_given_can_be_frozen(tiny_config, tiny_data, tmp_path):
    with pytest.raises(InvalidSpecError, match="with initial weights"):
        run(tiny_config, tiny_data, tmp_path / "run", frozen="stem")
    with pytest.raises(InvalidSpecError, match=r"freeze='conv9_x'.*stem, conv2_x, conv3_x, conv4_x"):
        Learner(tiny_config, tiny_data, torch.device("cpu"), frozen="conv9_x")


def test_weights_of_another_network_are_refused_before_training(tiny_config, tiny_data, tmp_path):
    save_file({"wrong": torch.zeros(1)}, tmp_path / "other.safetensors")
    with pytest.raises(WeightsError, match="does not fit"):
        next(train_and_save(tiny_config, tiny_data, tmp_path / "run", initial_weights=tmp_path / "other.safetensors"))


def test_one_recipe_gives_the_same_bytes_whatever_the_clock_says(tiny_config, tiny_data, tmp_path, monkeypatch):
    config = tiny_config.override(precision="auto", epochs=1)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    monkeypatch.setattr(compute, "has_fast_bf16", compute.has_fast_bf16.__wrapped__)
    hashes = []
    for faster in (torch.bfloat16, torch.float32):
        monkeypatch.setattr(compute, "_convolution_s", lambda dtype, faster=faster: 1.0 if dtype == faster else 9.0)
        folder = tmp_path / str(faster)
        run(config, tiny_data, folder)
        hashes.append(json.loads((folder / f"{NAME}.json").read_text())["sha256"])
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize("classes", [3, 4, None])
def test_all_but_the_classifier_is_taken_from_a_network_with_other_classes(tiny_config, tiny_data, tmp_path, classes):
    model = build_model(tiny_config.spec(), num_classes=classes or 7, seed=5)
    state = {name: tensor for name, tensor in model.state_dict().items() if classes or not name.startswith("fc.")}
    torch.save({"state_dict": {f"module.{name}": tensor for name, tensor in state.items()}}, tmp_path / "their.pth.tar")
    said = []
    config = tiny_config.override(lr=1e-8, epochs=1, weight_decay=0)
    run(config, tiny_data, tmp_path / "run", initial_weights=tmp_path / "their.pth.tar", tell=said.append)
    trained = load_file(tmp_path / "run" / f"{NAME}.safetensors")
    note = json.loads((tmp_path / "run" / f"{NAME}.json").read_text())
    torch.testing.assert_close(trained["layer3.0.conv2.weight"], state["layer3.0.conv2.weight"], rtol=1e-4, atol=1e-5)
    if classes == 4:
        torch.testing.assert_close(trained["fc.weight"], state["fc.weight"], rtol=1e-4, atol=1e-5)
        assert (said, "initial_weights_note" in note) == ([], False)
        return
    why = "is for 3 classes" if classes else "is not in the file"
    assert said == [note["initial_weights_note"]]
    assert said[0].startswith(f"All of their.pth.tar but its classifier was taken: that {why}, and the data has 4.")


def test_other_differences_than_the_classifiers_are_refused_by_name(tiny_config, tiny_data, tmp_path):
    state = build_model(tiny_config.spec(), num_classes=3, seed=5, widths=(4, 8, 10)).state_dict()
    torch.save(state, tmp_path / "their.pth")
    with pytest.raises(
        WeightsError, match=r"their\.pth does not fit .*layer3\.0\.conv1\.weight: \(10, 8, 3, 3\) instead"
    ):
        run(tiny_config, tiny_data, tmp_path / "run", initial_weights=tmp_path / "their.pth")


def test_broken_initial_weights_are_refused(tiny_config, tiny_data, tmp_path):
    state = build_model(tiny_config.spec(), num_classes=4, seed=5).state_dict()
    state["bn1.running_var"][0] = -1
    torch.save(state, tmp_path / "their.pth")
    with pytest.raises(WeightsError, match=r"1 value of bn1\.running_var is negative"):
        run(tiny_config, tiny_data, tmp_path / "run", initial_weights=tmp_path / "their.pth")


def test_a_run_that_ends_in_a_hopeless_loss_is_no_good_run(tiny_config, tiny_data, tmp_path):
    """At this rate the loss grows without limit, but is still a number when the run ends."""
    config = tiny_config.override(lr=100, schedule="constant", momentum=0.9, epochs=2)
    last = run(config, tiny_data, tmp_path)[-1]
    assert 1e3 < last.loss < float("inf")
    assert re.search(r"diverged: its loss at the last step is \S+e\+\d+, at learning rate 100", last.stop_reason)
    note = json.loads((tmp_path / f"{NAME}.json").read_text())
    assert note["stop_reason"] == last.stop_reason
    assert not (tmp_path / f"{NAME}.safetensors").exists()


def test_weights_that_the_last_step_has_broken_are_not_saved(tiny_config, tiny_data, tmp_path, monkeypatch):
    descend = Learner._descend

    def broken(self, *args):
        norms = descend(self, *args)
        self.model.fc.weight.data[0, 0] = float("nan")
        return norms

    monkeypatch.setattr(Learner, "_descend", broken)
    last = run(tiny_config.override(epochs=1, batch_size=48), tiny_data, tmp_path)[-1]
    assert "its weights after the last step are not numbers" in last.stop_reason
    assert not (tmp_path / f"{NAME}.safetensors").exists()


class Evil:
    """Runs code where it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return Path.touch, (self.target,)


@pytest.mark.parametrize("save", [torch.save, lambda what, path: path.write_bytes(pickle.dumps(what, protocol=2))])
def test_a_progress_file_with_code_is_refused_and_never_run(save, tiny_config, tiny_data, tmp_path):
    save({"config": Evil(tmp_path / "was here"), "learner": {}, "history": []}, tmp_path / PROGRESS_FILE)
    with pytest.raises(DataError, match=r"progress\.pt is damaged \(UnpicklingError\)\. Remove it"):
        run(tiny_config, tiny_data, tmp_path)
    assert not (tmp_path / "was here").exists()


def test_a_run_with_growing_pictures_and_random_parts_goes_on_to_the_same_bytes(tiny_config, tiny_data, tmp_path):
    config = tiny_config.override(image_size=12, epoch_sizes=(5, 9), crop="area", least_area=0.35, decay_norms=False)
    learner, sides = Learner(config, tiny_data, torch.device("cpu")), []
    for step in range(learner.total_steps):
        learner.step = step
        sides.append(learner.next_batch()[0].shape[-1])
    assert sides == [5] * 6 + [9] * 6
    assert learner.model.spec.input_size == (12, 12), "what it is validated at, and used"
    run(config, tiny_data, tmp_path / "whole")
    break_off(config, tiny_data, tmp_path / "broken", 7, save_every_s=0)
    run(config, tiny_data, tmp_path / "broken")
    assert history_of(tmp_path / "broken") == history_of(tmp_path / "whole")
    hashes = [json.loads((tmp_path / name / f"{NAME}.json").read_text())["sha256"] for name in ("whole", "broken")]
    assert hashes[0] == hashes[1]
