import csv
import json
from io import StringIO

import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from resnet_core.models.network import build_model

LABELS = ["cat", "dog", "frog"]


@pytest.fixture(autouse=True)
def weights(tmp_path, monkeypatch):
    """A network of three classes under the name `small`; `dog` always wins."""
    folder = tmp_path / "weights"
    folder.mkdir()
    model = build_model("cifar_resnet20", seed=0, num_classes=3, widths=(4, 4, 4))
    model.fc.bias.data = torch.tensor([0.0, 50.0, 1.0])
    save_file(model.state_dict(), folder / "small.safetensors")
    note = {
        "model": "cifar_resnet20", "recipe": {"overrides": [["widths", [4, 4, 4]]]}, "classes": LABELS,
        "image_size": [32, 32], "mean": [0.5] * 3, "std": [0.25] * 3,
    }  # fmt: skip
    (folder / "small.json").write_text(json.dumps(note))
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(folder))


@pytest.fixture
def photos(tmp_path):
    """A folder with two pictures and a note, and a file that is no picture beside it."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for name, colour in (("a.png", "red"), ("b.JPG", "green")):
        Image.new("RGB", (40, 30), colour).save(folder / name)
    (folder / "notes.txt").write_text("not a picture")
    (tmp_path / "fake.png").write_bytes(b"")
    return folder


def test_each_photo_has_a_table_with_its_probabilities(photos, run):
    result = run("classify", photos / "a.png", photos / "b.JPG", "--weights", "small", "--top-k", 2)
    assert result.exit_code == 0
    assert result.stdout.count("dog") == 3  # once for each picture, once among the classes it knows
    assert "knows 3 classes: cat, dog, frog" in result.stdout


def test_a_folder_stands_for_its_pictures(photos, run):
    answers = json.loads(run("classify", photos, "--weights", "small", "--format", "json").stdout)
    assert [answer["photo"] for answer in answers] == [str(photos / "a.png"), str(photos / "b.JPG")]
    assert answers[0]["top"][0]["label"] == "dog"
    assert sum(scored["probability"] for scored in answers[0]["top"]) == pytest.approx(1)


def test_csv_has_one_row_for_each_class_asked_for(photos, run):
    rows = list(
        csv.DictReader(StringIO(run("classify", photos, "--weights", "small", "--top-k", 2, "--format", "csv").stdout))
    )
    assert [(row["rank"], row["label"]) for row in rows] == [("1", "dog"), ("2", rows[1]["label"])] * 2


def test_a_bad_file_is_named_and_the_others_go_on(photos, run):
    bad = photos.parent / "fake.png"
    result = run("classify", bad, photos / "a.png", photos / "gone.png", "--weights", "small", "--format", "csv")
    assert result.exit_code == 2
    first, second = result.stderr.splitlines()
    assert first.startswith(f"{bad}: The file is empty")
    assert second.startswith(f"{photos / 'gone.png'} can't be read")
    assert len(result.stdout.splitlines()) == 1 + 3


def test_a_folder_without_pictures_is_said_to_be_none(tmp_path, run):
    (tmp_path / "empty").mkdir()
    result = run("classify", tmp_path / "empty", "--weights", "small")
    assert (result.exit_code, result.stdout) == (2, "")
    assert str(tmp_path / "empty") in result.stderr


def test_weights_that_do_not_exist_are_refused_before_any_photo_is_read(photos, refuse):
    assert refuse("classify", photos / "gone.png", "--weights", "nothing").startswith("No weights are named 'nothing'.")


def test_fewer_than_one_class_is_refused(photos, refuse):
    assert "top-k" in refuse("classify", photos, "--top-k", 0)
