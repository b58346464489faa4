"""Pictures in ImageFolder layout, a folder per class: decoded once, then kept as one array in the cache."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from resnet_core.atomic import write_atomically
from resnet_core.cache import cache_folder
from resnet_core.errors import DataError

IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}
HELD_OUT_NAMES = ("test", "val", "validation")

LabelledFiles = list[tuple[Path, int]]


def read_class_folders(
    folder: Path,
) -> tuple[tuple[str, ...], tuple[Tensor, Tensor], tuple[Tensor, Tensor], str]:
    """Classes, training part, held-out part, and the held-out part's name.

    Each part is uint8 pictures (N, 3, H, W) with int64 labels (N,).

    Raises:
        DataError: if there is no picture, an unreadable one, or pictures of different sizes.
    """
    classes, train, held_out, split = list_class_folders(folder)
    return classes, _read_part(folder / "train", train), _read_part(folder / split, held_out), split


def list_class_folders(folder: Path) -> tuple[tuple[str, ...], LabelledFiles, LabelledFiles, str]:
    """Classes, files of the training part and of the held-out part, and the held-out part's name.

    Raises:
        DataError: if nothing is held out, or a part holds no picture.
    """
    split = next((name for name in HELD_OUT_NAMES if (folder / name).is_dir()), None)
    if split is None:
        raise DataError(f"{folder} has train/ but neither test/ nor val/ beside it. Put some pictures aside there.")
    classes = tuple(sorted(path.name for path in (folder / "train").iterdir() if path.is_dir()))
    train, held_out = (_list_part(folder / part, classes) for part in ("train", split))
    return classes, train, held_out, split


def _list_part(part: Path, classes: tuple[str, ...]) -> LabelledFiles:
    files = [
        (path, label)
        for label, name in enumerate(classes)
        for path in sorted((part / name).glob("*"))
        if path.suffix.lower() in IMAGE_SUFFIXES
    ]
    if not files:
        raise DataError(f"{part} holds no pictures ({', '.join(sorted(IMAGE_SUFFIXES))}) in a folder per class.")
    return files


def _read_part(part: Path, files: LabelledFiles) -> tuple[Tensor, Tensor]:
    images = torch.from_numpy(_decode_cached(part, [path for path, _ in files]))
    return images.permute(0, 3, 1, 2).contiguous(), torch.tensor([label for _, label in files])


def _decode_cached(part: Path, paths: list[Path]) -> np.ndarray:
    """Pictures (N, H, W, 3), from the cache where no file's name, size or time has changed."""
    cached = cache_folder() / "decoded" / f"{_stamp(part, paths)}.npy"
    if cached.exists():
        return np.asarray(np.load(cached))
    images, buffer = _decode(paths), io.BytesIO()
    np.save(buffer, images)
    write_atomically(cached, buffer.getvalue())
    return images


def _stamp(part: Path, paths: list[Path]) -> str:
    facts = ((path, path.stat()) for path in paths)
    text = "".join(f"{path.relative_to(part)}:{stat.st_mtime_ns}:{stat.st_size};" for path, stat in facts)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _decode(paths: list[Path]) -> np.ndarray:
    images: list[np.ndarray] = []
    for path in paths:
        images.append(read_rgb(path))
        if images[-1].shape != images[0].shape:
            (height, width), (first_height, first_width) = images[-1].shape[:2], images[0].shape[:2]
            raise DataError(
                f"{path} is {width}x{height} pixels, but {paths[0].name} is {first_width}x{first_height}. "
                "Resize them all to one size, or train with crop 'scale' and an image_size, which takes any."
            )
    return np.stack(images)


def read_rgb(path: Path) -> np.ndarray:
    """One picture as uint8 (H, W, 3).

    Raises:
        DataError: if the file can't be read as a picture.
    """
    try:
        with Image.open(path) as image:
            return np.array(image.convert("RGB"))
    except (OSError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError) as error:
        raise DataError(f"{path} can't be read as a picture: {error}. Remove it or replace it.") from error
