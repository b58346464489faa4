"""The addition and its gradient as SVG: four pictures on one scale, two arrows that meet at the whole."""

import base64
import io
import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest
from PIL import Image

import resnet_core as rc
from resnet_core.inference.explain.shortcut.split import GradientSplit
from tests.figures.shortcut.test_payload import terms

SVG = "{http://www.w3.org/2000/svg}"


def test_four_pictures_on_one_scale_with_white_at_zero():
    given = terms(channels=2, side=8)
    given.x[1] = 0
    given.sum[1] = given.branch[1]
    drawn = rc.figures.addition_drawing(given, channel=1)
    images = ET.fromstring(drawn).findall(f"{SVG}image")
    pixels = [
        np.asarray(Image.open(io.BytesIO(base64.b64decode(one.get("href").partition(",")[2]))).convert("RGB"))
        for one in images
    ]
    assert len(pixels) == 4
    assert (pixels[0] == 255).all()
    np.testing.assert_array_equal(pixels[1], pixels[2])
    assert "conv2_x.0, channel 1" in drawn
    for wrong in ({"channel": 2}, {"theme": "sepia"}):
        with pytest.raises(rc.InvalidSpecError):
            rc.figures.addition_drawing(given, **wrong)


@pytest.mark.parametrize("share", [0.7, 1.3, -0.2])
def test_the_arrows_may_pass_the_whole_and_oppose_each_other(share):
    total = np.ones((1, 2, 2), np.float32)
    split = GradientSplit(
        block="layer1.0", class_index=0, identity=share * total, branch=(1 - share) * total, total=total, stopped=0.25
    )
    drawn = rc.figures.split_drawing(split, "dark")
    lines = [re.match(r"M([-\d.]+) \d+H([-\d.]+)", one.get("d")) for one in ET.fromstring(drawn).findall(f"{SVG}path")]
    (zero, meets), (starts, one) = [tuple(map(float, found.groups())) for found in lines if found]
    assert meets == starts
    assert (meets - zero) / (one - zero) == pytest.approx(share, abs=0.005)
    assert f"through the shortcut, {100 * share:.1f} %".replace("-", "−") in drawn
    assert "stopped 25.0 %" in drawn
