"""Why transfer works, measured: and the measurement would say so if it did not."""

import numpy as np
import pytest

import resnet_core as rc
from resnet_core.lab.teach.comparisons import RAW, TRAINED, UNTRAINED, by_number, compare_sources, compare_stages
from resnet_core.lab.teach.looking import Looked
from resnet_core.lab.teach.photos import Photo


@pytest.fixture(scope="module")
def network():
    return rc.Classifier.load("cifar_resnet20", backend="eager")


def test_each_input_is_measured_on_the_same_photos(network, digits):
    found = compare_sources(digits(6), network)
    assert list(found) == [TRAINED, UNTRAINED, RAW]
    assert {one.total for one in found.values()} == {18}
    assert found[RAW].right >= 12, "digits are told apart by their pixels: transfer is not needed for them"


def test_every_stage_has_its_say(network, digits):
    found = compare_stages(digits(6), network)
    assert list(found) == ["layer1", "layer2", "layer3"]
    again = rc.teach(digits(6), network).held_out
    assert found["layer3"].right == again.right, "the last stage, averaged, is what the head reads"


def points(each, apart):
    """Photos of two classes whose features are `apart` deviations from each other."""
    random = np.random.default_rng(0)
    labels = np.repeat([0, 1], each)
    features = random.normal(0, 1, (2 * each, 8)).astype(np.float32)
    features[:, 0] += apart * labels
    thumbnails = random.normal(0, 1, (2 * each, 16, 16)).astype(np.float32) / 16
    return Looked(tuple(Photo(str(n), int(labels[n]), thumbnails[n], str(n), None) for n in range(2 * each)), features)


def test_more_photos_teach_more_where_there_is_something_to_learn():
    curve = by_number(points(40, apart=3.0), ("mug", "pen"))
    assert list(curve) == [1, 2, 4, 8, 16, 32]
    assert curve[32] > curve[1] + 10


def test_where_there_is_nothing_to_learn_the_curve_stays_at_chance():
    curve = by_number(points(40, apart=0.0), ("mug", "pen"))
    assert all(abs(share - 50) < 12 for share in curve.values())


def test_too_many_photos_are_refused(network):
    with pytest.raises(rc.InvalidSpecError, match="at most 500"):
        compare_sources({"mug": [b""] * 400, "pen": [b""] * 101}, network)
