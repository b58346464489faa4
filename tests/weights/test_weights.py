import hashlib
import json
import pickle
from collections import OrderedDict
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torchvision import models

from resnet_core.errors import WeightsError
from resnet_core.models.network import build_model
from resnet_core.weights.library import (
    BUNDLED_FOLDER,
    DEFAULT_WEIGHTS,
    FOLDER_VARIABLE,
    Preprocessing,
    Unreadable,
    fetch_weights,
    find_weights,
    list_weights,
    load_weights,
    survey_weights,
)

TEN = (
    "resnet18", "resnet34", "resnet50", "resnet101", "resnet152", "resnext50_32x4d", "resnext101_32x8d",
    "resnext101_64x4d", "wide_resnet50_2", "wide_resnet101_2",
)  # fmt: skip


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    """torch hub's cache in a folder of the test's own, and no proxy between it and its server."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)


def write_checkpoint(folder, name="mine", **changes):
    """A tiny run's result, as `resnet_core.lab.training.checkpoints.save_trained` writes it."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.safetensors"
    save_file(build_model("cifar_resnet20", seed=0, num_classes=3, widths=(4, 4, 4)).state_dict(), path)
    note = {
        "model": "cifar_resnet20",
        "recipe": {"overrides": [["widths", [4, 4, 4]]], "data": "cifar10"},
        "classes": ["cat", "dog", "frog"],
        "image_size": [32, 32],
        "mean": [0.5, 0.4, 0.3],
        "std": [0.2, 0.3, 0.4],
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "history": [{"validation_error": 0.5}, {"validation_error": 0.1234}],
        **changes,
    }
    path.with_suffix(".json").write_text(json.dumps(note))
    return path


# Sources


def test_torchvisions_versions_are_listed_with_their_own_facts():
    listed = {w.name: w for w in list_weights() if w.source == "published"}
    assert {w.spec.name for w in listed.values()} == set(TEN)
    for name, weights in listed.items():
        network, _, version = name.partition(".")
        theirs = models.get_model_weights(network)[version]
        assert (weights.url, list(weights.classes)) == (theirs.url, theirs.meta["categories"])
        assert weights.top1 == theirs.meta["_metrics"]["ImageNet-1K"]["acc@1"]
        assert f"-{weights.sha256}.pth" in weights.url
        assert len(weights.sha256) == 8
        assert weights.path.parent == Path(torch.hub.get_dir()) / "checkpoints"
        assert weights.availability == "downloadable"
    assert listed["resnet50.IMAGENET1K_V1"].preprocessing == Preprocessing(resize_size=256, crop_size=224)
    assert listed["resnet50.IMAGENET1K_V2"].preprocessing == Preprocessing(resize_size=232, crop_size=224)


@pytest.mark.parametrize("network", TEN)
def test_a_networks_name_means_torchvisions_default(network):
    assert find_weights(network).url == models.get_model_weights(network).DEFAULT.url


@pytest.mark.parametrize("name", [path.stem for path in BUNDLED_FOLDER.glob("cifar_*.safetensors")])
def test_every_bundled_checkpoint_of_cifar_10_is_whole_and_as_good_as_its_kind(name):
    weights = find_weights(name)
    assert weights.availability == weights.source == "bundled"
    assert weights.path.parent == BUNDLED_FOLDER
    assert len(weights.sha256) == 64
    assert weights.top1 >= (86.5 if "resnet" in name else 78)
    assert (len(weights.classes), weights.preprocessing.crop_size) == (10, 32)
    model, _ = load_weights(weights)
    assert all(torch.isfinite(tensor).all() for tensor in model.state_dict().values())


def test_the_bundled_plain_networks_show_the_degradation():
    """He et al. 2015, figure 6 left: the deeper plain network is worse on the pictures that it learned from, too."""
    notes = [json.loads((BUNDLED_FOLDER / f"cifar_plain{n}.json").read_text(encoding="utf-8")) for n in (20, 56)]
    shallow, deep = (note["history"][-1] for note in notes)
    assert deep["train_error"] > 2 * shallow["train_error"]
    assert deep["validation_error"] > 1.5 * shallow["validation_error"]
    assert {note["recipe"]["seed"] for note in notes} == {0}
    assert len({json.dumps(note["recipe"] | {"model": ""}) for note in notes}) == 1


def test_the_default_network_is_bundled_and_named_in_one_place(root):
    assert find_weights(DEFAULT_WEIGHTS).availability == "bundled"
    folders = (root / "pages", root / "resnet_core" / "cli", root / "resnet_core" / "inference")
    naming = [p.name for folder in folders for p in folder.glob("*.py") if f'= "{DEFAULT_WEIGHTS}"' in p.read_text()]
    assert naming == []


