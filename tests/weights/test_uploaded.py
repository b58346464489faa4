"""Weights that somebody sent: what they are, and what a stranger's file may not do."""

import hashlib
import io
import json
import pickle
import random
import zipfile
from pathlib import Path

import pytest
import torch
from safetensors.torch import save
from torchvision import models

from resnet_core.errors import WeightsError
from resnet_core.models.network import build_model
from resnet_core.weights import uploaded
from resnet_core.weights.class_names import read_class_names
from resnet_core.weights.upload import Upload
from resnet_core.weights.uploaded import describe_upload, load_upload


@pytest.fixture(scope="module")
def small():
    """Tensors of a residual network of three classes, small enough to be saved often."""
    return build_model("resnet18", seed=0, num_classes=3, widths=(4, 8, 8, 8), depths=(1, 1, 1, 1)).state_dict()


def saved(held, name="best.ckpt"):
    file = io.BytesIO()
    torch.save(held, file)
    return Upload(name, file.getvalue())


def note(told, name="best.json"):
    return Upload(name, (told if isinstance(told, str) else json.dumps(told)).encode())


def test_a_checkpoint_of_torchvision_answers_as_torchvision_does():
    torch.manual_seed(0)
    theirs = models.resnet18(num_classes=5).eval()
    upload = saved({"epoch": 3, "model_state_dict": theirs.state_dict()})
    weights = describe_upload(upload, note({"classes": list("vwxyz"), "image_size": 96}))
    assert (weights.name, weights.spec.name, weights.source, weights.availability) == (
        "best", "resnet18", "sent", "in memory",
    )  # fmt: skip
    assert weights.classes == ("v", "w", "x", "y", "z")
    assert weights.preprocessing.crop_size == 96
    assert weights.sha256 == hashlib.sha256(upload.data).hexdigest()
    assert weights.remarks == ("No note gives mean and std: ImageNet's are assumed.",)
    picture = torch.randn(1, 3, 96, 96)
    with torch.inference_mode():
        torch.testing.assert_close(load_upload(upload, weights)(picture), theirs(picture), rtol=1e-4, atol=1e-5)


def test_a_safetensors_file_with_a_note_in_it_is_read_from_memory(small):
    upload = Upload("a.safetensors", save(small, {"note": json.dumps({"classes": ["x", "y", "z"]})}))
    weights = describe_upload(upload)
    assert weights.classes == ("x", "y", "z")
    assert set(load_upload(upload, weights).state_dict()) == set(small)
    assert describe_upload(upload, note({"classes": ["u", "v", "w"]})).classes == ("u", "v", "w"), "beside wins"


def test_what_is_asked_for_counts_more_than_the_note(small):
    beside = note({"classes": ["x", "y", "z"], "image_size": 96, "mean": [0.1] * 3, "std": [0.2] * 3})
    weights = describe_upload(saved(small), beside, {"classes": ["u", "v", "w"], "mean": [0.5] * 3})
    assert weights.classes == ("u", "v", "w")
    assert (weights.preprocessing.crop_size, weights.preprocessing.mean) == (96, (0.5, 0.5, 0.5))
    assert weights.preprocessing.std == (0.2, 0.2, 0.2)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("cat\ndog\n\nfrog\n", "labels.txt"),
        ("cat, dog, frog", "labels.txt"),
        ('["cat", "dog", "frog"]', "labels.json"),
        ('{"cat": 0, "frog": 2, "dog": 1}', "labels.json"),
        ('{"0": "cat", "1": "dog", "2": "frog"}', "labels.txt"),
        ('\ufeff{"classes": ["cat", "dog", "frog"]}', "best.json"),
    ],
)
def test_a_list_of_names_alone_is_a_note_too(small, text, name):
    assert describe_upload(saved(small), note(text, name)).classes == ("cat", "dog", "frog")


def test_names_are_read_as_people_write_them():
    assert read_class_names("great white shark\nhen") == ["great white shark", "hen"]
    assert read_class_names(" a , b ") == ["a", "b"]
    with pytest.raises(WeightsError, match="begin as JSON and are none"):
        read_class_names('["a"')


