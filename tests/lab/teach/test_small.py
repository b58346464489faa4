"""Photos as they are kept for a visit."""

from datetime import datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

import resnet_core as rc
from resnet_core.lab.teach.photos import taken_s
from resnet_core.lab.teach.small import SHORTER, small_shot
from tests.lab.teach.conftest import photo


def jpeg(size, **how):
    data = BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(data, "JPEG", **how)
    return data.getvalue()


@pytest.mark.parametrize(
    ("size", "kept"), [((4000, 3000), (512, 384)), ((96, 96), (96, 96)), ((4000, 100), (1536, 38))]
)
def test_it_is_small_enough_for_hundreds_and_never_made_larger(size, kept):
    shot = small_shot(jpeg(size), "a.jpg")
    assert Image.open(BytesIO(shot.source)).size == kept
    assert len(shot.source) < 400_000


def test_a_large_jpeg_is_decoded_no_larger_than_it_takes():
    """And never smaller: what is kept is reduced from it."""
    data = jpeg((4000, 3000))
    assert rc.decode_image(data, SHORTER).size == (1000, 750)
    assert rc.decode_image(data, 100).size == (500, 375), "an eighth is the least"
    assert rc.decode_image(data).size == (4000, 3000)


def test_the_time_stays_with_it_on_the_way_home_and_back():
    when = datetime(2026, 11, 26, 9, 30, 5)
    shot = small_shot(photo(np.zeros((8, 8)), when), "a.jpg")
    assert shot.taken_s == when.timestamp()
    assert taken_s(shot.source) == when.timestamp()
    snap = small_shot(jpeg((64, 64)), "snapshot", seen_s=when.timestamp() + 0.4)
    assert snap.taken_s == when.timestamp() + 0.4
    assert taken_s(snap.source) == when.timestamp()
    assert taken_s(small_shot(jpeg((64, 64)), "undated").source) is None


def test_what_is_no_photo_is_named():
    with pytest.raises(rc.ImageError, match=r"^note\.txt: "):
        small_shot(b"hello", "note.txt")
