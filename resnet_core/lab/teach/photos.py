"""Photos of classes, read one by one: what is kept of each is small enough for thousands."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from itertools import islice
from pathlib import Path
from typing import Any
from unicodedata import category

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_core.errors import DataError, ImageError
from resnet_core.inference.classifier import ImageSource, read_image
from resnet_core.inference.preprocessing import seen_image
from resnet_core.weights.record import Preprocessing

EXIF_BLOCK, TAKEN = 0x8769, 0x9003  # where EXIF keeps DateTimeOriginal
CLOCK = "%Y:%m:%d %H:%M:%S"  # as EXIF writes a time
MOST_CLASSES, MOST_PHOTOS = 1000, 200_000
LONGEST_NAME = 200  # letters
UNPRINTED = ("Cc", "Cs")  # Unicode's control characters, and halves of pairs
ENOUGH = 2  # times what the network resizes to: a JPEG is read no larger
THUMBNAIL = 16  # pixels a side, in grey: by it photos are compared


@dataclass(frozen=True, slots=True)
class Shot:
    """A photo with the time at which it was taken, where its file does not say so: a camera's snapshot.

    Attributes:
        source: a picture as `Classifier.predict` takes it.
        taken_s: seconds since any moment that all photos share.
        name: for messages.
    """

    source: ImageSource
    taken_s: float | None = None
    name: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """What is known of one photo once it has been read.

    Attributes:
        name: its file's name, or its class and number.
        label: the number of its class.
        thumbnail: (16, 16) grey, of mean 0 and length 1; all zeros for a picture of one colour.
        digest: of what the network sees: two photos with the same one are one.
        taken_s: when it was taken, in seconds, where that is known.
    """

    name: str
    label: int
    thumbnail: npt.NDArray[np.float32]
    digest: str
    taken_s: float | None


Photos = Mapping[str, Sequence[ImageSource | Shot]]


def check_classes(photos: Photos) -> dict[str, Sequence[ImageSource | Shot]]:
    """Name -> photos, in the order in which they were given; names without spaces around them.

    Raises:
        DataError: for fewer than two classes, too many, one without a photo, a name that is empty, endless or can't be
            printed, and for what is no dict of lists.
    """
    taken = lists_of(photos)
    count = f"{len(photos)} {'class' if len(photos) == 1 else 'classes'}"
    if not 2 <= len(photos) <= MOST_CLASSES:
        raise DataError(
            f"{count} can't be taught: give two to {MOST_CLASSES:,}, for an answer is a choice between them."
        )
    for name, shots in taken.items():
        if not name or len(name) > LONGEST_NAME:
            raise DataError(f"A class needs a name of 1 to {LONGEST_NAME} letters; one has {len(name):,}.")
        if any(category(letter) in UNPRINTED for letter in name):
            raise DataError(f"The name {name!a} has letters that can't be printed. Name the class otherwise.")
        if not shots:
            raise DataError(f'The class "{name}" has no photo. Give it some, or leave it out.')
    if len(taken) < len(photos):
        raise DataError("Two classes have the same name. Name each differently.")
    total = sum(map(len, taken.values()))
    if total > MOST_PHOTOS:
        raise DataError(f"{total:,} photos are too many: at most {MOST_PHOTOS:,} are read.")
    return taken


def lists_of(photos: Photos, what: str = "photos") -> dict[str, Sequence[ImageSource | Shot]]:
    """Name -> photos, in something that can be gone through more than once: of a generator, its list.

    Args:
        what: they are called in messages.

    Raises:
        DataError: for what is no dict, or has something else than photos in it.
    """
    if not isinstance(photos, Mapping):
        raise DataError(f"{what} is {_kind(photos)}. Give a dict: the name of each class, and a list of its photos.")
    return {str(name).strip(): _list_of(str(name).strip(), shots) for name, shots in photos.items()}


def _list_of(name: str, shots: Any) -> Sequence[ImageSource | Shot]:
    one = isinstance(shots, str | bytes | bytearray | memoryview) or hasattr(shots, "read")
    if one or not isinstance(shots, Iterable):
        raise DataError(f'The photos of "{name}" are {_kind(shots)}. Give a list of photos, even if it is one.')
    return shots if isinstance(shots, Sequence) else list(islice(shots, MOST_PHOTOS + 1))


def _kind(given: Any) -> str:
    return "None" if given is None else f"of type {type(given).__name__}"


def called(shot: Shot, class_name: str, number: int) -> str:
    """What messages call a photo: its own name, or its class and number."""
    return shot.name or _file_name(shot.source) or f"photo {number} of {class_name}"


def read_photo(shot: Shot, label: int, name: str, preparation: Preprocessing) -> tuple[Photo, Image.Image]:
    """One photo, and what the network sees of it.

    Args:
        preparation: of the network that will look at it.

    Raises:
        ImageError: if it can't be read, by its name.
    """
    try:
        seen_s = taken_s(shot.source) if shot.taken_s is None else shot.taken_s
        seen = seen_image(read_image(shot.source, ENOUGH * preparation.resize_size), preparation)
    except ImageError as error:
        raise error if name in str(error) else ImageError(f"{name}: {error}") from error
    return Photo(name, label, _thumbnail(seen), hashlib.sha256(seen.tobytes()).hexdigest(), seen_s), seen


def check_apart(photos: Sequence[Photo], classes: Sequence[str]) -> None:
    """No photo may stand in two classes.

    Raises:
        DataError: that names the two.
    """
    first: dict[str, Photo] = {}
    for photo in photos:
        other = first.setdefault(photo.digest, photo)
        if other.label != photo.label:
            raise DataError(
                f'{photo.name} in "{classes[photo.label]}" is the same picture as {other.name} in '
                f'"{classes[other.label]}". Take it out of one of them.'
            )


def check_each(photos: Sequence[Photo], classes: Sequence[str]) -> None:
    """Each class has a photo that could be read.

    Raises:
        DataError: that names one that has none.
    """
    there = {photo.label for photo in photos}
    if missing := next((name for label, name in enumerate(classes) if label not in there), None):
        raise DataError(f'No photo of "{missing}" could be read. Give it others.')


def check_unseen(learnt: Sequence[Photo], asked: Sequence[Photo]) -> None:
    """What is held out is something, and was not learnt from.

    Raises:
        DataError: that says which photo is on both sides.
    """
    if not asked:
        raise DataError("No photo is held out. Give some, or leave held_out away: then cross-validation measures.")
    digests = {photo.digest: photo.name for photo in learnt}
    for photo in asked:
        if photo.digest in digests:
            raise DataError(f"{photo.name} is held out and learnt from ({digests[photo.digest]}). Take it out of one.")


def _file_name(source: Any) -> str:
    if isinstance(source, str | Path):
        return Path(source).name
    return Path(str(getattr(source, "name", "") or getattr(source, "filename", ""))).name


def _thumbnail(seen: Image.Image) -> npt.NDArray[np.float32]:
    grey = np.asarray(seen.convert("L").resize((THUMBNAIL, THUMBNAIL), Image.Resampling.BOX), np.float32)
    centred = grey - grey.mean()
    length = float(np.linalg.norm(centred))
    return np.asarray(centred / length if length > 1 else np.zeros_like(centred), np.float32)


def exif_of(when_s: float | None) -> Image.Exif:
    """The block that says when a photo was taken, to the second; an empty one where that is not known."""
    exif = Image.Exif()
    if when_s is not None:
        exif.get_ifd(EXIF_BLOCK)[TAKEN] = datetime.fromtimestamp(when_s).strftime(CLOCK)
    return exif


def taken_s(source: ImageSource) -> float | None:
    """The time in a photo's EXIF block, in seconds. None where there is none, or it is no time."""
    try:
        if isinstance(source, Image.Image):
            exif = source.getexif()
        elif isinstance(source, str | Path | bytes | bytearray | memoryview):
            opened = Path(source) if isinstance(source, str | Path) else BytesIO(bytes(source))
            with Image.open(opened) as image:
                exif = image.getexif()
        else:
            return None
        return datetime.strptime(str(exif.get_ifd(EXIF_BLOCK)[TAKEN]), CLOCK).timestamp()
    except (KeyError, ValueError, OSError, OverflowError, SyntaxError, Image.DecompressionBombError):
        return None  # whether it is a picture at all is told by who reads it
