"""Tiny ImageNet from a folder, an archive and a server of the tests' own, whole and broken in each of its parts."""

import hashlib
import os

import pytest

from resnet_core.errors import DataError
from resnet_core.lab.data import decoded, tiny_imagenet
from resnet_core.lab.data.sets import load_data
from tests.tiny_imagenet_set import BABOON, CUP, GOLDFISH, LADLE, SIDE, as_archive, jpeg, official_files, write_folder
from tests.weights_server import serving


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_CORE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("no_proxy", "*")


def load(where, **options):
    return load_data("tiny-imagenet", where, **options)


def shades(images):
    return images[:, :, 4:12, 4:12].float().mean((1, 2, 3)).round().int().tolist()


@pytest.fixture(params=["folder", "folder above", "archive", "archive in a folder", "archive without a top"])
def place(request, tmp_path):
    """A set that is on disk, in each way that it may be."""
    files = official_files()
    if request.param.startswith("folder"):
        folder = write_folder(tmp_path, files)
        return folder.parent if "above" in request.param else folder
    name = "tiny-imagenet-200.zip" if "in a" in request.param else "mine.zip"
    (tmp_path / name).write_bytes(as_archive(files, "" if "without" in request.param else "tiny-imagenet-200/"))
    return tmp_path if "in a" in request.param else tmp_path / name


def test_the_set_is_read_in_the_order_of_its_ids_with_plain_names(place, monkeypatch):
    monkeypatch.setattr(tiny_imagenet, "fetch_archive", lambda *_, **__: pytest.fail("asked the network"))
    data = load(place)
    assert data.wordnet_ids == (GOLDFISH, BABOON, LADLE, CUP)
    assert data.classes == ("goldfish", "baboon", "cup (ladle)", f"cup ({CUP})")
    assert data.train_labels.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]
    assert shades(data.train_images) == [10, 11, 12, 20, 21, 22, 30, 31, 32, 40, 41, 42]
    assert (shades(data.validation_images), data.validation_labels.tolist()) == ([100, 101, 102, 103], [0, 1, 2, 3])
    assert (data.name, data.validation_split, data.image_size) == ("tiny-imagenet", "val", (SIDE, SIDE))
    assert (data.mean, data.std) == ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225))  # ImageNet's


def test_classes_that_are_left_out_are_in_neither_part(place):
    data = load(place, leave_out=(BABOON, LADLE))
    assert (data.wordnet_ids, data.classes) == ((GOLDFISH, CUP), ("goldfish", "cup"))
    assert shades(data.train_images) == [10, 11, 12, 40, 41, 42]
    assert (shades(data.validation_images), data.validation_labels.tolist()) == ([100, 103], [0, 1])


def test_it_is_decoded_once_and_again_where_the_source_has_changed(place, tmp_path, monkeypatch):
    first = load(place)
    with monkeypatch.context() as patch:
        patch.setattr(tiny_imagenet, "decode_image", lambda _: pytest.fail("decoded again"))
        assert load(place).train_images.equal(first.train_images)
    files = official_files() | {f"train/{CUP}/images/{CUP}_1.JPEG": jpeg(200)}
    archive = next(tmp_path.glob("*.zip"), None)
    if archive is None:
        changed = write_folder(tmp_path, files) / f"train/{CUP}/images/{CUP}_1.JPEG"
        os.utime(changed, (1, 1))
    else:
        archive.write_bytes(as_archive(files))
    assert shades(load(place).train_images)[-2] == 200


def test_grey_pictures_become_rgb_as_classify_reads_them(tmp_path):
    files = official_files() | {f"train/{CUP}/images/{CUP}_0.JPEG": jpeg(77, mode="L")}
    data = load(write_folder(tmp_path, files))
    assert data.train_images[9].unique().tolist() == [77]
    assert data.train_images.shape == (12, 3, SIDE, SIDE)


def without(name, files):
    return {key: content for key, content in files.items() if not key.startswith(name)}


