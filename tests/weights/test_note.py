import json

import pytest

from resnet_core.errors import WeightsError
from resnet_core.models.catalogue import get_spec
from resnet_core.weights.note import Note, read_note
from resnet_core.weights.preparation import preparation
from resnet_core.weights.record import Preprocessing

SPEC = get_spec("resnet18").override(num_classes=3)


def read(**keys):
    return read_note(json.dumps(keys))


def test_a_full_note_is_read_as_it_says():
    note = read(
        model="resnet50_v1", classes=["ant", "bee"], image_size=[192, 160], resize_size=232, interpolation="bicubic",
        mean=[0.5, 0.4, 0.3], std=[1, 0.2, 0.3], wordnet_ids=["n00000001", "n00000002"], sha256="AB" * 32,
        source="a friend",
    )  # fmt: skip
    assert note == Note(
        model="resnet50_v1", classes=("ant", "bee"), image_size=(192, 160), resize_size=232, interpolation="bicubic",
        mean=(0.5, 0.4, 0.3), std=(1.0, 0.2, 0.3), wordnet_ids=("n00000001", "n00000002"), sha256="ab" * 32,
        source="a friend",
    )  # fmt: skip


def test_every_key_may_be_left_out_and_a_byte_order_mark_stands():
    assert read_note("{}") == Note()
    assert read_note("\ufeff{}") == Note()
    assert read_note(b'\xef\xbb\xbf{"source": "caf\xc3\xa9"}').source == "caf\u00e9"


@pytest.mark.parametrize(
    "classes",
    [
        ["zebra", "ant", "bee"],
        {"ant": 1, "bee": 2, "zebra": 0},  # ImageFolder's class_to_idx
        {"10": "never", "0": "zebra", "1": "ant", "2": "bee"} | {str(n): "more" for n in range(3, 11)},
        {"2": "bee", "0": "zebra", "1": "ant"},
    ],
)
def test_classes_are_a_list_or_a_map_in_either_direction(classes):
    assert read(classes=classes).classes[:3] == ("zebra", "ant", "bee")


def test_an_unknown_key_is_ignored_and_said_so_and_a_record_of_training_is_not():
    assert read(colour="red", history=[], recipe_id="x", device="cpu").remarks == (
        "The note: colour is ignored; the keys of a note are model, classes, image_size, resize_size, interpolation, "
        "mean, std, wordnet_ids, sha256, source, top1, grouping.",
    )
    assert read(recipe_id="x", device="cpu", averaged=[], history=[]).remarks == ()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        *(("classes", value) for value in ("abcde", [], {}, 5, [["a"]], [None], {"ant": 1, "bee": 2})),
        *(("classes", value) for value in ({"ant": 0, "bee": 0}, {"0": "a", "2": "b"}, {"ant": "0"})),
        ("classes", {"0": "a", "x": "b"}),
        *(("image_size", value) for value in (0, -1, 100_000, 32.0, "32", True, [0, 0], [32], [32] * 3)),
        *(("resize_size", value) for value in (0, 100_000, [256, 256], "256", False)),
        *(("interpolation", value) for value in ("best", 2, "BILINEAR ", [])),
        *(("mean", value) for value in ([123.7, 116.3, 103.5], [0.5] * 2, 0.5, [float("nan")] * 3, [True], [], "x")),
        *(("std", value) for value in ([0, 0.2, 0.2], [58.4, 57.1, 57.4], [-0.1], [float("inf")], [0.2] * 4)),
        *(("wordnet_ids", value) for value in ("n02119789", ["cat"], [])),
        *(("sha256", value) for value in ("xyz", "abc", 5)),
        *(("model", value) for value in ("resnet7", 7, [], {})),
        ("source", 3), ("recipe", 1), ("recipe", {"overrides": 5}),
    ],
)  # fmt: skip
def test_a_wrong_value_is_refused_by_the_name_of_its_key(key, value):
    with pytest.raises(WeightsError, match=rf"^run7\.json can't be used: {key}=.* must be "):
        read_note(json.dumps({key: value}), "run7.json")


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"mean": [0.5], "std": [0.5] * 3}, "mean has 1 values and std 3"),
        ({"classes": ["a"], "wordnet_ids": ["n00000001", "n00000002"]}, "wordnet_ids names 2 classes, classes 1"),
        ({"image_size": 224, "resize_size": 128}, "resize_size=128 must be at least image_size"),
    ],
)
def test_keys_that_contradict_each_other_are_refused(keys, words):
    with pytest.raises(WeightsError, match=words):
        read(**keys)


@pytest.mark.parametrize("text", ["", "{", "[]", '"note"', "[" * 100_000, b"\xff\xfe{}"])
def test_what_is_no_json_object_is_a_sentence(text):
    with pytest.raises(WeightsError, match=r"The note can't be used: it (is no|must be a) JSON"):
        read_note(text)


# What pictures go through


@pytest.mark.parametrize(
    ("keys", "resize", "crop"),
    [
        ({}, 256, 224),
        ({"classes": ["a", "b", "c"]}, 256, 224),  # own names and the usual crop together
        ({"image_size": 224}, 224, 224),
        ({"image_size": 224, "resize_size": 256}, 256, 224),
        ({"resize_size": 232}, 232, 224),
        ({"image_size": [96, 128]}, 96, 96),
    ],
)
def test_sizes_come_from_the_note_or_are_the_usual_ones(keys, resize, crop):
    prepared, _ = preparation(read(**keys), SPEC, "a.pth")
    assert (prepared.resize_size, prepared.crop_size) == (resize, crop)


def test_what_no_note_says_is_assumed_and_said():
    prepared, remarks = preparation(Note(), SPEC, "a.pth")
    assert prepared == Preprocessing()
    assert remarks == (
        "No note gives image_size: pictures are resized to 256 and cropped to 224 pixels.",
        "No note gives mean and std: ImageNet's are assumed.",
    )
    full = read(image_size=32, mean=[0.5] * 3, std=[0.5] * 3, interpolation="bicubic")
    prepared, remarks = preparation(full, SPEC, "a.pth")
    assert remarks == ()
    assert prepared.interpolation == "bicubic"
    cifar, _ = preparation(Note(), get_spec("cifar_resnet20"), "a.pth")
    assert (cifar.resize_size, cifar.crop_size) == (32, 32)


def test_mean_and_std_have_a_value_for_each_channel():
    grey, _ = preparation(Note(), SPEC.override(in_channels=1), "a.pth")
    assert grey.mean == pytest.approx((0.449,), abs=1e-3)
    with pytest.raises(WeightsError, match="mean has 1 values for 3 channels"):
        preparation(read(mean=[0.5], std=[0.5]), SPEC, "a.pth")
    with pytest.raises(WeightsError, match="takes 4 channels"):
        preparation(Note(), SPEC.override(in_channels=4), "a.pth")
