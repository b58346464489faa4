"""What is drawn of classes of one's own, and that a visitor's words stay words in it."""

import re

import numpy as np
import pytest
from PIL import Image

import resnet_core as rc

HOSTILE = "<img src=x onerror=alert(1)>'\""


@pytest.mark.parametrize("theme", ["light", "dark", "dark large"])
def test_wrong_photos_are_marked_and_say_what_they_were_called(theme):
    uri = rc.figures.thumb_uri(Image.new("RGB", (30, 20), "red"))
    row = rc.figures.Tray(name=HOSTILE, pictures=[uri] * 3, called={1: HOSTILE}, says="2 of 3 right")
    drawn = rc.figures.trays_html([row], theme)
    assert drawn.count("<img ") == 3
    assert drawn.count("✕") == 1
    assert drawn.count("title='called &lt;img src=x") == 2
    assert "onerror=alert(1)>" not in drawn


def test_of_a_long_row_the_rest_is_counted():
    uri = rc.figures.thumb_uri(Image.new("RGB", (8, 8)))
    drawn = rc.figures.trays_html([rc.figures.Tray(name="mug", pictures=[uri] * 100)])
    assert drawn.count("<img ") == 40
    assert "and 60 more" in drawn


def test_five_photos_stay_together_so_that_lines_come_out_full():
    uri = rc.figures.thumb_uri(Image.new("RGB", (8, 8)))
    lines = rc.figures.trays_html([rc.figures.Tray(name="mug", pictures=[uri] * 12)]).split("<span style='display:flex")
    assert [line.count("<img ") for line in lines] == [0, 5, 5, 2]


def test_a_thumbnail_is_the_middle_square():
    picture = Image.new("RGB", (300, 100), "red")
    picture.paste("blue", (100, 0, 200, 100))
    import base64
    import io

    data = base64.b64decode(rc.figures.thumb_uri(picture, 20).partition(",")[2])
    small = Image.open(io.BytesIO(data))
    assert small.size == (20, 20)
    assert small.getpixel((2, 10))[2] > 200


def test_the_table_counts_and_marks_what_is_wrong():
    drawn = rc.figures.confusion_html(["a", HOSTILE], np.array([[7, 0], [2, 3]]))
    cells = re.findall(r"<td style='([^']*)'>(\S+?)</td>", drawn)
    assert [said for _, said in cells] == ["7", "·", "2", "3"]
    assert ["inset" in look for look, _ in cells] == [False, False, True, False]
    assert "onerror=alert(1)>" not in drawn


def test_bars_have_their_ranges_and_the_line_of_guessing():
    shares = [
        rc.figures.Share(name="trained network", share=0.9, interval=(0.8, 0.96), accent=True),
        rc.figures.Share(name="raw pixels", share=0.5, interval=(0.4, 0.6)),
    ]
    drawn = rc.figures.intervals_drawing(shares, 1 / 3)
    assert "guessing 33 %" in drawn
    assert "Right answers: trained network 90 %; raw pixels 50 %" in drawn
    widths = [float(width) for width in re.findall(r'<rect [^>]*width="([\d.]+)"', drawn)]
    assert widths[0] / widths[1] == pytest.approx(1.8, rel=0.01)