BROKEN = {
    r"train/n07930864/images holds no picture \(1 of 4 classes lack any\)": lambda f: without(f"train/{CUP}/", f),
    r"names val_2\.JPEG, which is not in val/images": lambda f: without("val/images/val_2", f),
    r"val_annotations\.txt is missing": lambda f: without("val/val_ann", f),
    r"words\.txt is missing": lambda f: without("words", f),
    r"wnids\.txt is missing": lambda f: without("wnids", f),
    r"wnids\.txt must hold two or more WordNet ids": lambda f: f | {"wnids.txt": b"cat\ndog"},
    r"gives 'val_0\.JPEG' the class 'n00000001', which wnids\.txt does not list": lambda f: (
        f | {"val/val_annotations.txt": b"val_0.JPEG\tn00000001\t0"}
    ),
    r"gives 'gibberish' the class ''": lambda f: f | {"val/val_annotations.txt": b"gibberish"},
    r"annotations\.txt names no picture of the classes": lambda f: f | {"val/val_annotations.txt": b""},
    r"n07930864_2\.JPEG can't be read as a picture \(This JPEG file is damaged": lambda f: (
        f | {f"train/{CUP}/images/{CUP}_2.JPEG": jpeg(1)[:300]}
    ),
    r"n07930864_2\.JPEG is 20x20 pixels, but n01443537_0\.JPEG is 16x16": lambda f: (
        f | {f"train/{CUP}/images/{CUP}_2.JPEG": jpeg(1, side=20)}
    ),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BROKEN)
@pytest.mark.parametrize("packed", [False, True])
def test_a_set_that_is_not_whole_is_refused_by_what_it_lacks(sentence, packed, tmp_path):
    files = BROKEN[sentence](official_files())
    if packed:
        place = tmp_path / "set.zip"
        place.write_bytes(as_archive(files))
    else:
        place = write_folder(tmp_path, files)
    with pytest.raises(DataError, match=sentence) as refused:
        load(place)
    remedy = "Remove it to have it downloaded again" if packed else "Unpack it again"
    assert "Resize them all" in str(refused.value) or (
        str(place) in str(refused.value) and remedy in str(refused.value)
    )


@pytest.mark.parametrize("damage", ["cut", "changed", "no archive"])
def test_an_archive_on_disk_that_is_damaged_says_how_to_get_another(damage, tmp_path):
    content = as_archive(official_files())
    archive = tmp_path / "tiny-imagenet-200.zip"
    at = content.index(jpeg(42)) + 300
    damaged = {
        "cut": content[:-900], "no archive": b"a page that asks you to log in",
        "changed": content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
    }  # fmt: skip
    archive.write_bytes(damaged[damage])
    words = (
        r"train/n07930864/images/n07930864_2\.JPEG in it is damaged"
        if damage == "changed"
        else "it is no whole zip archive"
    )
    with pytest.raises(DataError, match=rf"200\.zip can't be used: {words}.*Remove it to have it downloaded again"):
        load(tmp_path)
    assert not list((tmp_path / "cache" / "decoded").glob("*.npy*"))


def test_a_class_that_is_none_can_not_be_left_out(tmp_path):
    with pytest.raises(DataError, match=r"leave_out=n00000009 is no class of .*lists the 4 that are"):
        load(write_folder(tmp_path, official_files()), leave_out=("n00000009", CUP))


def test_a_folder_per_class_may_stand_for_the_set_but_has_no_ids_to_leave_out(write_pictures):
    root = write_pictures({"train": {"cat": 2, "dog": 2}, "val": {"cat": 1, "dog": 1}})
    assert load(root).classes == ("cat", "dog")
    with pytest.raises(DataError, match="leave_out=n02486410 works with tiny-imagenet in its official layout only"):
        load(root, leave_out=(BABOON,))


def test_the_official_layout_under_another_name_is_recognised(tmp_path):
    with pytest.raises(DataError, match=r"is Tiny ImageNet in its official layout\. Name the data tiny-imagenet"):
        load_data("folder", write_folder(tmp_path, official_files()))


