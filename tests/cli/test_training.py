import json
import math
import re
from types import SimpleNamespace

import pytest

from resnet_core.cli import recipe_options, training
from resnet_core.inference.classifier import Classifier
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RECIPES
from resnet_core.lab.training import checkpoints
from resnet_core.lab.training.metrics import StepMetrics
from resnet_core.weights.library import load_weights
from tests.tiny_imagenet_set import BABOON, CUP, GOLDFISH, LADLE, as_archive, jpeg, official_files


@pytest.fixture
def planned(run, monkeypatch):
    """The recipe, the folder and the recorded command of a train command, which is not carried out."""

    def plan(*args):
        seen = []
        monkeypatch.setattr(recipe_options, "load_shown", lambda recipe, folder: (recipe.data, folder))
        monkeypatch.setattr(training, "_train", lambda *given: seen.append((given[0], given[2], given[4]["command"])))
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


def test_frozen_stages_stand_in_the_command_and_want_weights(planned, refuse):
    _, _, command = planned("--initial-weights", "somewhere/mine.safetensors", "--freeze", "conv4_x")
    assert command.endswith("--initial-weights mine.safetensors --freeze conv4_x")
    assert "--initial-weights" in refuse("train", "--freeze", "conv4_x")


def test_what_is_given_replaces_a_recipes_own_and_nothing_else_changes(planned):
    recipe, _, _ = planned("--config", "paper-cifar10-110", "--lr", 0.2, "--seed", 7, "--batch-size", 64)
    assert recipe == RECIPES["paper-cifar10-110"].override(lr=0.2, seed=7, batch_size=64)


@pytest.mark.parametrize(
    ("options", "changes"),
    [
        (("--depth", 56, "--norm", "none"), {"model": "cifar_resnet56", "overrides": (("norm", "none"),)}),
        (
            ("--depth", 8, "--width", 4),
            {"overrides": (("depths", (1, 1, 1)), ("name", "cifar_resnet8"), ("widths", (4, 8, 16)))},
        ),
        (("--optimizer", "adamw", "--lr", 0.001), {"optimizer": "adamw", "lr": 0.001, "nesterov": False}),
        (("--init", "zero_gamma", "--momentum", 0.8), {"init": "zero_gamma", "momentum": 0.8}),
        (
            ("--no-augment", "--no-nesterov", "--weight-decay", 0.5),
            {"augment": False, "nesterov": False, "weight_decay": 0.5},
        ),
        (("--schedule", "steps", "--warmup-steps", 9), {"schedule": "steps", "warmup_steps": 9}),
        (("--crop", "scale", "--image-size", 64), {"crop": "scale", "image_size": 64}),
        (("--precision", "bf16"), {"precision": "bf16"}),
        (
            ("--crop", "area", "--image-size", 56, "--least-area", 0.35, "--epoch-sizes", "32,48"),
            {"crop": "area", "image_size": 56, "least_area": 0.35, "epoch_sizes": (32, 48)},
        ),
        (
            ("--data", "tiny-imagenet", "--leave-out", "n02486410,n02481823"),
            {"data": "tiny-imagenet", "leave_out": ("n02486410", "n02481823")},
        ),
        (
            ("--warmup-share", 0.1, "--no-decay-norms", "--label-smoothing", 0.2),
            {"warmup_share": 0.1, "decay_norms": False, "label_smoothing": 0.2},
        ),
    ],
)
def test_each_option_changes_its_field_and_stands_in_the_recorded_command(options, changes, planned):
    recipe, _, command = planned(*options)
    assert recipe == TrainConfig().override(**changes)
    assert sorted(command.split()[4:]) == sorted(map(str, options))


SMALL = ("--model", "cifar_plain20", "--depth", 8, "--width", 4, "--data", "digits", "--epochs", 1, "--batch-size", 500)


