"""A strip of maps: white at zero, blue above, orange below, on one scale, one pixel a value."""

from base64 import b64decode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageColor

from resnet_core import InvalidSpecError, figures
from resnet_core.figures.theme import LIGHT


def pixels(maps):
    data = figures.strip_uri(maps).removeprefix("data:image/png;base64,")
    return np.asarray(Image.open(BytesIO(b64decode(data))).convert("RGB")).astype(int)


def test_colours_say_the_sign_and_the_scale_is_shared():
    maps = np.zeros((2, 2, 3), np.float32)
    maps[0, 0, 0], maps[1, 1, 2], maps[1, 0, 0] = 2.0, -2.0, 1.0
    seen = pixels(maps)
    assert seen.shape == (2, 6, 3)
    assert tuple(seen[0, 0]) == ImageColor.getrgb(LIGHT.residual)
    assert tuple(seen[1, 5]) == ImageColor.getrgb(LIGHT.plain)
    assert tuple(seen[1, 0]) == (255, 255, 255)
    half = (np.array(ImageColor.getrgb(LIGHT.residual)) + 255) / 2
    assert np.abs(seen[0, 3] - half).max() <= 1


def test_zeros_alone_are_white():
    assert (pixels(np.zeros((1, 2, 2), np.float32)) == 255).all()


def test_another_shape_is_refused():
    with pytest.raises(InvalidSpecError, match="height, width"):
        figures.strip_uri(np.zeros((2, 2), np.float32))
