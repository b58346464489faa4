"""The drawing in which one foretells an error: what the browser needs is there, and true to scale."""

import math
from itertools import pairwise
from xml.etree import ElementTree

import pytest

import resnet_core as rc
from resnet_core.figures.theme import THEMES
from resnet_core.lab.runs.foretold import foretold
from resnet_core.lab.runs.recorded import recorded_runs

SVG = "{http://www.w3.org/2000/svg}"
ASKED = foretold(recorded_runs().values(), {"cifar_plain20": 9.5, "cifar_plain56": 13.5, "cifar_resnet56": 6.97})


def parts(root, name):
    return [part for part in root.iter(f"{SVG}g") if name in (part.get("class") or "").split()]


@pytest.fixture(params=[False, True], ids=["wide", "narrow"])
def root(request):
    return ElementTree.fromstring(rc.figures.foretold_drawing(ASKED, narrow=request.param))


@pytest.mark.parametrize(("narrow", "pixels"), [(False, 820), (True, 358)], ids=["at 1280 pixels", "on a phone"])
def test_no_word_is_smaller_than_14_pixels(narrow, pixels):
    root = ElementTree.fromstring(rc.figures.foretold_drawing(ASKED, narrow=narrow))
    shown = pixels / float(root.get("viewBox").split()[2])
    assert min(float(words.get("font-size")) for words in root.iter(f"{SVG}text")) * shown >= 14


def test_a_handle_is_a_slider_that_begins_at_the_shallow_networks_error(root):
    assert root.get("role") == "group"  # a picture would hide its sliders
    handles = parts(root, "handle")
    assert [handle.get("aria-valuenow") for handle in handles] == ["10.4", "7.5"]
    for handle, one in zip(handles, ASKED, strict=True):
        assert handle.get("role") == "slider"
        assert one.kind in handle.get("aria-label")
        assert handle.get("aria-label").endswith("with 56 layers")


def test_the_scale_that_the_browser_gets_is_the_one_that_is_drawn(root):
    (frame,) = parts(root, "foretold")
    zero, unit = float(frame.get("data-zero")), float(frame.get("data-unit"))
    (known, *_) = (part for part in parts(root, "known") if "plain" in part.get("class"))
    mark = known.find(f"{SVG}rect")
    middle = float(mark.get("y")) + float(mark.get("height")) / 2
    assert math.isclose((zero - middle) / unit, ASKED[0].training[0], abs_tol=0.05)


def test_what_is_told_stands_apart_from_what_is_asked(root):
    """The browser shows `told` only once a guess is made: no measured number of a deep network stands elsewhere."""
    told = {text.text for part in parts(root, "told") for text in part.iter(f"{SVG}text")}
    others = [text.text or "" for text in root.iter(f"{SVG}text")]
    for one in ASKED:
        for error in (one.training[1], one.test[1]):
            assert f"{one.kind} {error:.1f} %" in told
            assert sum(f"{error:.1f} %" in text for text in others) == 1
    assert "paper" in told


@pytest.mark.parametrize("narrow", [False, True])
def test_labels_at_the_deep_end_do_not_cover_each_other(narrow):
    root = ElementTree.fromstring(rc.figures.foretold_drawing(ASKED, "dark", narrow=narrow))
    places = {}
    for part in parts(root, "told"):
        for text in part.iter(f"{SVG}text"):
            if text.text == "paper" or text.get("font-size") == "16":
                places.setdefault(text.get("x"), []).append(float(text.get("y")))
    ends = [sorted(ys) for ys in places.values() if len(ys) > 1]
    assert ends
    assert all(after - before >= 17.9 for ys in ends for before, after in pairwise(ys))
    assert THEMES["dark"].plain in rc.figures.foretold_drawing(ASKED, "dark")
