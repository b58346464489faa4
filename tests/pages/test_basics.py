"""Basics: each view is live, and what it says is computed."""

import json
from itertools import chain

import pytest

import resnet_core as rc
from resnet_core.inference.samples import load_sample


def data_of(app, key):
    """What a component of ours was given."""
    (proto,) = (one.proto for one in app.get("bidi_component") if key in one.proto.id)
    return json.loads(proto.json)


def test_the_filter_makes_one_map_for_each_choice_and_says_its_shape(open_page, words):
    app = open_page("basics")
    assert app.title[0].value == "What does a filter see?"
    assert "What comes out: 1 channel of 6×6. (8 + 2·0 − 3) / 1, rounded down, plus 1 is 6." in words(app)
    assert [one["name"] for one in data_of(app, "sliding_filter")["maps"]] == ["upright edges"]
    app.segmented_control(key="filters").set_value(["copy", "blur"]).run()
    app.segmented_control(key="padding").set_value(1).run()
    app.segmented_control(key="stride").set_value(2).run()
    assert "What comes out: 2 channels of 4×4. (8 + 2·1 − 3) / 2, rounded down, plus 1 is 4." in words(app)
    given = data_of(app, "sliding_filter")
    assert [one["name"] for one in given["maps"]] == ["blur", "copy"]
    assert (given["stride"], given["side"], given["left"]["padding"]) == (2, 3, 1)
    assert len(given["left"]["cells"]) == 10
    assert given["maps"][1]["cells"] == [
        row[1:9:2] for row in given["left"]["cells"][1:9:2]
    ]  # a copy, every other place


def test_without_a_filter_nothing_is_made(open_page):
    app = open_page("basics")
    app.segmented_control(key="filters").set_value([]).run()
    assert "Choose a filter" in app.info[0].value
    assert not app.exception


def test_another_digit_is_another_map(open_page):
    maps = [data_of(open_page("basics", digit=digit), "sliding_filter")["maps"][0]["cells"] for digit in ("1", "7")]
    assert maps[0] != maps[1]


def test_the_relu_leaves_no_negative_number_and_says_how_many_there_were(open_page, words):
    app = open_page("basics", view="ReLU")
    given = data_of(app, "sliding_relu")
    before, after = ([*chain(*one["cells"])] for one in (given["left"], given["maps"][0]))
    assert after == [max(number, 0) for number in before]
    assert f"{sum(number < 0 for number in before)} of 64 numbers were negative." in words(app)


def test_the_shift_of_batch_norm_decides_what_a_relu_lets_through(open_page, words):
    app = open_page("basics", view="Batch norm")
    assert "4,096 values a channel" in words(app)
    drawn = data_of(app, "norm")["wide"]
    app.select_slider(key="shift").set_value(-2.0).run()
    assert data_of(app, "norm")["wide"] != drawn


def test_ten_logits_of_a_real_picture_become_shares(open_page, words):
    app = open_page("basics", view="Softmax")
    assert "A dahlia in a garden" in words(app)
    drawn = data_of(app, "softmax")["wide"]
    assert drawn.count(" %</text>") == 10
    exact = rc.Classifier.load("cifar_resnet56", device="cpu", precision="fp32").predict(load_sample("flower"))
    assert f">{100 * exact.ranked(1)[0].probability:.1f} %</text>" in drawn  # in bfloat16 it would be another one
    app.select_slider(key="temperature").set_value(4.0).run()
    assert data_of(app, "softmax")["wide"] != drawn


def test_all_words_are_a_list(open_page):
    (html,) = (one for one in open_page("basics", view="Words").get("html") if "glossary" in one.proto.body)
    assert html.proto.body.count("<dt>") >= 30


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"digit": "12"}, "digit='12'"), ({"filters": "sharpen"}, "filters='sharpen'"), ({"stride": "3"}, "stride='3'"),
        ({"view": "Softmax", "picture": "dog"}, "picture='dog'"), ({"view": "Batch norm", "shift": "9"}, "shift='9'"),
        ({"view": "ReLU", "filter": "blue"}, "filter='blue'"),
    ],
)  # fmt: skip
def test_nonsense_in_the_link_is_said(open_page, query, said):
    assert f"The link asks for {said}, which is not offered here." in open_page("basics", **query).warning[0].value
