"""Pictures of class folders as arrays: decoded once, as Classify decodes them, then kept as one array in the cache."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import PIL
import torch
from PIL import Image
from torch import Tensor

from resnet_core.atomic import write_atomically
from resnet_core.cache import cache_folder
from resnet_core.errors import DataError, ImageError
from resnet_core.inference.images import READER, open_image
from resnet_core.lab.data.folders import LabelledFiles, list_class_folders

MOST_KEPT_BYTES = 10 * 10**9  # of decoded sets in the cache; those not used for longest go

Part = tuple[Tensor, Tensor]  # uint8 (N, 3, H, W), int64 (N,)


def read_class_folders(folder: Path) -> tuple[tuple[str, ...], Part, Part, str, tuple[str, ...]]:
    """Classes, training part, held-out part, the held-out part's name, and remarks on what was left out.

    Raises:
        DataError: if there is no picture, an unreadable one, or pictures of different sizes.
    """
    found = list_class_folders(folder)
    train, held_out = _read_part(folder / "train", found.train), _read_part(folder / found.split, found.held_out)
    return found.classes, train, held_out, found.split, found.remarks


def read_picture(path: Path) -> Image.Image:
    """One picture, RGB, pixel by pixel what `decode_image` makes of the file: upright, deep grey scaled, and so on.

    Raises:
        DataError: if the file can't be read as a picture.
    """
    try:
        return open_image(path)
    except ImageError as error:
        reason = str(error).removeprefix(f"{path}: ")
        raise DataError(f"{path} can't be read as a picture: {reason} Or remove it.") from error


def _read_part(part: Path, files: LabelledFiles) -> Part:
    images = torch.from_numpy(_decode_cached(part, [path for path, _ in files]))
    return images.permute(0, 3, 1, 2).contiguous(), torch.tensor([label for _, label in files])


def _decode_cached(part: Path, paths: list[Path]) -> np.ndarray:
    """Pictures (N, H, W, 3), from the cache where no file's name, size or time has changed."""
    cached = cache_folder() / "decoded" / f"{_stamp(part, paths)}.npy"
    if cached.exists():
        cached.touch()
        return np.asarray(np.load(cached))
    images, buffer = _decode(paths), io.BytesIO()
    np.save(buffer, images)
    write_atomically(cached, buffer.getvalue())
    _forget_oldest(cached)
    return images


def _forget_oldest(newest: Path) -> None:
    """Keep `newest`, and beside it the last used sets as far as they fit into MOST_KEPT_BYTES."""
    facts = {path: path.stat() for path in newest.parent.glob("*.npy")}
    room = MOST_KEPT_BYTES - facts.pop(newest).st_size
    for path in sorted(facts, key=lambda path: facts[path].st_mtime_ns, reverse=True):
        room -= facts[path].st_size
        if room < 0:
            path.unlink(missing_ok=True)


def _stamp(part: Path, paths: list[Path]) -> str:
    """Of the files and of what reads them: another version of either gives other pixels."""
    facts = ((path, path.stat()) for path in paths)
    text = "".join(f"{path.relative_to(part)}:{stat.st_mtime_ns}:{stat.st_size};" for path, stat in facts)
    return hashlib.sha256(f"{READER};{PIL.__version__};{text}".encode()).hexdigest()[:16]


def _decode(paths: list[Path]) -> np.ndarray:
    images: list[np.ndarray] = []
    for path in paths:
        images.append(np.asarray(read_picture(path)))
        if images[-1].shape != images[0].shape:
            (height, width), (first_height, first_width) = images[-1].shape[:2], images[0].shape[:2]
            raise DataError(
                f"{path} is {width}x{height} pixels, but {paths[0].name} is {first_width}x{first_height}. "
                "Resize them all to one size, or train with crop 'scale' and an image_size, which takes any."
            )
    return np.stack(images)
