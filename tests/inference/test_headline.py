import math

import pytest

from resnet_core.inference.headline import ROUNDING, headline, is_close, percent, score_groups, withheld
from resnet_core.inference.prediction import rank_classes
from resnet_core.weights.grouping import Group, Grouping

CLASSES = ("pug", "poodle", "hog", "ox", "tabby")
GROUPING = Grouping(
    groups=(Group("dog", "a dog", (0, 1)), Group("hoofed", "a hoofed animal", (2, 3)), Group("cat", "a cat", (4,))),
    said=("a pug", "a poodle", "a hog", "an ox", "a tabby"),
    sure_class=0.7, sure_group=0.8, guarded=(2,), sure_guarded=0.95,
)  # fmt: skip


def logits(*shares):
    return tuple(math.log(share) for share in shares)


@pytest.mark.parametrize(
    ("shares", "level", "label", "text"),
    [
        ((0.72, 0.2, 0.02, 0.02, 0.04), "class", "pug", "a pug, 72 %"),
        ((0.62, 0.29, 0.03, 0.03, 0.03), "group", "dog", "a dog, 91 % (most like a pug)"),
        ((0.44, 0.46, 0.03, 0.03, 0.04), "group", "dog", "a dog, 90 % (most like a poodle)"),
        ((0.4, 0.3, 0.1, 0.1, 0.1), "unsure", "", "unsure (nearest: a pug 40 %, a poodle 30 %, an ox 10 %)"),
        ((0.02, 0.02, 0.9, 0.02, 0.04), "unsure", "", "unsure (nearest: a tabby 4 %, a pug 2 %, a poodle 2 %)"),
        ((0.01, 0.01, 0.96, 0.01, 0.01), "class", "hog", "a hog, 96 %"),
    ],
)
def test_the_finest_level_that_is_sure_is_said_and_a_guarded_name_only_where_it_is_surer(shares, level, label, text):
    found = headline(logits(*shares), CLASSES, GROUPING)
    assert (found.level, found.label, found.text) == (level, label, text)


@pytest.mark.parametrize(
    ("shares", "close"),
    [
        ((0.5, 0.2, 0.1, 0.1, 0.1), False),
        ((0.71, 0.02, 0.09, 0.09, 0.09), True),  # the class stands at 0.7
        ((0.69, 0.02, 0.09, 0.1, 0.1), True),
        ((0.45, 0.34, 0.07, 0.07, 0.07), True),  # the group at 0.8
        ((0.45, 0.41, 0.02, 0.06, 0.06), False),
        ((0.01, 0.01, 0.94, 0.02, 0.02), True),  # and the guarded name at 0.95
    ],
)
def test_an_answer_within_rounding_of_a_limit_is_close(shares, close):
    assert is_close(logits(*shares), GROUPING) is close
    assert is_close(logits(*shares), None) is False
    assert ROUNDING < 0.05


def test_a_likeness_that_is_not_half_of_the_group_is_left_out():
    three = Grouping(
        groups=(Group("dog", "a dog", (0, 1, 2)),), said=("a", "b", "c", "d", "e"), sure_class=0.7, sure_group=0.8
    )
    found = headline(logits(0.32, 0.31, 0.31, 0.03, 0.03), CLASSES, three)
    assert found.text == "a dog, 94 %"


def test_groups_are_sums_and_a_name_that_may_not_be_said_supports_none():
    scored = {group.name: group.probability for group in score_groups(logits(0.3, 0.2, 0.3, 0.1, 0.1), GROUPING)}
    assert scored == pytest.approx({"dog": 0.5, "hoofed": 0.1, "cat": 0.1})
    sure = {group.name: group.probability for group in score_groups(logits(0.01, 0.01, 0.96, 0.01, 0.01), GROUPING)}
    assert sure["hoofed"] == pytest.approx(0.97)


def test_what_is_withheld_is_in_no_ranking():
    shares = logits(0.3, 0.2, 0.3, 0.1, 0.1)
    assert withheld(shares, GROUPING) == (2,)
    labels = [one.label for one in rank_classes(shares, CLASSES, 5, withheld=withheld(shares, GROUPING))]
    assert labels == ["pug", "poodle", "ox", "tabby"]
    assert withheld(logits(0.01, 0.01, 0.96, 0.01, 0.01), GROUPING) == ()


def test_a_network_without_groups_has_no_headline():
    assert headline((1.0, 2.0), ("a", "b"), None) is None
    assert score_groups((1.0, 2.0), None) == withheld((1.0, 2.0), None) == ()


@pytest.mark.parametrize(
    ("share", "text"), [(1.0, "over 99 %"), (0.994, "99 %"), (0.914, "91 %"), (0.006, "1 %"), (0.001, "under 1 %")]
)
def test_no_percentage_claims_what_no_network_knows(share, text):
    assert percent(share) == text
