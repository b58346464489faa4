import numpy as np
import pytest
from PIL import Image

from resnet_core.figures.photo.crops import framed_picture, ranges_drawing
from resnet_core.figures.theme import THEMES
from resnet_core.inference.steps import channel_ranges
from resnet_core.weights.record import Preprocessing


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_frame_is_drawn_and_the_rest_is_veiled(theme):
    picture = Image.new("RGB", (320, 160), (200, 100, 50))
    framed = framed_picture(picture, [(0.25, 0, 0.75, 1)], theme)
    assert picture.getpixel((5, 5)) == (200, 100, 50), "the picture itself stays"
    assert framed.size == picture.size
    assert framed.getpixel((160, 80)) == (200, 100, 50)
    assert framed.getpixel((10, 80)) != (200, 100, 50)
    assert "#{:02X}{:02X}{:02X}".format(*framed.getpixel((80, 80))) == THEMES[theme].residual


def test_what_one_of_several_frames_shows_is_not_veiled():
    picture = Image.new("RGB", (300, 100), "red")
    framed = framed_picture(picture, [(0, 0, 0.4, 1), (0.6, 0, 1, 1)])
    row = np.asarray(framed)[50]
    assert tuple(row[60]) == tuple(row[240]) == (255, 0, 0)
    assert tuple(row[150]) != (255, 0, 0)


def test_a_frame_thinner_than_a_pixel_is_still_drawn():
    assert framed_picture(Image.new("RGB", (1, 1)), [(0, 0, 1, 1)]).size == (1, 1)
    assert framed_picture(Image.new("RGB", (1, 400)), [(0, 0.499, 1, 0.5)]).size == (1, 400)


def test_the_bars_lie_between_black_and_white():
    preprocessing = Preprocessing(mean=(0.5,) * 3, std=(0.25,) * 3)
    half = Image.new("RGB", (4, 4), (0, 128, 255))
    svg = ranges_drawing(channel_ranges(half, preprocessing))
    assert "red −2.00 to −2.00; green 0.01 to 0.01; blue 2.00 to 2.00" in svg
    assert svg.count("<rect") == 9
