"""Photos that a test uploads to a page."""

import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image


def png(size=(64, 48), colour="red"):
    data = BytesIO()
    Image.new("RGB", size, colour).save(data, "PNG")
    return data.getvalue()


def upload(app, *files):
    app.segmented_control(key="source").set_value("upload").run()
    return app.file_uploader(key="photos").set_value(list(files)).run()


def photograph(name):
    """A photograph that belongs to no checkout; its folder is named by RESNET_TEST_PHOTOS, or lies beside this one."""
    places = [os.environ.get("RESNET_TEST_PHOTOS"), Path(__file__).parents[2] / "shared" / "data" / "photos"]
    found = [Path(place) / name for place in places if place and (Path(place) / name).is_file()]
    if not found:
        pytest.skip(f"The photo {name} is not on this machine.")
    return found[0]
