import json

import pytest

from resnet_core.errors import WeightsError
from resnet_core.weights.grouping import Group, Grouping
from resnet_core.weights.note import read_note

CLASSES = ["pug", "poodle", "hog", "tabby"]
TOLD = {
    "groups": [
        {"name": "dog", "said": "a dog", "classes": ["poodle", "pug"]},
        {"name": "cat", "said": "a cat", "classes": ["tabby"]},
    ],
    "said": ["a pug", "a poodle", "a hog", "a tabby"],
    "sure": {"class": 0.7, "group": 0.8, "guarded": 0.9},
    "guarded": ["hog"],
}


def read(**changes):
    return read_note(json.dumps({"classes": CLASSES, "grouping": TOLD | changes}), "a.json").grouping


def test_groups_of_a_note_are_read_by_the_names_of_the_classes():
    assert read() == Grouping(
        groups=(Group("dog", "a dog", (1, 0)), Group("cat", "a cat", (3,))),
        said=("a pug", "a poodle", "a hog", "a tabby"), sure_class=0.7, sure_group=0.8, guarded=(2,), sure_guarded=0.9,
    )  # fmt: skip
    assert read_note("{}").grouping is None


def test_phrases_and_guarded_names_may_be_left_out_and_then_nothing_guarded_is_named():
    short = {key: TOLD[key] for key in ("groups", "sure")}
    found = read_note(json.dumps({"classes": CLASSES, "grouping": short | {"sure": {"class": 0.7}}})).grouping
    assert (found.said, found.guarded, found.sure_group, found.sure_guarded) == (tuple(CLASSES), (), 1.0, 1.0)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"groups": "dogs"}, "groups"),
        ({"groups": ["dog"]}, "name, said and classes"),
        ({"groups": [{"name": "dog", "said": "a dog", "classes": "pug"}]}, "the group dog must be a list"),
        ({"groups": [{"name": "dog", "said": "a dog", "classes": ["wolf"]}]}, "'wolf', which is none of the 4 classes"),
        ({"groups": TOLD["groups"] * 2}, "one group only"),
        ({"said": ["a pug"]}, "4 phrases"),
        ({"sure": {"class": 70}}, "probabilities"),
        ({"sure": None}, "probabilities"),
        ({"guarded": ["pig"]}, "guarded names 'pig'"),
    ],
)
def test_a_grouping_that_does_not_fit_is_refused_with_what_would(changes, words):
    with pytest.raises(WeightsError, match=rf"^a\.json can't be used: grouping: .*{words}"):
        read(**changes)
