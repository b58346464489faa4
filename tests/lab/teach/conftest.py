"""Photos of digits: real pictures that are always here, as a camera would give them."""

from datetime import datetime, timedelta
from io import BytesIO

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_digits


def photo(pixels, taken=None):
    """An 8x8 digit as the bytes of a JPEG of 80x80 pixels, with the time at which it was taken."""
    image = Image.fromarray((pixels * 15).astype(np.uint8)).resize((80, 80)).convert("RGB")
    exif = Image.Exif()
    if taken is not None:
        exif.get_ifd(0x8769)[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
    file = BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif)
    return file.getvalue()


@pytest.fixture(scope="session")
def digits():
    """digits(count, start=0): {"zero": [...], "one": [...], "seven": [...]}, so many photos of each."""
    data = load_digits()

    def some(count, start=0):
        return {
            name: [photo(one) for one in data.images[data.target == digit][start : start + count]]
            for name, digit in {"zero": 0, "one": 1, "seven": 7}.items()
        }

    return some


@pytest.fixture(scope="session")
def burst():
    """burst(picture, count, second): photos of one digit, a second apart, each with some noise."""
    images = load_digits().images

    def some(picture, count, second=0):
        noise = np.random.default_rng(picture)
        began = datetime(2026, 11, 26, 9) + timedelta(seconds=second)
        return [
            photo((images[picture] + noise.normal(0, 2, (8, 8))).clip(0, 16), began + timedelta(seconds=step))
            for step in range(count)
        ]

    return some
