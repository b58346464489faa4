"""What is claimed about photos that were not learnt from, and how sure."""

import math

import numpy as np
import pytest

from resnet_core.lab.teach.held_out import cross_validate, folds, judge, wilson

CLASSES = ("mug", "pen")


def test_four_of_five_right_is_between_38_and_96_percent():
    low, high = wilson(4, 5)
    assert (round(low * 100), round(high * 100)) == (38, 96)


@pytest.mark.parametrize(("right", "total"), [(0, 5), (3, 10), (50, 60), (10, 10)])
def test_wilsons_limits_are_the_shares_whose_own_deviation_just_reaches_what_was_seen(right, total):
    for limit in wilson(right, total):
        assert abs(right / total - limit) == pytest.approx(
            1.959964 * math.sqrt(max(limit * (1 - limit), 0) / total), abs=1e-7
        )


def test_groups_stay_whole_and_every_fold_has_every_class():
    labels = np.repeat([0, 1, 2], 12)
    groups = np.arange(36) // 2
    place = folds(labels, groups, seed=3)
    assert all(len(set(place[groups == group])) == 1 for group in set(groups))
    assert all(set(place[labels == label]) == {0, 1, 2, 3, 4} for label in range(3))


def test_the_class_with_the_fewest_groups_sets_the_number_of_folds():
    labels, groups = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1]), np.array([0, 0, 0, 1, 2, 3, 4, 5, 6])
    assert set(folds(labels, groups)) == {0, 1}


def bursts(groups_a_class, photos_a_group, seed=0):
    """Features that say which burst a photo is of, and nothing about its class."""
    random = np.random.default_rng(seed)
    groups = np.repeat(np.arange(2 * groups_a_class), photos_a_group)
    labels = groups % 2
    middle = random.normal(0, 1, (2 * groups_a_class, 30))[groups]
    return (middle + random.normal(0, 0.01, middle.shape)).astype(np.float32), labels, groups


def test_a_split_within_bursts_flatters_and_the_true_one_does_not():
    features, labels, groups = bursts(groups_a_class=10, photos_a_group=5)
    found = cross_validate(features, labels, groups, CLASSES)
    assert found.naive == 100
    assert found.right / found.total < 0.75
    assert found.total == 100
    assert found.groups == 20
    low, high = found.interval
    assert high - low > 0.35, "a hundred photos of twenty bursts are twenty"


def test_without_bursts_there_is_nothing_to_flatter():
    features, labels, _ = bursts(groups_a_class=10, photos_a_group=1)
    assert cross_validate(features, labels, np.arange(20), CLASSES).naive is None


def test_photos_that_are_nearly_one_give_no_accuracy():
    labels, groups = np.array([0, 0, 0, 1, 1, 1]), np.array([0, 0, 0, 1, 2, 3])
    found = cross_validate(np.zeros((6, 4), np.float32), labels, groups, CLASSES)
    assert found.interval is None
    assert found.total == 0
    assert str(found).startswith('No accuracy is printed: the photos of "mug" are nearly one.')


def test_the_table_has_what_is_shown_in_rows_and_what_was_said_in_columns():
    found = judge(np.array([0, 1, 1, 1]), np.array([0, 0, 1, 1]), np.arange(4), CLASSES)
    assert found.to_frame().loc["mug", "pen"] == 1
    assert found.to_frame().loc["pen", "mug"] == 0
    assert str(found) == "3 of 4 right: between 30 and 95 %"