def test_a_run_prints_its_epochs_and_the_same_command_goes_on_where_it_was_saved(run, tmp_path):
    first, second = (run("train", *SMALL, "--out", tmp_path) for _ in range(2))
    assert (first.exit_code, second.exit_code) == (0, 0)
    epoch = [line for line in first.stdout.splitlines() if line.startswith("cifar_plain8, epoch 1: training loss")]
    assert epoch == [
        line for line in second.stdout.splitlines() if "epoch 1" in line
    ]  # its rate too: not trained again
    note = json.loads((tmp_path / "cifar_plain8.json").read_text())
    assert note["command"].startswith("python -m resnet_core train --model cifar_plain20 --data digits --epochs 1")
    assert load_weights(tmp_path / "cifar_plain8.safetensors")[1].spec.name == "cifar_plain8"
    refused = run("train", *SMALL, "--out", tmp_path, "--seed", 1)
    assert refused.exit_code == 2
    assert "holds a run of another recipe" in refused.stderr


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
    result = run("train", "--config", "race", "--compare", "plain,residual", *SMALL[2:])
    plain, residual, _, summary, kept = result.stdout.splitlines()
    assert plain.startswith("plain, epoch 1:")
    assert residual.startswith("residual, epoch 1:")
    assert summary.startswith("Wrong answers on pictures that no network has trained on, at step 3:")
    assert "After 3 steps" in summary
    (row, *_) = json.loads(run("runs", "list", "--format", "json").stdout)
    assert kept == f"The race is kept: `runs show {row['run']}`."
    assert (row["state"], row["steps"], row["networks"]) == ("finished", 3, "plain, residual")
    assert summary in run("runs", "show", row["run"]).stdout


def test_a_race_that_can_not_be_kept_says_so(run, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path / "file" / "cache"))
    result = run("train", "--config", "race", "--compare", "plain,residual", *SMALL[2:])
    assert result.exit_code == 0
    assert "The race is not kept. The history of runs in" in result.stdout


@pytest.mark.parametrize("command", ["train --data digits", "sweep --data digits", "weights average a b"])
def test_a_folder_that_can_not_be_written_is_refused_before_any_work(command, refuse, tmp_path, monkeypatch):
    from resnet_core.lab.data import sets, sources
    from resnet_core.lab.training import averaging

    for module, name in ((sources, "load_for"), (sets, "load_data"), (averaging, "recipe_of")):
        monkeypatch.setattr(module, name, lambda *_: pytest.fail("work before the check"))
    (tmp_path / "file").touch()
    assert "can't be written" in refuse(*command.split(), "--out", tmp_path / "file" / "run")


def test_an_arm_that_diverges_says_why_and_its_curve_is_described(run):
    """At a rate that is far too high, and with a weight decay that makes each step overshoot."""
    wild = ("--lr", 100, "--weight-decay", 1, "--momentum", 0.99, "--epochs", 12)
    result = run("train", "--config", "race", "--compare", "plain,residual", *SMALL[2:], *wild)
    assert result.exit_code == 0
    assert "residual diverged: its loss at step" in result.stdout
    assert "its curve ends there" in result.stdout


def test_on_a_terminal_a_race_shows_a_bar_with_both_losses(monkeypatch, capsys):
    from resnet_core.cli.printing import Console
    from resnet_core.lab.data.sets import load_data
    from resnet_core.lab.training.distributed import ALONE

    monkeypatch.setattr(
        "resnet_core.cli.printing.Console", lambda **_: Console(force_terminal=True, width=160, stderr=True)
    )
    recipe = recipe_options.make_recipe(RECIPES["race"], {"depth": 8, "width": 4, "epochs": 1, "batch_size": 500})
    training._race(recipe, ["plain", "residual"], load_data("digits"), "cpu", ALONE)
    shown = capsys.readouterr().err
    assert "3/3" in shown
    assert re.search(r"loss: plain \d\.\d{3}, residual \d\.\d{3}", shown)


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
        (("--depth", 57), "depth=57 does not work: it must be 6n+2"),
        (("--optimizer", "lion"), "optimizer='lion' does not work: it must be one of sgd, adamw"),
        (("--init", "he"), "init='he' does not work"),
        (("--norm", "layer"), "norm='layer' does not work: it must be one of batch, none"),
        (("--crop", "scale"), "image_size=None does not work"),
        (("--compare", "plain,residual", "--init", "zero_gamma"), "init='zero_gamma' does not work"),
        (("--compare", "plain,32x4d"), "groups=32 does not work"),
        (("--compare", "plain,deep"), "arms=('plain', 'deep') does not work"),
        (("--compare", "plain,residual", "--out", "folder"), "A race saves nothing"),
        (("--data", "folder", "--data-dir", "nowhere"), "nowhere has no folder train/"),
    ],
)
def test_what_can_not_be_trained_is_refused_with_a_sentence(options, sentence, refuse):
    assert sentence in refuse("train", *options)


