import gzip
import hashlib
import pickle
import struct

import numpy as np
import pytest
import torch

from resnet_core.errors import DataError
from resnet_core.lab.data.sets import load_data, make_data_set


def test_the_digits_are_there_without_a_network(monkeypatch):
    monkeypatch.setattr("urllib.request.urlopen", lambda *_: pytest.fail("asked the network"))
    digits = load_data("digits")
    assert digits.train_images.shape == (1500, 1, 8, 8)
    assert digits.validation_images.shape == (297, 1, 8, 8)
    assert digits.train_images.dtype == torch.uint8
    assert digits.train_labels.dtype == torch.int64
    assert digits.classes == tuple("0123456789")
    assert (digits.channels, digits.image_size, digits.validation_split) == (1, (8, 8), "held out")
    assert set(digits.train_labels.tolist()) == set(digits.validation_labels.tolist()) == set(range(10))
    assert digits.train_images.max() == 255  # 16 levels stretched to the whole byte


def test_mean_and_deviation_are_of_the_training_pictures_per_channel(tiny_data):
    values = tiny_data.train_images.numpy() / 255
    assert tiny_data.mean == pytest.approx(values.mean((0, 2, 3)))
    assert tiny_data.std == pytest.approx(values.std((0, 2, 3), ddof=1))


def test_a_set_moves_to_another_device_as_a_whole(tiny_data):
    moved = tiny_data.to(torch.device("meta"))
    assert moved.validation_labels.device.type == moved.train_images.device.type == "meta"
    assert (moved.classes, moved.mean, moved.std) == (tiny_data.classes, tiny_data.mean, tiny_data.std)


def test_an_unknown_set_is_refused_with_those_that_exist():
    with pytest.raises(DataError, match=r"'mnist'.*digits, cifar10, fashion-mnist, tiny-imagenet, folder"):
        load_data("mnist")


def test_parts_of_different_sizes_are_refused(tiny_data):
    train = (tiny_data.train_images, tiny_data.train_labels)
    validation = (tiny_data.validation_images[..., :7], tiny_data.validation_labels)
    with pytest.raises(DataError, match="8x8 and 7x8 pixels"):
        make_data_set("odd", tiny_data.classes, train, validation, "test")


@pytest.fixture
def cifar_on_disk(tmp_path, monkeypatch):
    """CIFAR-10's five training files and one test file with two pictures each, as torchvision unpacks them."""
    from torchvision.datasets import CIFAR10

    folder = tmp_path / CIFAR10.base_folder
    folder.mkdir()
    pictures = np.random.default_rng(0).integers(0, 256, (12, 3, 32, 32), dtype=np.uint8)

    def write(name, content):
        data = pickle.dumps(content)
        (folder / name).write_bytes(data)
        return [name, hashlib.md5(data).hexdigest()]

    names = [name for name, _ in [*CIFAR10.train_list, *CIFAR10.test_list]]
    listed = [
        write(name, {"data": pictures[2 * i : 2 * i + 2].reshape(2, -1), "labels": [i, 9 - i]})
        for i, name in enumerate(names)
    ]
    meta = write("batches.meta", {"label_names": [f"kind{i}" for i in range(10)]})
    monkeypatch.setattr(CIFAR10, "train_list", listed[:5])
    monkeypatch.setattr(CIFAR10, "test_list", listed[5:])
    monkeypatch.setattr(CIFAR10, "meta", {"filename": meta[0], "key": "label_names", "md5": meta[1]})
    return tmp_path, pictures


def test_cifar10_is_read_as_torchvision_keeps_it_on_disk(cifar_on_disk):
    folder, pictures = cifar_on_disk
    cifar = load_data("cifar10", folder)
    np.testing.assert_array_equal(cifar.train_images.numpy(), pictures[:10])
    np.testing.assert_array_equal(cifar.validation_images.numpy(), pictures[10:])
    assert cifar.train_labels.tolist() == [0, 9, 1, 8, 2, 7, 3, 6, 4, 5]
    assert cifar.validation_labels.tolist() == [5, 4]
    assert cifar.classes[:2] == ("kind0", "kind1")
    assert cifar.validation_split == "test"


def test_fashion_mnist_is_read_as_torchvision_keeps_it_on_disk(tmp_path):
    raw = tmp_path / "FashionMNIST" / "raw"
    raw.mkdir(parents=True)
    pictures = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    for stem, part in {"train": pictures[:3], "t10k": pictures[3:]}.items():
        count = len(part)
        images = struct.pack(">IIII", 0x803, count, 28, 28) + part.tobytes()
        labels = struct.pack(">II", 0x801, count) + bytes(range(count))
        for name, content in {"images-idx3-ubyte": images, "labels-idx1-ubyte": labels}.items():
            (raw / f"{stem}-{name}").write_bytes(content)
            (raw / f"{stem}-{name}.gz").write_bytes(gzip.compress(content))
    fashion = load_data("fashion-mnist", tmp_path)
    np.testing.assert_array_equal(fashion.train_images.numpy(), pictures[:3, None])
    assert fashion.validation_labels.tolist() == [0, 1]
    assert fashion.classes[9] == "Ankle boot"
