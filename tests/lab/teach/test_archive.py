"""Photos out of a zip: what it may not do, and what comes back of one that was packed here."""

import io
import struct
import zipfile

import pytest

import resnet_core as rc
from resnet_core.lab.teach.archive import is_zip, packed, unpacked, where
from resnet_core.lab.teach.photos import Shot


def zipped(files, method=zipfile.ZIP_DEFLATED):
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return held.getvalue()


def test_folders_are_classes_and_what_systems_leave_behind_is_no_photo():
    data = zipped(
        {
            "all/mug/a.jpg": b"1",
            "all/pen/b.jpg": b"2",
            "c.jpg": b"3",
            "__MACOSX/mug/._a.jpg": b"4",
            "mug/.DS_Store": b"5",
        }
    )
    assert is_zip(data)
    assert [tuple(one) for one in unpacked(data)] == [
        ("mug", "a.jpg", b"1", "all"),
        ("pen", "b.jpg", b"2", "all"),
        ("", "c.jpg", b"3", ""),
    ]


@pytest.mark.parametrize(
    ("path", "above", "folder", "name"),
    [
        ("../../etc/passwd", "", "etc", "passwd"),
        ("/var/../etc/passwd", "var", "etc", "passwd"),
        ("..\\all\\train\\mug\\a.jpg", "all/train", "mug", "a.jpg"),
        ("a.jpg", "", "", "a.jpg"),
        ("..", "", "", ""),
    ],
)
def test_a_path_that_leads_outside_is_only_names(path, above, folder, name):
    assert where(path) == (above, folder, name)


def test_what_unpacks_to_too_much_is_left_before_it_does():
    data = zipped({f"{n}.jpg": bytes(4_000_000) for n in range(5)})
    assert len(data) < 100_000
    read = []
    with pytest.raises(rc.DataError, match=r"unpacks to more than 10\.0.MB"):
        read.extend(unpacked(data, most=10_000_000))
    assert len(read) == 2


def test_one_file_of_gigabytes_is_read_no_further_than_a_photo_may_be():
    (sent,) = unpacked(zipped({"a.jpg": bytes(60_000_000)}))
    assert len(sent.data) == 20_000_001
    with pytest.raises(rc.ImageError, match="at most 20"):
        rc.decode_image(sent.data)


def test_a_size_that_the_archive_lies_about_is_not_believed():
    data = bytearray(zipped({"a.jpg": bytes(5_000_000)}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 10)  # it says: ten bytes
    with pytest.raises(rc.DataError, match=r"damaged|more than"):
        list(unpacked(bytes(data), most=1_000_000))


@pytest.mark.parametrize("data", [b"PK\x03\x04rubbish", zipped({"a.jpg": b"1"})[:-10], b""])
def test_what_is_no_archive_is_a_sentence(data):
    with pytest.raises(rc.DataError, match="Zip the photos anew"):
        list(unpacked(data))


def test_a_locked_one_is_a_sentence():
    data = bytearray(zipped({"a.jpg": b"12345"}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.rindex(mark) + place] |= 1
    with pytest.raises(rc.DataError, match="password"):
        list(unpacked(bytes(data)))


def test_photos_that_were_packed_come_back_under_names_that_every_system_takes():
    data = packed({"mug / cup": [Shot(b"1"), Shot(b"2")], "..": [Shot(b"3")]})
    assert [one[:3] for one in unpacked(data)] == [
        ("mug _ cup", "001.jpg", b"1"), ("mug _ cup", "002.jpg", b"2"), ("class 2", "001.jpg", b"3"),
    ]  # fmt: skip
