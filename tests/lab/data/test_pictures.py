import os
import time

import numpy as np
import PIL
import pytest
from PIL import Image

from resnet_core.errors import DataError
from resnet_core.inference.images import decode_image
from resnet_core.lab.data import decoded, pictures
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


@pytest.mark.parametrize(("module", "name"), [(decoded, "READER"), (PIL, "__version__")])
def test_another_version_of_the_reader_decodes_anew(module, name, write_pictures, monkeypatch):
    root, read = write_pictures(PARTS), []
    load_data("folder", root)
    monkeypatch.setattr(pictures, "read_picture", lambda path: read.append(path) or photo(6, 5))
    load_data("folder", root)
    assert not read
    monkeypatch.setattr(module, name, "another")
    load_data("folder", root)
    assert {path.parent.parent.name for path in read} == {"train", "val"}


def test_of_the_decoded_sets_those_not_used_for_longest_go(write_pictures, monkeypatch, tmp_path):
    root = write_pictures(PARTS)
    kept = tmp_path / "cache" / "decoded"
    kept.mkdir(parents=True)
    for age in range(5):
        (kept / f"{age}.npy").write_bytes(bytes(1000))
        os.utime(kept / f"{age}.npy", (10**9 - age, 10**9 - age))
    sizes = [len(load_data("folder", root).train_labels) * 90 + 128, 2 * 90 + 128]  # 6x5 pixels in RGB, and a header
    assert len(list(kept.iterdir())) == 7, "all have room"
    monkeypatch.setattr(decoded, "MOST_KEPT_BYTES", 2 * sizes[0] + sizes[1] + 2500)
    photo(6, 5).save(root / "train" / "cat" / "0.png")
    load_data("folder", root)  # decodes train/ anew
    assert {path.name for path in kept.iterdir() if len(path.name) == 5} == {"0.npy", "1.npy"}
    assert len(list(kept.iterdir())) == 5
    monkeypatch.setattr(decoded, "MOST_KEPT_BYTES", 0)
    photo(6, 5).save(root / "train" / "dog" / "0.png")
    load_data("folder", root)
    assert len(list(kept.iterdir())) == 1, "the newest always stays"


def test_what_a_killed_process_has_left_goes_and_what_another_writes_stays(write_pictures, tmp_path):
    kept = tmp_path / "cache" / "decoded"
    kept.mkdir(parents=True)
    for name, age in ((".0123.npy.17.4", 2 * decoded.LEFT_BEHIND_S), (".4567.npy.18.4", 60)):
        (kept / name).write_bytes(b"half")
        os.utime(kept / name, (time.time() - age,) * 2)
    load_data("folder", write_pictures(PARTS))
    assert [path.name for path in kept.glob(".*")] == [".4567.npy.18.4"]


def test_what_ends_the_decoding_leaves_nothing_and_says_where_it_was(write_pictures, tmp_path):
    """A Ctrl-C; and the error of a picture, in a file that is not the first."""
    root = write_pictures(PARTS)
    with pytest.raises(KeyboardInterrupt):
        decoded.decoded(["a", "b"], lambda _: photo(6, 5), ["facts"], progress=_interrupt)
    (root / "val" / "dog" / "0.png").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"val/dog/0\.png can't be read"):
        load_data("folder", root)
    assert len(list((tmp_path / "cache" / "decoded").iterdir())) == 1, "train/ alone"


def _interrupt(done, total):
    assert done == total == 2 * 90
    raise KeyboardInterrupt


def test_a_disk_that_fills_up_while_pictures_are_decoded_is_a_sentence(write_pictures, tmp_path, monkeypatch):
    monkeypatch.setattr(decoded.npy, "write_array_header_1_0", _full)
    with pytest.raises(DataError, match=r"No space left on device.*Free some space"):
        load_data("folder", write_pictures(PARTS))
    assert not list((tmp_path / "cache" / "decoded").iterdir())


def _full(*_):
    raise OSError(28, "No space left on device")


def test_decoded_pictures_may_be_written_to_and_the_file_stays(write_pictures):
    """They are mapped; a change to the tensor is this process's own."""
    root = write_pictures(PARTS)
    data = load_data("folder", root)
    before = data.train_images.clone()
    data.train_images.fill_(7)
    assert load_data("folder", root).train_images.equal(before)
