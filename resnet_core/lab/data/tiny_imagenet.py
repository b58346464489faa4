"""Tiny ImageNet in its official layout, from the archive or a folder: 200 classes, 110,000 labelled pictures of 64x64.

Published by Stanford's course CS231n; cut from ImageNet, and as that for research and education.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

import torch
from PIL import Image
from torch import Tensor

from resnet_core.cache import cache_folder
from resnet_core.errors import DataError, ImageError
from resnet_core.inference.images import decode_image
from resnet_core.lab.data.decoded import decoded
from resnet_core.lab.data.downloads import fetch_archive
from resnet_core.lab.data.trees import Tree, open_tree
from resnet_core.weights.download import Progress

FOLDER = "tiny-imagenet-200"
ARCHIVE = f"{FOLDER}.zip"
URL = f"http://cs231n.stanford.edu/{ARCHIVE}"
MD5 = "90528d7ca1a48142e341f4ef8d21d0de"
SIZE = 248_100_043  # bytes
IDS, WORDS, ANNOTATIONS = "wnids.txt", "words.txt", "val/val_annotations.txt"
WORDNET_ID = r"n\d{8}"

Part = tuple[Tensor, Tensor]  # uint8 (N, 3, H, W), int64 (N,)


class TinyImageNet(NamedTuple):
    """Class names in the order of the labels, both parts, and the WordNet ids in that order: the alphabet's."""

    classes: tuple[str, ...]
    train: Part
    validation: Part
    wordnet_ids: tuple[str, ...]


class Listing(NamedTuple):
    """Which pictures of which class the layout's text files and folders name."""

    wordnet_ids: tuple[str, ...]
    classes: tuple[str, ...]
    train: list[tuple[str, int]]
    validation: list[tuple[str, int]]


def is_official(folder: Path) -> bool:
    """Whether a folder has the official layout, train/nXXXXXXXX/images/, or what is left of it."""
    return (folder / IDS).is_file() or any((folder / "train").glob("n????????/images"))


def read_tiny_imagenet(folder: Path | None, leave_out: Sequence[str], progress: Progress | None) -> TinyImageNet:
    """Read the set, once it is there, from `folder`: the unpacked set, its archive, or a folder with either in it.

    Args:
        folder: this package's cache where it is None. The archive is downloaded there if there is neither.
        leave_out: WordNet ids of classes to do without.
        progress: called with (bytes so far, bytes in all) while the archive comes, then while pictures are decoded.

    Raises:
        DataError: without a network, for a full disk, or if files are missing or damaged; the message names one.
    """
    with open_tree(_locate(folder, progress), IDS) as tree:
        found = list_pictures(tree, leave_out)
        train, validation = (_read_part(tree, files, progress) for files in (found.train, found.validation))
        return TinyImageNet(found.classes, train, validation, found.wordnet_ids)


def _locate(folder: Path | None, progress: Progress | None) -> Path:
    root = folder or cache_folder() / "data"
    if root.is_file():
        return root
    for place in (root, root / FOLDER):
        if is_official(place):
            return place
    archive = root / ARCHIVE
    if not archive.is_file():
        fetch_archive("tiny-imagenet", URL, archive, MD5, progress, limit=SIZE)
    return archive


def list_pictures(tree: Tree, leave_out: Sequence[str]) -> Listing:
    """The pictures that the layout promises, all of them there.

    Raises:
        DataError: if a text file, a class's folder or a picture is missing, or `leave_out` names no class.
    """
    ids = tree.text(IDS).split()
    if len(set(ids)) < 2 or not all(re.fullmatch(WORDNET_ID, one) for one in ids):
        raise tree.trouble(f"{IDS} must hold two or more WordNet ids such as n02123394, one a line")
    if unknown := sorted(set(leave_out) - set(ids)):
        raise DataError(
            f"leave_out={', '.join(unknown)} is no class of {tree.where}: {IDS} lists the {len(set(ids))} that are."
        )
    kept = tuple(sorted(set(ids) - set(leave_out)))
    pictures: dict[str, list[str]] = {one: [] for one in kept}
    for name in tree.names:
        found = re.fullmatch(rf"train/({WORDNET_ID})/images/[^/]+\.jpe?g", name, re.IGNORECASE)
        if found and found[1] in pictures:
            pictures[found[1]].append(name)
    if missing := [one for one in kept if not pictures[one]]:
        raise tree.trouble(
            f"train/{missing[0]}/images holds no picture ({len(missing)} of {len(kept)} classes lack any)"
        )
    train = [(name, label) for label, one in enumerate(kept) for name in sorted(pictures[one])]
    return Listing(kept, _class_names(tree, kept), train, _annotated(tree, set(ids), kept))


def _class_names(tree: Tree, ids: Sequence[str]) -> tuple[str, ...]:
    """The first word for each; the second beside it where two classes share the first."""
    lines = (line.partition("\t") for line in tree.text(WORDS).splitlines())
    words = {one: [word.strip() for word in text.split(",")] for one, _, text in lines}
    known = [words.get(one) or [one] for one in ids]
    count = Counter(first for first, *_ in known)
    return tuple(
        first if count[first] == 1 else f"{first} ({more[0] if more else one})"
        for one, (first, *more) in zip(ids, known, strict=True)
    )


def _annotated(tree: Tree, ids: set[str], kept: Sequence[str]) -> list[tuple[str, int]]:
    labels = {one: label for label, one in enumerate(kept)}
    files: list[tuple[str, int]] = []
    for line in sorted(filter(None, tree.text(ANNOTATIONS).splitlines())):
        file, _, rest = line.partition("\t")
        one = rest.partition("\t")[0].strip()
        if one not in ids:
            raise tree.trouble(f"{ANNOTATIONS} gives {file!r} the class {one!r}, which {IDS} does not list")
        if f"val/images/{file}" not in tree.names:
            raise tree.trouble(f"{ANNOTATIONS} names {file}, which is not in val/images")
        if one in labels:
            files.append((f"val/images/{file}", labels[one]))
    return files


def _read_part(tree: Tree, files: Sequence[tuple[str, int]], progress: Progress | None) -> Part:
    if not files:
        raise tree.trouble(f"{ANNOTATIONS} names no picture of the classes that are kept")
    names = [name for name, _ in files]
    images = decoded(names, partial(_read_picture, tree), tree.stamp(names), progress)
    return images, torch.tensor([label for _, label in files])


def _read_picture(tree: Tree, name: str) -> Image.Image:
    """Grey ones become RGB, as Classify reads them."""
    try:
        return decode_image(tree.read(name))
    except ImageError as error:
        raise tree.trouble(f"{name} can't be read as a picture ({str(error).partition('. ')[0]})") from error
