"""Photos to begin with: digits, digits on two tables, and classes of CIFAR-10 where that lies on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_core.errors import DataError, require
from resnet_core.lab.data.available import cifar10_on_disk
from resnet_core.lab.data.folders import list_classes
from resnet_core.lab.data.sets import cifar10_test_part
from resnet_core.lab.teach.photos import Shot

SIDE = 96  # pixels of a photo of a digit
DIGITS = {"zero": 0, "one": 1, "seven": 7}
ON_TABLES = {"three": 3, "eight": 8}
TABLES = ((0.32, 0.20, 0.12), (0.80, 0.84, 0.88))  # dark wood and pale stone, as shares of red, green and blue
CIFAR = ("airplane", "horse", "ship")  # none of them is a class of the bundled network of everyday things
ELSEWHERE_FROM = 100  # the digits of a class from here on are in other people's writing
Pixels = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """Photos to learn from, and others to ask about.

    Attributes:
        classes: name -> photos.
        elsewhere: name -> photos of the same things taken elsewhere, which nobody learns from.
        said: where they come from, in a sentence.
    """

    classes: Mapping[str, Sequence[Shot]]
    elsewhere: Mapping[str, Sequence[Shot]]
    said: str


def digits(number: int = 10, asked: int = 20) -> Example:
    """Zeros, ones and sevens in pencil, on white; those to ask about are in other people's writing.

    Raises:
        InvalidSpecError: for fewer than one of either, or more than there are.
        DataError: without scikit-learn, which brings them.
    """
    _check(number, asked)
    return Example(
        {name: _drawn(name, digit, range(number), _on_white) for name, digit in DIGITS.items()},
        {name: _drawn(name, digit, _later(asked), _on_white) for name, digit in DIGITS.items()},
        f"Handwriting of Alpaydin and Kaynak, 1998, as it comes with scikit-learn. Those to ask about are {asked} "
        "later ones of each, in other people's writing.",
    )


def two_tables(number: int = 10, asked: int = 20) -> Example:
    """Threes photographed on a dark table and eights on a pale one; those to ask about lie the other way round.

    Raises:
        InvalidSpecError: for fewer than one of either, or more than there are.
        DataError: without scikit-learn, which brings them.
    """
    _check(number, asked)
    dark, pale = (_table(colour) for colour in TABLES)
    tables = dict(zip(ON_TABLES, ((dark, pale), (pale, dark)), strict=True))
    return Example(
        {name: _drawn(name, digit, range(number), tables[name][0]) for name, digit in ON_TABLES.items()},
        {name: _drawn(name, digit, _later(asked), tables[name][1]) for name, digit in ON_TABLES.items()},
        "The same handwriting, on cards that lie on a table. Every three lies on the dark one, every eight on the pale "
        f"one. Of those to ask about, {asked} of each, every one lies on the other table.",
    )


def cifar(classes: Sequence[str] = CIFAR, number: int = 10, asked: int = 20, folder: Path | None = None) -> Example:
    """Photos of CIFAR-10's test part, 32x32 pixels.

    Args:
        classes: names of CIFAR-10's.
        folder: where torchvision's sets lie; that of this package's cache otherwise.

    Raises:
        DataError: if CIFAR-10 does not lie on this machine.
        InvalidSpecError: for a class that it has not.
    """
    require(number >= 1 and asked >= 1, "number, asked", (number, asked), "at least 1 each")
    place = cifar10_on_disk(folder)
    if place is None:
        raise DataError("CIFAR-10 does not lie on this machine. `resnet-explainer train --data cifar10` fetches it.")
    read = _of_folders if (place / "test").is_dir() else _of_torchvision
    shots = read(place, classes, number + asked)
    return Example(
        {name: shots[name][:number] for name in classes},
        {name: shots[name][number:] for name in classes},
        f"Photos of CIFAR-10's test part (Krizhevsky, 2009), 32×32 pixels. Those to ask about are {asked} "
        "others of each.",
    )


def _check(number: int, asked: int) -> None:
    require(1 <= number <= ELSEWHERE_FROM, "number", number, f"1 to {ELSEWHERE_FROM}")
    require(1 <= asked <= 70, "asked", asked, "1 to 70")


def _later(number: int) -> range:
    return range(ELSEWHERE_FROM, ELSEWHERE_FROM + number)


def _drawn(name: str, digit: int, places: range, draw: Callable[[Pixels, int], Pixels]) -> list[Shot]:
    """Photos of some of the digits of one kind, in the order of the file, which goes from writer to writer."""
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        raise DataError("The digits come with scikit-learn. Install it: pip install scikit-learn") from error
    data = load_digits()
    ink = data.images[data.target == digit][places.start : places.stop] / 16
    return [
        Shot(_jpeg(draw(_enlarged(one), place)), name=f"{name} {place + 1}")
        for place, one in zip(places, ink, strict=True)
    ]


def _enlarged(ink: Pixels) -> Pixels:
    """(8, 8) -> (SIDE, SIDE), smoothly, with a margin."""
    inner = SIDE * 3 // 4
    grown = Image.fromarray((ink * 255).astype(np.uint8)).resize((inner, inner), Image.Resampling.BICUBIC)
    page = Image.new("L", (SIDE, SIDE))
    page.paste(grown, ((SIDE - inner) // 2,) * 2)
    return np.asarray(page, np.float64) / 255


def _on_white(ink: Pixels, _place: int) -> Pixels:
    return np.repeat(1 - 0.85 * ink[..., None], 3, axis=2)


def _table(colour: tuple[float, float, float]) -> Callable[[Pixels, int], Pixels]:
    """Draws a digit on a card on a table of that colour, whose grain is another one for each photo."""

    def draw(ink: Pixels, place: int) -> Pixels:
        random = np.random.default_rng(place)
        grain = 1 + 0.12 * np.cumsum(random.normal(size=(SIDE, 1, 1)), axis=0) / SIDE**0.5
        table = np.clip(np.array(colour) * grain + random.normal(0, 0.015, (SIDE, SIDE, 3)), 0, 1)
        card = np.zeros((SIDE, SIDE, 1))
        top, left = random.integers(SIDE // 4 - 8, SIDE // 4 + 9, 2)
        half = np.asarray(Image.fromarray((ink * 255).astype(np.uint8)).resize((SIDE // 2,) * 2), np.float64) / 255
        card[top : top + SIDE // 2, left : left + SIDE // 2] = 1
        written = np.zeros((SIDE, SIDE, 1))
        written[top : top + SIDE // 2, left : left + SIDE // 2, 0] = half
        return np.asarray(table * (1 - card) + card * (0.93 - 0.8 * written))

    return draw


def _jpeg(pixels: Pixels) -> bytes:
    file = BytesIO()
    Image.fromarray((pixels.clip(0, 1) * 255).round().astype(np.uint8)).save(file, "JPEG", quality=92)
    return file.getvalue()


def _of_folders(place: Path, classes: Sequence[str], number: int) -> dict[str, list[Shot]]:
    there = list_classes(place / "test")
    _check_names(classes, tuple(there))
    return {
        name: [Shot(path.read_bytes(), name=f"{name} {at}") for at, path in enumerate(there[name][:number], 1)]
        for name in classes
    }


def _of_torchvision(place: Path, classes: Sequence[str], number: int) -> dict[str, list[Shot]]:
    images, labels = cifar10_test_part(place)
    names = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
    _check_names(classes, names)
    return {
        name: [
            Shot(_jpeg(images[row].permute(1, 2, 0).numpy() / 255), name=f"{name} {at}")
            for at, row in enumerate((labels == names.index(name)).nonzero().ravel()[:number].tolist(), 1)
        ]
        for name in classes
    }


def _check_names(classes: Sequence[str], there: Sequence[str]) -> None:
    for name in classes:
        require(name in there, "class", name, f"one of {', '.join(there)}")