def test_a_run_of_ones_own_carries_its_labels_and_preprocessing(tmp_path):
    weights = find_weights(write_checkpoint(tmp_path))
    assert (weights.name, weights.source, weights.availability) == ("mine", "local", "on disk")
    assert weights.preprocessing == Preprocessing(
        resize_size=32, crop_size=32, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4)
    )
    assert (weights.data, weights.top1) == ("cifar10", 87.66)
    model, loaded = load_weights(weights)
    assert loaded.classes == ("cat", "dog", "frog")
    expected = build_model("cifar_resnet20", seed=0, num_classes=3, widths=(4, 4, 4)).state_dict()
    assert all(torch.equal(expected[name], tensor) for name, tensor in model.state_dict().items())
    assert not model.training
    assert not any(p.requires_grad for p in model.parameters())


def test_a_folder_of_yours_is_listed_and_goes_first(tmp_path, monkeypatch):
    write_checkpoint(tmp_path / "yours", "cifar_resnet20")
    (tmp_path / "yours" / "notes.txt").write_text("no weights")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "yours"))
    assert find_weights("cifar_resnet20").source == "local"
    assert list_weights()[0].path == tmp_path / "yours" / "cifar_resnet20.safetensors"


def test_a_published_file_in_a_folder_of_yours_is_found_there(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    path = tmp_path / "resnet50-11ad3fa6.pth"
    path.write_bytes(b"whatever")
    weights = find_weights("resnet50")
    assert (weights.path, weights.availability) == (path, "on disk")
    assert [w.name for w in list_weights()].count("resnet50.IMAGENET1K_V2") == 1
    assert find_weights(path) == replace(weights, size_bytes=8)
    assert fetch_weights(weights) == weights, "what is there is not fetched"


def test_a_stray_file_hides_no_other(tmp_path, monkeypatch, caplog):
    write_checkpoint(tmp_path, "good")
    write_checkpoint(tmp_path, "bad").with_suffix(".json").write_text("{")
    (tmp_path / "mystery.pth").write_bytes(b"")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert [w.name for w in list_weights() if w.source == "local"] == ["good"]
    assert "bad.safetensors is left out" in caplog.text
    assert {one.path.name: one.reason[:37] for one in survey_weights() if isinstance(one, Unreadable)} == {
        "bad.safetensors": "bad.json can't be used: it is no JSON",
        "mystery.pth": "mystery.pth is damaged or no weights ",
    }
    with pytest.raises(WeightsError, match=r"bad\.json can't be used"):
        find_weights("bad")


@pytest.mark.parametrize(
    "changes",
    [{"model": "resnet7"}, {"classes": []}, {"mean": 3}, {"image_size": []}, {"recipe": 1}, {"std": [0, 1, 1]}],
)
def test_a_note_that_makes_no_sense_is_a_sentence(tmp_path, changes):
    with pytest.raises(WeightsError, match=rf"mine\.json can't be used: {next(iter(changes))}="):
        find_weights(write_checkpoint(tmp_path, **changes))


def test_an_unknown_name_offers_the_closest():
    with pytest.raises(WeightsError, match=r"'resnet50\.V2'.*resnet50\.IMAGENET1K_V2"):
        find_weights("resnet50.V2")
    with pytest.raises(WeightsError, match="weights list"):
        find_weights("../../etc/passwd")


# Files


@pytest.fixture
def resnet18(tmp_path):
    """A resnet18 of three classes by torchvision, and where to save it so that its name is recognised."""
    torch.manual_seed(0)
    return models.resnet18(num_classes=3), tmp_path / "resnet18-mine.pth"


@pytest.mark.parametrize("wrap", [lambda s: s, lambda s: {"model": s, "epoch": 3}, lambda s: {"state_dict": s}])
def test_a_pickled_state_dict_loads_bare_or_wrapped(resnet18, wrap):
    model, path = resnet18
    torch.save(wrap(model.state_dict()), path)
    ours, weights = load_weights(path)
    assert weights.classes == ("class 0", "class 1", "class 2")
    model.eval()
    image = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert torch.allclose(ours(image), model(image), rtol=1e-5, atol=1e-6)


def test_half_precision_old_and_data_parallel_files_load_as_float32(resnet18):
    model, path = resnet18
    state = {f"module.{k}": v.half() for k, v in model.state_dict().items() if "num_batches" not in k}
    torch.save(state, path)
    ours, _ = load_weights(path)
    assert {p.dtype for p in ours.parameters()} == {torch.float32}
    assert torch.allclose(ours.conv1.weight, model.conv1.weight, atol=1e-3)


class Evil:
    def __reduce__(self):
        return Path.touch, (Path(self.target),)


@pytest.mark.parametrize("save", [torch.save, lambda what, path: path.write_bytes(pickle.dumps(what, protocol=2))])
def test_a_pickle_with_code_is_refused_and_never_run(resnet18, tmp_path, save):
    evil = Evil()
    evil.target = str(tmp_path / "was here")
    save({"conv1.weight": evil}, resnet18[1])
    with pytest.raises(WeightsError, match=r"refused: it holds a Python object, getattr, whose code would have to run"):
        load_weights(resnet18[1])
    assert not (tmp_path / "was here").exists()


def test_a_whole_pickled_network_is_refused(resnet18):
    torch.save(*resnet18)
    with pytest.raises(WeightsError, match="refused"):
        load_weights(resnet18[1])


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"<html>404</html>", b"PK\x03\x04" + b"x" * 99, b"\x80\x02."])
@pytest.mark.parametrize("name", ["resnet18-a.pth", "resnet18-a.pt", "resnet18-a.safetensors"])
def test_a_damaged_file_is_a_sentence(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(WeightsError, match=r"damaged or no weights file|is a web page, not weights"):
        load_weights(tmp_path / name)


def test_a_file_cut_anywhere_is_a_sentence(resnet18, tmp_path):
    small = OrderedDict(weight=torch.ones(300))
    torch.save(small, resnet18[1])
    save_file(small, tmp_path / "resnet18-b.safetensors")
    for path in (resnet18[1], tmp_path / "resnet18-b.safetensors"):
        data = path.read_bytes()
        for length in range(0, len(data) - 1, 97):
            path.write_bytes(data[:length])
            with pytest.raises(WeightsError):
                load_weights(path)


@pytest.mark.parametrize("content", [{}, [1, 2], {"epoch": 3}, torch.ones(3), {3: torch.ones(3)}])
def test_a_file_without_a_state_dict_is_a_sentence(resnet18, content):
    torch.save(content, resnet18[1])
    with pytest.raises(WeightsError, match="no state dict"):
        load_weights(resnet18[1])


def test_weights_of_another_network_name_what_is_missing_and_what_does_not_fit(tmp_path):
    path = tmp_path / "mine.pth"
    path.with_suffix(".json").write_text('{"model": "resnet34"}')
    state = models.resnet18(num_classes=5).state_dict()
    state["conv1.weight"] = torch.zeros(64, 1, 7, 7)
    state["extra.weight"] = torch.zeros(1)
    torch.save(state, path)
    with pytest.raises(WeightsError) as caught:
        load_weights(path)
    sentence = str(caught.value)
    assert "does not fit resnet34" in sentence
    assert "missing (layer1.2.conv1.weight" in sentence
    assert "1 unknown to it (extra.weight)" in sentence
    assert "conv1.weight: (64, 1, 7, 7) instead of (64, 3, 7, 7)" in sentence


def test_a_note_with_other_classes_than_the_weights_is_refused(tmp_path):
    with pytest.raises(WeightsError, match=r"fc.weight: \(3, 4\) instead of \(2, 4\)"):
        load_weights(write_checkpoint(tmp_path, classes=["cat", "dog"]))


def test_a_file_whose_hash_is_wrong_is_not_opened(tmp_path):
    path = write_checkpoint(tmp_path)
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(WeightsError, match="not the file it should be"):
        load_weights(path)


def test_a_missing_file_says_how_to_get_it(tmp_path):
    with pytest.raises(WeightsError, match=r"weights fetch resnet50\.IMAGENET1K_V2.*RESNET_WEIGHTS_DIR"):
        load_weights("resnet50")
    weights = find_weights(write_checkpoint(tmp_path))
    weights.path.unlink()
    with pytest.raises(WeightsError, match="not on this machine"):
        load_weights(weights)
    with pytest.raises(WeightsError, match=r"no weights file .*resnet50-mine\.pth"):
        load_weights(tmp_path / "resnet50-mine.pth")


def test_what_has_no_address_can_not_be_fetched(tmp_path):
    path = write_checkpoint(tmp_path)
    assert fetch_weights(find_weights(path)).path == path
    weights = find_weights(path)
    path.unlink()
    with pytest.raises(WeightsError, match="no address"):
        fetch_weights(weights)
