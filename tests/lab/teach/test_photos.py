"""What is refused before anything is learnt, in a sentence that says what to do."""

import pytest

import resnet_core as rc
from resnet_core.lab.teach.photos import Photo, Shot, check_apart, check_classes, read_photo
from resnet_core.weights.record import Preprocessing

AT_64 = Preprocessing(resize_size=64, crop_size=64)


@pytest.mark.parametrize(
    ("photos", "said"),
    [
        ({"mug": [b""]}, "1 class can't be taught: give two"),
        ({}, "0 classes can't be taught"),
        ({"mug": [b""], "pen": []}, 'The class "pen" has no photo.'),
        ({"mug": [b""], "  ": [b""]}, "A class needs a name"),
        ({"mug": [b""], "x" * 201: [b""]}, "one has 201"),
        ({"mug": [b""], " mug ": [b""]}, "Two classes have the same name."),
        ({"mug": [b""] * 200_000, "pen": [b""]}, "200,001 photos are too many"),
    ],
)
def test_classes_that_cannot_be_taught(photos, said):
    with pytest.raises(rc.DataError) as caught:
        check_classes(photos)
    assert said in str(caught.value)


def test_a_photo_that_cannot_be_read_is_named_by_its_file_or_its_place(tmp_path):
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"\xff\xd8\xff nothing")
    with pytest.raises(rc.ImageError, match=r"broken\.jpg"):
        read_photo(Shot(broken), 0, "broken.jpg", AT_64)
    with pytest.raises(rc.ImageError, match="photo 3 of mug"):
        read_photo(Shot(b"nothing"), 0, "photo 3 of mug", AT_64)


def test_the_same_picture_in_two_classes_is_refused_by_both_names(digits):
    data = digits(1)["zero"][0]
    photos = [read_photo(Shot(data), label, name, AT_64)[0] for label, name in enumerate(("a.jpg", "b.jpg"))]
    with pytest.raises(rc.DataError) as caught:
        check_apart(photos, ("mug", "pen"))
    assert 'b.jpg in "pen" is the same picture as a.jpg in "mug"' in str(caught.value)


def test_the_time_is_the_files_own_or_what_the_camera_said(burst, digits):
    first, second = (read_photo(Shot(one), 0, "one", AT_64)[0] for one in burst(3, 2))
    assert second.taken_s - first.taken_s == 1
    assert read_photo(Shot(digits(1)["one"][0]), 0, "one", AT_64)[0].taken_s is None
    assert read_photo(Shot(digits(1)["one"][0], 12.5), 0, "one", AT_64)[0].taken_s == 12.5


def test_a_photo_keeps_no_picture():
    assert set(Photo.__slots__) == {"name", "label", "thumbnail", "digest", "taken_s"}
