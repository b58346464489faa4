from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from torchvision.models import ResNet50_Weights

from resnet_core.inference.preprocessing import crop_frames, seen_image, ten_crops, to_batch
from resnet_core.inference.steps import channel_ranges, compare_versions, describe_crop
from resnet_core.weights.library import find_weights, list_weights
from resnet_core.weights.record import Preprocessing

V1, V2 = Preprocessing(), Preprocessing(resize_size=232)
CIFAR = Preprocessing(resize_size=32, crop_size=32)


def gradient(size):
    """Red grows from left to right, green from top to bottom: a colour is a place."""
    width, height = size
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    return Image.fromarray(np.stack([x, y, np.zeros_like(x)], -1).round().astype(np.uint8))


@pytest.mark.parametrize("preprocessing", [V1, V2, CIFAR])
@pytest.mark.parametrize("size", [(640, 427), (300, 500), (256, 256), (4000, 100), (60, 3000)])
def test_the_frame_lies_where_the_crop_was_taken(size, preprocessing):
    image = gradient(size)
    ((left, top, right, bottom),) = crop_frames(size, preprocessing)
    seen = np.asarray(seen_image(image, preprocessing), float) / 255
    assert seen[:, 0, 0].mean() == pytest.approx(left, abs=0.03)
    assert seen[:, -1, 0].mean() == pytest.approx(right, abs=0.03)
    assert seen[0, :, 1].mean() == pytest.approx(top, abs=0.03)
    assert seen[-1, :, 1].mean() == pytest.approx(bottom, abs=0.03)


@pytest.mark.parametrize("preprocessing", [V1, CIFAR])
def test_five_frames_lie_where_the_ten_crops_were_taken(preprocessing):
    image = gradient((640, 427))
    frames = crop_frames(image.size, preprocessing, 10)
    assert len(frames) == 5
    for frame, crop in zip(frames, ten_crops(image, preprocessing)[:5], strict=True):
        middle = np.asarray(crop, float)[crop.height // 2, crop.width // 2] / 255
        assert ((frame[0] + frame[2]) / 2, (frame[1] + frame[3]) / 2) == pytest.approx(tuple(middle[:2]), abs=0.03)
        assert min(frame) >= 0
        assert max(frame) <= 1


@pytest.mark.parametrize("preprocessing", [V1, CIFAR, Preprocessing(mean=(0.5,), std=(0.25,))])
def test_the_ranges_are_those_of_the_batch(preprocessing):
    seen = seen_image(gradient((90, 70)), preprocessing)
    batch = to_batch([seen], preprocessing)[0]
    ranges = channel_ranges(seen, preprocessing)
    assert [one.lowest for one in ranges] == pytest.approx(batch.amin((1, 2)).tolist(), abs=1e-5)
    assert [one.highest for one in ranges] == pytest.approx(batch.amax((1, 2)).tolist(), abs=1e-5)
    assert [one.mean for one in ranges] == pytest.approx(batch.mean((1, 2)).tolist(), abs=1e-4)
    assert all(one.black <= one.lowest <= one.mean <= one.highest <= one.white for one in ranges)


def test_what_is_kept_is_said_in_words():
    assert "256 pixels, and the middle 224×224 are cut out: 87.5 % of that side" in describe_crop(V1)
    assert "232 pixels" in describe_crop(V2)
    assert "all of it" in describe_crop(CIFAR)
    assert "37 pixels; the corners and the middle, 32×32 each" in describe_crop(CIFAR, 10)


def test_the_versions_of_a_networks_weights_are_compared_by_torchvisions_own_numbers():
    sentence = compare_versions(find_weights("resnet50.IMAGENET1K_V2"), list_weights())
    for version in ResNet50_Weights:
        crop = version.transforms()
        assert f"{version.name} " in sentence
        assert f" to {crop.resize_size[0]}" in sentence
        assert f"{(crop.crop_size[0] / crop.resize_size[0]) ** 2 * 100:.0f} %" in sentence
    assert "IMAGENET1K_V2 resizes to 232, resnet50.IMAGENET1K_V1 to 256 before both cut 224" in sentence


def test_weights_with_one_version_or_the_same_preprocessing_are_compared_with_nothing():
    mine = find_weights("resnet18")
    assert compare_versions(mine, list_weights()) == ""
    assert compare_versions(mine, [replace(mine, name="other")]) == ""
