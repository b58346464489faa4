import numpy as np
import pytest
from PIL import Image

from resnet_core.errors import DataError
from resnet_core.lab.data import folders
from resnet_core.lab.data.sets import load_data


def test_a_folder_of_pictures_is_read_with_its_classes(write_pictures):
    data = load_data("folder", write_pictures({"train": {"cat": 3, "horse": 2}, "val": {"cat": 1, "horse": 1}}))
    assert data.train_images.shape == (5, 3, 5, 6)
    assert data.train_images[:, 0, 0, 0].tolist() == [3, 13, 23, 5, 15]
    assert data.train_labels.tolist() == [0, 0, 0, 1, 1]
    assert data.classes == ("cat", "horse")
    assert (data.name, data.validation_split, data.image_size) == ("folder", "val", (5, 6))


def test_a_folder_may_stand_for_a_named_set(write_pictures):
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "test": {"cat": 1, "dog": 1}})
    assert load_data("cifar10", root).name == "cifar10"


def test_pictures_are_decoded_once_and_again_when_one_changes(write_pictures, monkeypatch):
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "test": {"cat": 1, "dog": 1}})
    first = load_data("folder", root)
    with monkeypatch.context() as patch:
        patch.setattr(folders, "_decode", lambda _: pytest.fail("decoded again"))
        assert load_data("folder", root).train_images.equal(first.train_images)
    Image.fromarray(np.full((5, 6, 3), 200, np.uint8)).convert("L").save(root / "train" / "cat" / "0.png")
    assert load_data("folder", root).train_images[0].unique().tolist() == [200]


def test_no_folder_or_one_without_train_is_refused(tmp_path):
    with pytest.raises(DataError, match="No folder was given"):
        load_data("folder")
    with pytest.raises(DataError, match="has no folder train/ in it"):
        load_data("folder", tmp_path)


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({"train": {"cat": 2, "dog": 2}}, "neither test/ nor val/"),
        ({"train": {"cat": 0, "dog": 0}, "test": {"cat": 1, "dog": 1}}, "train holds no pictures"),
        ({"train": {"cat": 2, "dog": 2}, "test": {"cat": 0}}, "test holds no pictures"),
        ({"train": {"cat": 3}, "test": {"cat": 1}}, "1 class"),
        ({"train": {"cat": 1, "dog": 0}, "test": {"cat": 1}}, "too few to train on"),
    ],
)
def test_a_folder_that_can_not_be_trained_on_says_why(parts, sentence, write_pictures):
    with pytest.raises(DataError, match=sentence):
        load_data("folder", write_pictures(parts))


@pytest.mark.parametrize("content", [b"", b"no picture at all", "truncated"])
def test_an_unreadable_picture_is_named(content, write_pictures):
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "test": {"cat": 1, "dog": 1}}, size=(60, 50))
    victim = root / "train" / "dog" / "1.png"
    victim.write_bytes(victim.read_bytes()[:60] if content == "truncated" else content)
    with pytest.raises(DataError, match=r"dog/1\.png can't be read as a picture"):
        load_data("folder", root)


def test_pictures_of_different_sizes_are_refused_with_both_sizes(write_pictures):
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "test": {"cat": 1, "dog": 1}})
    Image.new("RGB", (9, 4)).save(root / "train" / "dog" / "1.png")
    with pytest.raises(DataError, match=r"dog/1\.png is 9x4 pixels, but 0\.png is 6x5"):
        load_data("folder", root)


def test_a_cache_that_can_not_be_written_is_a_sentence(write_pictures, monkeypatch, tmp_path):
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "test": {"cat": 1, "dog": 1}})
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path / "file"))
    with pytest.raises(DataError, match="can't be written"):
        load_data("folder", root)