def test_a_download_shows_its_progress_on_a_terminal(monkeypatch, capsys):
    from resnet_core.cli.printing import Console
    from resnet_core.lab.data import sources

    data = SimpleNamespace(remarks=())

    def load(_config, _folder, progress):
        progress(50_000_000, 170_000_000)
        return data

    monkeypatch.setattr("resnet_core.cli.printing.Console", lambda **_: Console(force_terminal=True, width=160))
    monkeypatch.setattr(sources, "load_for", load)
    assert recipe_options.load_shown(TrainConfig(), None) is data
    assert "50.0/170.0 MB" in capsys.readouterr().out


PARTS = (
    "train", "--config", "tiny-imagenet", "--width", 4, "--epochs", 2, "--batch-size", 4, "--precision", "fp32",
    "--image-size", 16, "--epoch-sizes", "8,16", "--leave-out", BABOON,
)  # fmt: skip


def test_everyday_classes_are_trained_saved_and_answer_by_name(run, tmp_path):
    """From the official archive on disk to a Classifier that knows its classes, and on with a further cycle."""
    (tmp_path / "tiny-imagenet-200.zip").write_bytes(as_archive(official_files()))
    first = run(*PARTS, "--data-dir", tmp_path, "--out", tmp_path / "first")
    assert first.exit_code == 0, first.stderr
    weights = tmp_path / "first" / "tiny_imagenet_resnet18.safetensors"
    note = json.loads(weights.with_suffix(".json").read_text())
    assert note["wordnet_ids"] == [GOLDFISH, LADLE, CUP]
    assert (note["validation"]["pictures"], len(note["validation"]["class_accuracy"])) == (3, 3)
    assert len(note["history"]) == 2
    assert f"--leave-out {BABOON}" in note["command"]
    classifier = Classifier.load(weights)
    assert classifier.weights.classes == ("goldfish", "cup (ladle)", f"cup ({CUP})")
    assert (classifier.weights.wordnet_ids, classifier.weights.remarks) == ((GOLDFISH, LADLE, CUP), ())
    assert classifier.weights.preprocessing.crop_size == classifier.weights.preprocessing.resize_size == 16
    assert classifier.weights.top1 == note["validation"]["top1"]
    assert {one.label for one in classifier.predict(jpeg(10), top_k=3).top} == set(classifier.weights.classes)
    again = run(*PARTS, "--data-dir", tmp_path, "--out", tmp_path / "first")
    assert again.stdout == first.stdout, "told again, not trained again"
    further = (*PARTS[:-1], "none", "--data-dir", tmp_path, "--out", tmp_path / "second", "--initial-weights", weights)
    said = "All of tiny_imagenet_resnet18.safetensors but its classifier was taken: that is for 3 classes, and the data"
    second = run(*further)
    assert (second.exit_code, f"{said} has 4." in second.stdout) == (0, True)
    longer = json.loads((tmp_path / "second" / "tiny_imagenet_resnet18.json").read_text())
    assert longer["initial_weights_note"].startswith(said)
    assert longer["initial_run"]["sha256"] == note["sha256"]


def test_a_class_that_is_no_wordnet_id_is_refused_before_any_data_is_loaded(refuse, tmp_path):
    sentence = refuse("train", "--config", "tiny-imagenet", "--leave-out", "baboon", "--out", tmp_path)
    assert "leave_out=('baboon',) does not work: it must be a tuple of WordNet ids such as n02486410" in sentence
