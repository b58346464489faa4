"""What Basics draws: histograms whose bars are shares, and softmax in numbers that agree with each other."""

import math
from xml.etree import ElementTree

import pytest

import resnet_core as rc
from resnet_core.figures.theme import THEMES
from resnet_core.lab.basics.normed import normed_channels

SVG = "{http://www.w3.org/2000/svg}"
LABELS, LOGITS = ("cat", "dog", "ship"), (2.0, 0.0, -1.0)


def elements(svg, name):
    return list(ElementTree.fromstring(svg).iter(f"{SVG}{name}"))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("narrow", [False, True])
def test_the_drawings_are_named_and_stay_in_their_frames(theme, narrow):
    drawn = [
        rc.figures.norm_drawing(normed_channels(16, 2.0, -2.0), theme, narrow=narrow),
        rc.figures.softmax_drawing(LABELS, LOGITS, 0.25, theme, narrow=narrow),
    ]
    for svg in drawn:
        root = ElementTree.fromstring(svg)
        assert len(root[0].text) > 20
        _, _, width, height = map(float, root.get("viewBox").split())
        for bar in root.iter(f"{SVG}rect"):
            assert 0 <= float(bar.get("x")) <= float(bar.get("x")) + float(bar.get("width")) <= width + 0.01
            assert 0 <= float(bar.get("y")) + float(bar.get("height")) <= height
        for text in root.iter(f"{SVG}text"):
            assert 0 <= float(text.get("x")) <= width
            assert 0 <= float(text.get("y")) <= height


def test_what_the_relu_makes_zero_is_pale():
    svg = rc.figures.norm_drawing(normed_channels(16))
    pale = [bar for bar in elements(svg, "rect") if bar.get("fill-opacity")]
    assert 0 < len(pale) < len(elements(svg, "rect"))
    shifted = rc.figures.norm_drawing(normed_channels(16, 0.25, 2.0))
    assert len([bar for bar in elements(shifted, "rect") if bar.get("fill-opacity")]) < len(pale)


def test_no_mean_is_minus_zero():
    assert "−0.0" not in rc.figures.norm_drawing(normed_channels(64))


def test_the_shares_are_the_softmax_of_the_logits():
    words = [text.text for text in elements(rc.figures.softmax_drawing(LABELS, LOGITS), "text")]
    total = sum(math.exp(one) for one in LOGITS)
    for logit in LOGITS:
        assert f"{math.exp(logit) / total * 100:.1f} %" in words
    assert {"7.39", "1.00", "0.368", "−1.0"} <= set(words)
    assert words.index("cat") < words.index("dog") < words.index("ship")


def test_a_temperature_divides_the_logits_and_keeps_the_order():
    words = [text.text for text in elements(rc.figures.softmax_drawing(LABELS, LOGITS, 2.0), "text")]
    assert "logit / T" in words
    assert "1.0" in words
    assert words.index("cat") < words.index("dog") < words.index("ship")
    with pytest.raises(rc.InvalidSpecError, match="must be above 0"):
        rc.figures.softmax_drawing(LABELS, LOGITS, 0.0)
