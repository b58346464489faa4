"""Which pictures a folder in ImageFolder layout holds, a folder per class, and what of it is left out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from resnet_core.errors import DataError
from resnet_core.inference.filetypes import ENDINGS

HELD_OUT_NAMES = ("test", "val", "validation")
HIDDEN = "hidden"
NAMED = 3  # at most so many names in a remark

LabelledFiles = list[tuple[Path, int]]


class ClassFolders(NamedTuple):
    """Classes in the order of their labels, the files of both parts, the held-out part's name, and remarks.

    Each remark is a sentence about what was left out, or what the folder lacks.
    """

    classes: tuple[str, ...]
    train: LabelledFiles
    held_out: LabelledFiles
    split: str
    remarks: tuple[str, ...]


def list_class_folders(folder: Path) -> ClassFolders:
    """What `folder` holds in train/ and in test/, val/ or validation/.

    Hidden files and folders (`.ipynb_checkpoints`, `._photo.png`, `__MACOSX`) are none of its, a folder without
    pictures is no class, and pictures deeper than a class's own folder are not read; `remarks` names them.

    Raises:
        DataError: if nothing is held out, or a part holds no picture.
    """
    split = _held_out_name(folder)
    parts = {part: _pictures_by_class(folder / part) for part in ("train", split)}
    classes = tuple(name for name, pictures in parts["train"].items() if pictures)
    train, held_out = (
        [(path, label) for label, name in enumerate(classes) for path in by_class.get(name, ())]
        for by_class in parts.values()
    )
    for part, files in (("train", train), (split, held_out)):
        if not files:
            raise DataError(_nothing_in(folder / part, parts[part], classes))
    return ClassFolders(classes, train, held_out, split, tuple(_remarks(folder, parts, split)))


def list_classes(folder: Path) -> dict[str, list[Path]]:
    """The pictures of each class in a folder that has a folder for each; a folder without pictures is no class.

    Raises:
        DataError: if there is no such folder, or no class in it.
    """
    if not folder.is_dir():
        raise DataError(f"{folder} is no folder. Give one that has a folder of photos for each class.")
    classes = {name: pictures for name, pictures in _pictures_by_class(folder).items() if pictures}
    if not classes:
        raise DataError(" ".join((_nothing_in(folder, {}, ()), *left_out(folder))))
    return classes


def left_out(folder: Path) -> tuple[str, ...]:
    """What `list_classes` leaves out of a folder, in sentences; of what is hidden, nothing is said."""
    place = folder.absolute()
    empty = _without_pictures(_pictures_by_class(place), place.name)
    return *empty, *_lying_about(place.parent, (place.name,), say_hidden=False)


def some_held_out(folder: Path, first: int, last: int) -> LabelledFiles:
    """Held-out pictures of each class that train/ names: from number `first` up to `last`, in the order of their names.

    Raises:
        DataError: if nothing is held out.
    """
    split = _held_out_name(folder)
    classes = [path.name for path in _seen(folder / "train") if path.is_dir()]
    places = [(label, folder / split / name) for label, name in enumerate(classes)]
    found = [
        (file, label)
        for label, place in places
        if place.is_dir()
        for file in islice(filter(_is_picture, _seen(place)), first, last)
    ]
    if not found:
        raise DataError(f"{folder / split} holds no pictures ({', '.join(ENDINGS)}) in a folder per class.")
    return found


def _held_out_name(folder: Path) -> str:
    split = next((name for name in HELD_OUT_NAMES if (folder / name).is_dir()), None)
    if split is None:
        raise DataError(f"{folder} has train/ but neither test/ nor val/ beside it. Put some pictures aside there.")
    return split


def _pictures_by_class(part: Path) -> dict[str, list[Path]]:
    return {
        path.name: [file for file in _seen(path) if _is_picture(file)] for path in _seen(part) if path.is_dir()
    }  # fmt: skip


def _seen(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not _is_hidden(path))


def _is_hidden(path: Path) -> bool:
    return path.name.startswith(".") or path.name == "__MACOSX"


def _is_picture(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and path.is_file()


def _nothing_in(part: Path, pictures: dict[str, list[Path]], classes: tuple[str, ...]) -> str:
    if classes and any(pictures.values()):
        others = _named(sorted(name for name, files in pictures.items() if files))
        return f"{part} holds no pictures of the classes in train/, only of {others}. Name the folders alike in both."
    return f"{part} holds no pictures ({', '.join(ENDINGS)}) in a folder per class."


def _remarks(folder: Path, parts: dict[str, dict[str, list[Path]]], split: str) -> Iterator[str]:
    train, held_out = parts["train"], parts[split]
    with_pictures = {name for name, pictures in train.items() if pictures}
    yield from _without_pictures(train, "train")
    if unknown := sorted(n for n, pictures in held_out.items() if pictures and n not in with_pictures):
        yield f"Left out: {_named(unknown)} in {split}/, of which train/ has no pictures."
    if unmeasured := sorted(name for name in with_pictures if not held_out.get(name)):
        yield f"No error is measured for {_named(unmeasured)}: {split}/ has no pictures of it."
    yield from _lying_about(folder, ("train", split))


def _without_pictures(by_class: dict[str, list[Path]], part: str) -> Iterator[str]:
    if empty := sorted(name for name, pictures in by_class.items() if not pictures):
        yield f"Left out: {_named(empty)} in {part}/, without a picture in it."


def _lying_about(folder: Path, parts: tuple[str, ...], say_hidden: bool = True) -> Iterator[str]:
    for why, strange in _strangers(folder, parts).items():
        if strange and (say_hidden or why != HIDDEN):
            yield f"Left out: {_named([str(path.relative_to(folder)) for path in strange])}, {why}."


def _strangers(folder: Path, parts: tuple[str, ...]) -> dict[str, list[Path]]:
    """What lies about that is no picture of a class, by why it is left out."""
    tops = [path for part in parts for path in sorted((folder / part).iterdir())]
    inside = [path for top in tops if top.is_dir() and not _is_hidden(top) for path in sorted(top.iterdir())]
    seen = [path for path in inside if not _is_hidden(path)]
    return {
        HIDDEN: [path for path in (*tops, *inside) if _is_hidden(path)],
        "not in the folder of a class": [path for path in tops if not path.is_dir() and not _is_hidden(path)],
        "a folder within a class's folder": [path for path in seen if path.is_dir()],
        "of an ending that is not read: save photos as JPEG or PNG": [
            path for path in seen if not path.is_dir() and not _is_picture(path)
        ],
    }


def _named(names: list[str]) -> str:
    """The first three names, and how many more there are."""
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (f" and {more:,} more" if more > 0 else "")
