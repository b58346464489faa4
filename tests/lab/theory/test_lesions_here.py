import numpy as np
import pytest
import torch
from PIL import Image

import resnet_core as rc
from resnet_core.errors import DataError
from resnet_core.lab.data.available import cifar10_on_disk
from resnet_core.lab.theory.lesions_here import block_lesions, cifar_test, digit_lesions


@pytest.fixture
def pictures(monkeypatch, tmp_path):
    """Class folders as the cache may hold them: picture n of class k has the red value 10 k + n."""
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))
    root = tmp_path / "data" / "cifar10"
    for part in ("train", "test"):
        for label in range(10):
            folder = root / part / f"class{label}"
            folder.mkdir(parents=True)
            for number in range(4):
                Image.fromarray(np.full((32, 32, 3), 10 * label + number, np.uint8)).save(folder / f"{number}.png")
    return root


def test_test_pictures_come_from_each_class_in_turn_wherever_they_begin(pictures):
    assert cifar10_on_disk() == pictures
    network, images, labels = cifar_test("cifar_resnet20", 20)
    assert labels.tolist() == [*range(10), *range(10)]
    later = cifar_test("cifar_resnet20", 10, start=10)[1]
    assert torch.equal(images[10:], later)
    assert network.spec.name == "cifar_resnet20"
    whole = rc.Classifier.load("cifar_resnet20", device="cpu").weights.preprocessing
    red = images[13, 0, 0, 0] * whole.std[0] * 255 + whole.mean[0] * 255
    assert float(red) == pytest.approx(31, abs=1e-3)  # picture 1 of class 3


def test_two_hundreds_of_a_block_add_up_to_both(pictures):
    parts = [block_lesions("cifar_resnet20", "layer3.2", start, 10) for start in (0, 10)]
    both = parts[0] + parts[1]
    assert both.pictures == 20
    assert both.wrong == parts[0].wrong + parts[1].wrong
    assert {one.block for one in both.lesions} == {"layer3.2"}
    for one in both.lesions:
        assert one.wrong == both.wrong + one.broken - one.mended


def test_where_there_are_no_pictures_it_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path))
    assert cifar10_on_disk() is None
    with pytest.raises(DataError, match="CIFAR-10 does not lie in"):
        block_lesions("cifar_resnet20", "layer1.0")


def test_on_digits_the_first_block_matters_more_than_the_last():
    """Were lesions of a small network without effect, both would cost nothing."""
    told = []
    found = digit_lesions(progress=told.append)
    assert found.wrong < 0.1 * found.pictures
    assert found.costs()["layer1.0"] > found.costs()["layer3.2"] + 10
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1)
