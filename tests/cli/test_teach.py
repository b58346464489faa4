"""teach on the command line: folders in, a network and its table out."""

import json

import pytest
import torch

import resnet_core as rc
from resnet_core.bench import teach as teach_bench
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach import tuning
from tests.lab.teach.conftest import photo


@pytest.fixture
def folder(tmp_path):
    from sklearn.datasets import load_digits

    data = load_digits()
    for name, digit in {"zero": 0, "one": 1}.items():
        (tmp_path / "photos" / name).mkdir(parents=True)
        for number, pixels in enumerate(data.images[data.target == digit][:6]):
            (tmp_path / "photos" / name / f"{number}.jpg").write_bytes(photo(pixels))
    return tmp_path / "photos"


def test_a_folder_becomes_a_network_and_a_table(run, folder, tmp_path):
    (folder / "one" / "broken.jpg").write_bytes(b"nothing")
    out = tmp_path / "mine.safetensors"
    said = run("teach", folder, "--network", "cifar_resnet20", "--out", out).stdout
    assert "of 12 right: between" in said
    assert "Left out: " in said
    assert "broken.jpg" in said
    assert rc.Classifier.load(out).weights.classes == ("one", "zero")
    assert (tmp_path / "cache" / "features.sqlite").is_file()


def test_what_cannot_be_taught_is_refused_before_a_network_is_loaded(refuse, folder, tmp_path):
    out = tmp_path / "mine.safetensors"
    assert "is no folder" in refuse("teach", tmp_path / "nowhere", "--out", out)
    assert "its ending must be .safetensors or .onnx" in refuse("teach", folder, "--out", tmp_path / "mine.pth")
    assert "--fine-tune='head'" in refuse("teach", folder, "--out", out, "--fine-tune", "head")
    (tmp_path / "empty").mkdir()
    assert "holds no pictures" in refuse("teach", tmp_path / "empty", "--out", out)
    assert not out.exists()


def test_what_of_the_folders_is_no_photo_is_said_once_before_the_work(run, folder, tmp_path):
    (folder / "cat").mkdir()
    (folder / ".DS_Store").write_bytes(b"")
    held_out = tmp_path / "later"
    (held_out / "one").mkdir(parents=True)
    (folder / "one" / "5.jpg").rename(held_out / "one" / "5.jpg")
    for at in (folder / "cat", folder / "one", held_out / "one"):
        (at / "IMG_1.HEIC").write_bytes(b"")
    words = ("teach", folder, "--network", "cifar_resnet20", "--held-out", held_out, "--out")
    said = run(*words, tmp_path / "mine.safetensors").stderr.splitlines()
    assert [line for line in said if line] == [
        "Left out: cat in photos/, without a picture in it.",
        "Left out: photos/cat/IMG_1.HEIC, photos/one/IMG_1.HEIC, of an ending that is not read: "
        "save photos as JPEG or PNG.",
        "Left out: later/one/IMG_1.HEIC, of an ending that is not read: save photos as JPEG or PNG.",
    ]


def test_a_class_too_few_is_refused_with_what_was_left_out(refuse, folder, tmp_path):
    for file in (folder / "one").iterdir():
        file.rename(file.with_suffix(".HEIC"))
    said = refuse("teach", folder, "--out", tmp_path / "mine.safetensors")
    assert "1 class can't be taught" in said
    assert "Left out: one in photos/, without a picture in it." in said
    assert "photos/one/2.HEIC and 3 more, of an ending that is not read" in said
    for file in (folder / "zero").iterdir():
        file.unlink()
    said = refuse("teach", folder, "--out", tmp_path / "mine.safetensors")
    assert "holds no pictures" in said
    assert "Left out: one, zero in photos/" in said


@pytest.mark.slow
def test_a_fine_tuned_network_is_written_as_onnx_which_answers_alike(run, folder, tmp_path):
    import onnxruntime
    from safetensors.torch import load_file

    words = ("teach", folder, "--network", "cifar_resnet20", "--fine-tune", "last-stage", "--no-cache", "--out")
    said = run(*words, tmp_path / "mine.onnx").stdout
    assert "of 12 right: between" in said
    run(*words, tmp_path / "mine.safetensors")
    mine = rc.Classifier.load(tmp_path / "mine.safetensors", precision="fp32", backend="eager")
    theirs = load_file(rc.Classifier.load("cifar_resnet20").weights.path)
    assert not mine.model.state_dict()["layer3.2.conv2.weight"].equal(theirs["layer3.2.conv2.weight"].float())
    session = onnxruntime.InferenceSession(tmp_path / "mine.onnx")
    note = json.loads(session.get_modelmeta().custom_metadata_map["note"])
    assert (note["classes"], note["source"]) == (["one", "zero"], "features of cifar_resnet20, fine-tuned: conv4_x")
    x = torch.cat([to_batch([mine.seen(file)], mine.weights.preprocessing) for file in sorted(folder.rglob("*.jpg"))])
    with torch.inference_mode():
        ours = mine.model(x).numpy()
    assert session.run(None, {"pictures": x.numpy()})[0] == pytest.approx(ours, abs=0.01)


@pytest.mark.slow
def test_the_benchmark_has_a_row_for_each_part_and_scikit_learn_beside_the_head(run, monkeypatch):
    monkeypatch.setattr(teach_bench, "SIZES", {"1 megapixel": (160, 120)})
    monkeypatch.setattr(tuning, "STEPS", 1)
    found = json.loads(run("bench", "teach", "--photos", 4, "--repeats", 1, "--json").stdout)
    assert [(row["model"], row["engine"]) for row in found["rows"]] == [
        ("features, photos of 1 megapixel", "resnet_core"),
        ("the head", "resnet_core"),
        ("the head", "scikit-learn"),
        ("a new photo", "resnet_core"),
        ("a new photo on the page, with its heat map", "resnet_core"),
        ("thirty digits", "resnet_core"),
        ("thirty digits", "scikit-learn"),
        ("thirty digits", "fine-tuning the last stage"),
        ("thirty digits", "fine-tuning all of it"),
    ]
    right = {what.removeprefix("thirty digits, "): number for what, number in found["facts"].items()}
    assert len(right) == 4
    assert all(40 < number <= 60 for number in right.values())
    assert abs(right["resnet_core, right of 60"] - right["scikit-learn, right of 60"]) <= 1, "one optimum"
    assert found["notes"] == [
        "CIFAR-10 does not lie on this machine. `resnet-explainer train --data cifar10` fetches it."
    ]
