import re

import pytest

import resnet_core as rc
from resnet_core.figures.theme import THEMES

LABELS, SHARES = ["dog", "a class with a very long name indeed", "cat"], [0.8754321, 0.1, 0.0245679]


def widths(drawn):
    return [float(share) for share in re.findall(r"<div style='width:([0-9.]+)%", drawn)]


@pytest.mark.parametrize("theme", THEMES)
def test_each_class_stands_whole_over_a_bar_as_long_as_its_probability(theme):
    drawn = rc.figures.predictions_html(LABELS, SHARES, theme)
    assert widths(drawn) == pytest.approx([87.54321, 10, 2.45679], rel=1e-3)
    assert re.findall(r">([^<>]+)</span>", drawn) == [
        "dog", "87.5\u00a0%", "a class with a very long name indeed", "10.0\u00a0%", "cat", "2.5\u00a0%"
    ]  # fmt: skip
    assert re.findall(r"title='([0-9.]+)'", drawn) == ["0.875432", "0.100000", "0.024568"]
    assert (drawn.count("role='list'"), drawn.count("role='listitem'")) == (1, 3)
    colours = re.findall(r"height:100%;background:(#\w+)", drawn)
    assert f"color:{THEMES[theme].ink};background:{THEMES[theme].page};" in drawn  # whatever it stands on
    assert colours == [THEMES[theme].residual, *[THEMES[theme].stages[1]] * 2]


def test_what_is_hardly_likely_still_has_a_bar():
    assert "width:0%;min-width:2px" in rc.figures.predictions_html(["a"], [0.0])


def test_a_class_that_is_named_like_a_tag_is_text_beside_its_bar():
    drawn = rc.figures.predictions_html(["<a href='http://evil.example'>x</a>", "b"], [0.7, 0.3])
    assert "<a" not in drawn
    assert "&lt;a href=&#x27;" in drawn


def test_a_notebook_shows_the_bars():
    drawn = rc.figures.predictions_html(LABELS, SHARES)
    assert drawn._repr_html_() == drawn
