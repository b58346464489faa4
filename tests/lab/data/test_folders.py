import numpy as np
import pytest
from PIL import Image

from resnet_core.errors import DataError
from resnet_core.lab.data import pictures
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
        patch.setattr(pictures, "read_picture", lambda _: pytest.fail("decoded again"))
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


def test_hidden_files_and_folders_are_no_classes_and_no_pictures(write_pictures):
    """Notebooks, macOS and unpacked archives leave them; the labels must not shift."""
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "val": {"cat": 1, "dog": 1}})
    for part in ("train", "val"):
        for name in (".ipynb_checkpoints", "__MACOSX"):
            (root / part / name).mkdir()
            (root / part / name / "0.png").write_bytes((root / "train" / "cat" / "0.png").read_bytes())
        (root / part / "cat" / "._0.png").write_bytes(b"no picture")
        (root / part / "cat" / ".DS_Store").write_bytes(b"\0")
    data = load_data("folder", root)
    assert (data.classes, data.train_labels.tolist()) == (("cat", "dog"), [0, 0, 1, 1])
    hidden = "train/.ipynb_checkpoints, train/__MACOSX, val/.ipynb_checkpoints and 5 more, hidden."
    assert data.remarks == (f"Left out: {hidden}",)


@pytest.mark.parametrize(
    ("parts", "classes", "remark"),
    [
        (
            {"train": {"a": 2, "b": 2, "c": 0}, "val": {"a": 1, "b": 1}},
            "ab",
            "Left out: c in train/, without a picture",
        ),
        ({"train": {"a": 2, "b": 2}, "val": {"a": 1, "b": 1, "c": 1}}, "ab", "Left out: c in val/, of which train/"),
        ({"train": {"a": 2, "b": 2}, "val": {"a": 1}}, "ab", "No error is measured for b: val/ has no pictures of it"),
        ({"train": {"a": 0, "b": 2, "c": 2}, "val": {"a": 1, "c": 1}}, "bc", "a in val/, of which train/ has no"),
    ],
)
def test_empty_and_one_sided_classes_are_told(parts, classes, remark, write_pictures):
    data = load_data("folder", write_pictures(parts))
    assert data.classes == tuple(classes)
    assert [remark in said for said in data.remarks].count(True) == 1


def test_a_whole_folder_leaves_nothing_to_remark(write_pictures):
    assert load_data("folder", write_pictures({"train": {"a": 2, "b": 2}, "val": {"a": 1, "b": 1}})).remarks == ()


def test_what_lies_about_is_told(write_pictures):
    root = write_pictures({"train": {"a": 2, "b": 2}, "val": {"a": 1, "b": 1}})
    (root / "train" / "a" / "more").mkdir()
    (root / "train" / "a" / "more" / "5.png").write_bytes(b"")
    (root / "train" / "a" / "notes.txt").write_text("good ones")
    (root / "val" / "list.csv").write_text("0,1")
    assert load_data("folder", root).remarks == (
        "Left out: val/list.csv, not in the folder of a class.",
        "Left out: train/a/more, a folder within a class's folder.",
        "Left out: train/a/notes.txt, of an ending that is not read: save photos as JPEG or PNG.",
    )


def test_classes_named_otherwise_in_both_parts_are_refused_with_their_names(write_pictures):
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "val": {"Cat": 1, "Dog": 1}})
    with pytest.raises(DataError, match=r"no pictures of the classes in train/, only of Cat, Dog"):
        load_data("folder", root)


def test_the_only_class_with_pictures_is_refused_with_what_was_left_out(write_pictures):
    with pytest.raises(DataError, match=r"1 class\(es\).*Left out: dog in train/"):
        load_data("folder", write_pictures({"train": {"cat": 2, "dog": 0}, "val": {"cat": 1}}))


@pytest.mark.parametrize("ending", ["tif", "gif", "jfif"])
def test_every_format_that_classify_reads_is_trained_on(ending, write_pictures):
    root = write_pictures({"train": {"a": 2, "b": 2}, "val": {"a": 1, "b": 1}})
    kind = {"tif": "TIFF", "gif": "GIF", "jfif": "JPEG"}[ending]
    Image.new("RGB", (6, 5), "white").save(root / "train" / "a" / f"x.{ending}", kind)
    assert len(load_data("folder", root).train_labels) == 5