@pytest.mark.parametrize(
    ("beside", "asked", "words"),
    [
        ({"classes": ["a", "b"]}, {}, "has 2 classes, the network 3 outputs"),
        ({}, {"classes": ["a", "b"]}, "You gave 2 class names, and best.ckpt has 3 outputs"),
        ({"model": "resnet50"}, {}, "does not fit resnet50, which its note names"),
        ({"mean": [0.5], "std": [0.5]}, {}, "mean has 1 values for 3 channels"),
        ({"sha256": "0" * 64}, {}, "is not the file that its note means"),
        ({"image_size": 1024}, {}, "a page takes at most 512"),
        ({"classes": ["a", "b", "c" * 1000]}, {}, "a name of 1,000 letters"),
        ("{", {}, "it is no JSON"),
    ],
)
def test_a_note_that_contradicts_the_file_is_refused_by_what_is_wrong(small, beside, asked, words):
    with pytest.raises(WeightsError, match=words):
        describe_upload(saved(small), note(beside), asked)


def bomb():
    """A ZIP archive of half a kilobyte that PyTorch would unpack to 10 MB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("archive/data.pkl", pickle.dumps({}, protocol=2))
        archive.writestr("archive/data/0", bytes(10_000_000))
    return file.getvalue()


def one_number_for_many():
    """A tensor of 4 GB that is one number in the file."""
    return {"conv1.weight": torch.zeros(1).expand(10**9), "fc.weight": torch.zeros(3, 8)}


def cut(data):
    return data[: len(data) * 2 // 3]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda small: bomb(), "compressed archive that unpacks to 10 MB"),
        (lambda small: saved(one_number_for_many()).data, "names 1,000,000,024 numbers and has"),
        (lambda small: cut(saved(small).data), "cut off"),
        (lambda small: cut(save(small)), "damaged or no weights file"),
        (lambda small: pickle.dumps({"a": Path("x")}, protocol=2), "it holds a Python object"),
        (lambda small: saved({"model": Path("x")}).data, "it holds a Python object"),
        (lambda small: pickle.dumps({"a": 1}, protocol=4), "is a Python pickle, and those could run code"),
        (lambda small: b"", "it is empty"),
        (lambda small: b"<html>404</html>", "is a web page"),
        (lambda small: b"\x89HDF\r\n\x1a\n" + bytes(100), "is an HDF5 file"),
        (lambda small: bytes(1000), "damaged or no weights file"),
        (lambda small: saved(torch.nn.Conv2d(3, 4, 3).state_dict()).data, "is of no ResNet"),
        (lambda small: saved({f"layer{n}.0.conv1.weight": torch.ones(1) for n in range(40)}).data, "in 40 stages"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_with_the_true_cause(small, make, words):
    with pytest.raises(WeightsError, match=words):
        describe_upload(Upload("best.ckpt", make(small)))


def test_numbers_that_are_none_are_refused_when_it_is_loaded(small):
    upload = saved(small | {"fc.bias": torch.tensor([0.0, torch.nan, 1.0])})
    with pytest.raises(WeightsError, match=r"1 value of fc\.bias is not a number"):
        load_upload(upload, describe_upload(upload))


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize("form", ["zip", "legacy", "safetensors"])
def test_a_file_with_changed_bytes_is_read_or_refused_and_nothing_else(small, form):
    if form == "safetensors":
        whole = save(small)
    else:
        file = io.BytesIO()
        torch.save({"state_dict": small}, file, _use_new_zipfile_serialization=form == "zip")
        whole = file.getvalue()
    chance, refused = random.Random(0), 0
    for _ in range(60):
        data = bytearray(whole)
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(min(len(data), chance.choice((200, 3000, len(data)))))] = chance.randrange(256)
        upload = Upload("a.pt", bytes(data))
        try:
            load_upload(upload, describe_upload(upload))
        except WeightsError:
            refused += 1
    assert refused > 0


def test_a_record_of_a_run_of_this_package_decides_what_shapes_leave_open():
    tensors = build_model("cifar_resnet20", seed=0, num_classes=3, widths=(4, 4, 4)).state_dict()
    told = {
        "model": "cifar_resnet20", "recipe": {"overrides": [["widths", [4, 4, 4]]]}, "classes": ["a", "b", "c"],
        "image_size": 32, "mean": [0.5] * 3, "std": [0.25] * 3,
    }  # fmt: skip
    weights = describe_upload(saved(tensors), note(told))
    assert (weights.spec.name, weights.spec.widths) == ("cifar_resnet20", (4, 4, 4))
    assert weights.remarks == ()


def test_a_page_takes_no_more_classes_than_it_can_show(small, monkeypatch):
    monkeypatch.setattr(uploaded, "MOST_CLASSES", 2)
    with pytest.raises(WeightsError, match="3 classes; a page takes at most 2"):
        describe_upload(saved(small))
