import json
import math

import pytest
import torch

from resnet_core.cli import training
from resnet_core.lab import checkpoints
from resnet_core.lab.config import TrainConfig
from resnet_core.lab.metrics import StepMetrics
from resnet_core.lab.recipes import RECIPES


@pytest.fixture(autouse=True)
def _one_thread():
    """Networks this small lose time to a second thread where something else uses the core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def planned(run, monkeypatch):
    """The recipe, the folder and the recorded command of a train command, which is not carried out."""

    def plan(*args):
        seen = []
        monkeypatch.setattr("resnet_core.lab.data.load_data", lambda name, folder: (name, folder))
        monkeypatch.setattr(training, "_train", lambda recipe, _data, *rest: seen.append((recipe, rest[0], rest[2])))
        assert run("train", *args).exit_code == 0
        return seen[0]

    return plan


BUNDLED = ("--model", "cifar_resnet20", "--data", "cifar10", "--data-dir", "pictures", "--epochs", "24")


def test_the_recorded_command_of_the_bundled_checkpoint_means_its_recipe(planned):
    recipe, folder, command = planned(*BUNDLED)
    assert recipe == TrainConfig(model="cifar_resnet20", epochs=24)
    assert recipe.id == "1a12a06746d3"
    assert folder.as_posix() == "runs/cifar_resnet20-1a12a06746d3"
    assert command == "python -m resnet_core train --model cifar_resnet20 --data cifar10 --epochs 24 --data-dir DIR"


def test_the_second_cycles_command_names_the_weights_it_begins_with_but_no_folder(planned):
    _, _, command = planned("--epochs", "10", "--initial-weights", "somewhere/cifar_resnet20.safetensors")
    assert command == "python -m resnet_core train --epochs 10 --initial-weights cifar_resnet20.safetensors"


def test_what_is_given_replaces_a_recipes_own_and_nothing_else_changes(planned):
    recipe, _, _ = planned("--config", "paper-cifar10-110", "--lr", 0.2, "--seed", 7, "--batch-size", 64)
    assert recipe == RECIPES["paper-cifar10-110"].override(lr=0.2, seed=7, batch_size=64)


def test_a_run_prints_its_epochs_and_the_same_command_goes_on_where_it_was_saved(run, tmp_path):
    command = (
        "train",
        "--model",
        "cifar_plain20",
        "--data",
        "digits",
        "--epochs",
        1,
        "--batch-size",
        500,
        "--out",
        tmp_path,
    )
    first, second = run(*command), run(*command)
    assert (first.exit_code, second.exit_code) == (0, 0)
    epoch = [line for line in first.stdout.splitlines() if line.startswith("cifar_plain20, epoch 1: training loss")]
    assert epoch == [
        line for line in second.stdout.splitlines() if "epoch 1" in line
    ]  # its rate too: not trained again
    note = json.loads((tmp_path / "cifar_plain20.json").read_text())
    assert (
        note["command"] == "python -m resnet_core train --model cifar_plain20 --data digits --epochs 1 --batch-size 500"
    )
    assert (tmp_path / "cifar_plain20.safetensors").is_file()


def test_a_folder_with_a_run_of_another_recipe_is_refused(run, tmp_path):
    command = (
        "train",
        "--model",
        "cifar_plain20",
        "--data",
        "digits",
        "--epochs",
        1,
        "--batch-size",
        500,
        "--out",
        tmp_path,
    )
    run(*command)
    result = run(*command, "--seed", 1)
    assert result.exit_code == 2
    assert "holds a run of another recipe" in result.stderr


def test_a_run_that_diverges_says_why_and_fails(run, tmp_path, monkeypatch):
    step = StepMetrics(
        arm="cifar_resnet20", step=1, loss=math.inf, error=0.9, images_per_s=1.0, learning_rate=9.0, elapsed_s=1.0,
        stop_reason="The loss is not finite any more.",
    )  # fmt: skip
    monkeypatch.setattr(checkpoints, "train_and_save", lambda *_, **__: iter([step]))
    result = run("train", "--data", "digits", "--out", tmp_path)
    assert (result.exit_code, result.stderr) == (2, "The loss is not finite any more.\n")
    assert "Trained" not in result.stdout


def test_a_race_prints_a_line_for_each_network_and_epoch_and_what_they_show(run):
    result = run(
        "train", "--compare", "plain,residual", "--model", "cifar_resnet20", "--epochs", 1, "--batch-size", 500
    )
    plain, residual, _, summary = result.stdout.splitlines()
    assert plain.startswith("plain, epoch 1:")
    assert residual.startswith("residual, epoch 1:")
    assert summary.startswith("After 3 steps")


def test_a_run_that_is_stopped_says_that_it_can_go_on(run, tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "_follow", interrupted)
    result = run("train", "--data", "digits", "--out", tmp_path)
    assert result.exit_code == 130
    assert "goes on" in result.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--config", "mine"), "No recipe is named 'mine'."),
        (("--model", "resnet5O"), "No model is named"),
        (("--data", "mnist"), "data='mnist' does not work"),
        (("--epochs", 0), "epochs=0 does not work"),
        (("--lr", "nan"), "lr=nan does not work"),
        (("--compare", "plain,deep"), "arms=('plain', 'deep') does not work"),
        (("--compare", "plain,residual", "--out", "folder"), "A race saves nothing"),
        (("--data", "folder", "--data-dir", "nowhere"), "nowhere has no folder train/"),
    ],
)
def test_what_can_not_be_trained_is_refused_with_a_sentence(options, sentence, refuse):
    assert sentence in refuse("train", *options)
