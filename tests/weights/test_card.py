"""The model card beside bundled weights, and what was measured of pictures outside the classes."""

import json
from dataclasses import replace

import pytest

from resnet_core.weights.card import read_card
from resnet_core.weights.library import find_weights
from resnet_core.weights.record import DEFAULT_WEIGHTS

MEASURED = {
    "outside": {
        "deer": {"pictures": 10, "class_alarms": 1.0, "group_alarms": 4.0},
        "noise": {"pictures": 90, "class_alarms": 3.0, "group_alarms": 0.0},
    },
    "inside": {"unsure": 61.0}, "class_top1": {"wok": 50.0},
}  # fmt: skip


def test_the_default_has_a_card_and_the_lesson_of_ten_classes_none():
    card = read_card(find_weights(DEFAULT_WEIGHTS))
    assert card.text.startswith("# ")
    assert set(card.class_top1) == set(find_weights(DEFAULT_WEIGHTS).classes)
    assert read_card(find_weights("cifar_resnet56")) is None


def test_each_kind_of_picture_counts_as_much(tmp_path):
    weights = replace(find_weights(DEFAULT_WEIGHTS), path=tmp_path / "a.safetensors")
    assert read_card(weights) is None
    (tmp_path / "a.md").write_text("# a")
    (tmp_path / "a.json").write_text(json.dumps({"measured": MEASURED}))
    card = read_card(weights)
    assert card.mean_alarms == pytest.approx((2.0, 2.0))
    assert (card.unsure, card.outside["noise"].pictures) == (61.0, 90)
