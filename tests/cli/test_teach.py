"""teach on the command line: folders in, a network and its table out."""

import json

import pytest

import resnet_core as rc
from resnet_core.bench import teach as teach_bench
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
    (tmp_path / "empty").mkdir()
    assert "holds no pictures" in refuse("teach", tmp_path / "empty", "--out", out)
    assert not out.exists()


@pytest.mark.slow
def test_the_benchmark_has_a_row_for_each_part_and_scikit_learn_beside_the_head(run, monkeypatch):
    monkeypatch.setattr(teach_bench, "SIZES", {"1 megapixel": (160, 120)})
    rows = json.loads(run("bench", "teach", "--photos", 4, "--repeats", 1, "--json").stdout)["rows"]
    assert [(row["model"], row["engine"]) for row in rows] == [
        ("features, photos of 1 megapixel", "resnet_core"),
        ("the head", "resnet_core"),
        ("the head", "scikit-learn"),
        ("a new photo", "resnet_core"),
    ]
