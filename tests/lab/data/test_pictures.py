import os

import numpy as np
import PIL
import pytest
from PIL import Image

from resnet_core.inference.images import decode_image
from resnet_core.lab.data import pictures
from resnet_core.lab.data.pictures import read_picture
from resnet_core.lab.data.sets import load_data
from resnet_core.lab.data.streaming import View, read_view
from tests.hostile_files import encode, photo, rotated, transparent_palette

PARTS = {"train": {"cat": 2, "dog": 2}, "val": {"cat": 1, "dog": 1}}
STRANGE = {
    "16 bit grey": encode(Image.fromarray(np.linspace(0, 65535, 2400).astype(np.uint16).reshape(40, 60))),
    "float": encode(Image.fromarray(np.linspace(-1, 1, 2400).astype(np.float32).reshape(40, 60)), "TIFF"),
    "transparent": transparent_palette("PNG"),
    "turned": rotated(6),
}


@pytest.mark.parametrize("kind", STRANGE)
def test_training_reads_the_pixels_that_classify_reads(kind, write_pictures):
    root = write_pictures({"train": {"cat": 0, "dog": 0}, "val": {"cat": 0, "dog": 0}})
    for part in ("train", "val"):
        for name in ("cat", "dog"):
            (root / part / name / ("0.tif" if kind == "float" else "0.png")).write_bytes(STRANGE[kind])
    expected = np.asarray(decode_image(STRANGE[kind]))
    for seen in load_data("folder", root).train_images:
        assert np.array_equal(seen.permute(1, 2, 0).numpy(), expected)
    path = next((root / "train" / "cat").iterdir())
    assert np.array_equal(np.asarray(read_picture(path)), expected)
    side = min(expected.shape[:2])
    assert np.array_equal(
        read_view(path, View(side, 0, 0, False), side).permute(1, 2, 0).numpy(), expected[:side, :side]
    )


@pytest.mark.parametrize(("module", "name"), [(pictures, "READER"), (PIL, "__version__")])
def test_another_version_of_the_reader_decodes_anew(module, name, write_pictures, monkeypatch):
    root, decoded = write_pictures(PARTS), []
    load_data("folder", root)
    monkeypatch.setattr(pictures, "_decode", lambda paths: decoded.append(paths) or np.zeros((len(paths), 5, 6, 3)))
    load_data("folder", root)
    assert not decoded
    monkeypatch.setattr(module, name, "another")
    load_data("folder", root)
    assert len(decoded) == 2, "both parts"


def test_of_the_decoded_sets_those_not_used_for_longest_go(write_pictures, monkeypatch, tmp_path):
    root = write_pictures(PARTS)
    kept = tmp_path / "cache" / "decoded"
    kept.mkdir(parents=True)
    for age in range(5):
        (kept / f"{age}.npy").write_bytes(bytes(1000))
        os.utime(kept / f"{age}.npy", (10**9 - age, 10**9 - age))
    sizes = [len(load_data("folder", root).train_labels) * 90 + 128, 2 * 90 + 128]  # 6x5 pixels in RGB, and a header
    assert len(list(kept.iterdir())) == 7, "all have room"
    monkeypatch.setattr(pictures, "MOST_KEPT_BYTES", 2 * sizes[0] + sizes[1] + 2500)
    photo(6, 5).save(root / "train" / "cat" / "0.png")
    load_data("folder", root)  # decodes train/ anew
    assert {path.name for path in kept.iterdir() if len(path.name) == 5} == {"0.npy", "1.npy"}
    assert len(list(kept.iterdir())) == 5
    monkeypatch.setattr(pictures, "MOST_KEPT_BYTES", 0)
    photo(6, 5).save(root / "train" / "dog" / "0.png")
    load_data("folder", root)
    assert len(list(kept.iterdir())) == 1, "the newest always stays"