# From a server


@pytest.fixture
def published(monkeypatch):
    """Publishes an archive at an address, as the real one is."""

    def publish(url, content):
        monkeypatch.setattr(tiny_imagenet, "URL", url)
        monkeypatch.setattr(tiny_imagenet, "MD5", hashlib.md5(content).hexdigest())
        monkeypatch.setattr(tiny_imagenet, "SIZE", len(content))

    return publish


LARGE = as_archive(official_files() | {"test/images/test_1.JPEG": bytes(900_000)})


@pytest.mark.parametrize(("manner", "starts"), [("well", [0]), ("truncates", [0, 400_000, 800_000])])
def test_the_archive_is_downloaded_with_progress_resumed_and_kept(manner, starts, published, tmp_path):
    log, seen = [], []
    with serving(manner, log, content=LARGE) as url:
        published(url, LARGE)
        data = load(None, progress=lambda done, total: seen.append((done, total)))
        assert shades(load(None).train_images) == shades(data.train_images)
    assert log == starts  # and the second time nothing was asked
    assert seen[0] == (0, len(LARGE))
    assert (len(LARGE), len(LARGE)) in seen
    assert seen[-2:] == [(n * SIDE * SIDE * 3,) * 2 for n in (12, 4)]  # decoded, each part
    kept = tmp_path / "cache" / "data"
    assert sorted(path.name for path in kept.iterdir() if not path.name.endswith(".lock")) == ["tiny-imagenet-200.zip"]


@pytest.mark.parametrize("manner", ["corrupts", "refuses"])
def test_what_is_not_the_published_archive_is_no_set(manner, published, tmp_path):
    sentence = {
        "corrupts": r"for tiny-imagenet is not the published file\. It was removed",
        "refuses": r"tiny-imagenet is not in .*could not be downloaded.*answered 404",
    }[manner]
    with serving(manner, content=LARGE) as url:
        published(url, LARGE)
        with pytest.raises(DataError, match=sentence):
            load(tmp_path / "there")
    assert not [path for path in (tmp_path / "there").iterdir() if not path.name.endswith(".lock")]


def test_more_bytes_than_the_archive_has_are_not_taken(published, monkeypatch, tmp_path):
    with serving(content=LARGE) as url:
        published(url, LARGE)
        monkeypatch.setattr(tiny_imagenet, "SIZE", len(LARGE) - 1)
        with pytest.raises(DataError, match="it is another file"):
            load(tmp_path)


def test_an_archive_that_came_whole_but_was_not_checked_is_not_asked_for_again(published, tmp_path):
    log = []
    (tmp_path / "tiny-imagenet-200.zip.unchecked").write_bytes(LARGE)
    with serving(log=log, content=LARGE) as url:
        published(url, LARGE)
        assert len(load(tmp_path).train_labels) == 12
    assert log == []


def test_where_downloads_are_switched_off_nothing_is_asked(published, tmp_path, monkeypatch):
    log = []
    monkeypatch.setenv("RESNET_DOWNLOADS", "off")
    with serving(log=log, content=LARGE) as url:
        published(url, LARGE)
        with pytest.raises(DataError, match=r"tiny-imagenet is not in .*RESNET_DOWNLOADS=off forbids downloads here"):
            load(tmp_path)
    assert log == []


def test_the_array_is_mapped_and_bounded_with_the_others(tmp_path, monkeypatch):
    """Of two selections only the newest stays where there is room for one."""
    folder = write_folder(tmp_path, official_files())
    load(folder)
    monkeypatch.setattr(decoded, "MOST_KEPT_BYTES", 13 * SIDE * SIDE * 3)
    load(folder, leave_out=(BABOON,))
    sizes = [path.stat().st_size // (SIDE * SIDE * 3) for path in (tmp_path / "cache" / "decoded").glob("*.npy")]
    assert sum(sizes) <= 13
