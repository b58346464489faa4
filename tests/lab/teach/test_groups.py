"""Bursts and near copies are one; different photos are not."""

import numpy as np
import pytest

from resnet_core.inference.samples import load_sample
from resnet_core.lab.teach.groups import group_photos
from resnet_core.lab.teach.photos import Shot, read_photo
from resnet_core.weights.record import Preprocessing

AT_64 = Preprocessing(resize_size=64, crop_size=64)


def groups_of(*sources):
    shots = [source if isinstance(source, Shot) else Shot(source) for source in sources]
    return group_photos([read_photo(shot, 0, "photo", AT_64)[0] for shot in shots]).tolist()


def test_photos_of_one_burst_are_one_group(burst):
    assert groups_of(*burst(3, 3), *burst(5, 2, second=60)) == [0, 0, 0, 1, 1]


def test_a_chain_of_snapshots_is_one_burst_however_long(burst):
    pictures = [burst(number, 1, second=8 * number)[0] for number in range(6)]
    assert groups_of(*pictures) == [0] * 6


def test_near_copies_are_one_group_without_a_time():
    cat, coffee = load_sample("cat"), load_sample("coffee")
    brighter = cat.point(lambda value: min(255, value + 12))
    moved = cat.crop((4, 3, cat.width, cat.height))
    assert groups_of(cat, coffee, brighter, moved) == [0, 1, 0, 0]


def test_different_digits_are_different_photos(digits):
    photos = [photo for shots in digits(8).values() for photo in shots]
    assert len(set(groups_of(*photos))) >= 20, "of 24"


@pytest.mark.parametrize("shift", [9.9, 10.1])
def test_ten_seconds_are_the_limit(digits, shift):
    zero, one = digits(1)["zero"][0], digits(1)["one"][0]
    assert len(set(groups_of(Shot(zero, 0.0), Shot(one, shift)))) == (1 if shift < 10 else 2)


def test_pictures_of_one_colour_are_one_only_if_they_are_equal():
    from PIL import Image

    red, blue = (Image.new("RGB", (64, 64), colour) for colour in ("red", "blue"))
    assert groups_of(red, blue, red.copy()) == [0, 1, 0]
    assert not np.isnan(read_photo(Shot(red), 0, "red", AT_64)[0].thumbnail).any()
