"""Pictures of class folders as arrays: each decoded as Classify decodes it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnet_core.errors import DataError, ImageError
from resnet_core.inference.images import open_image
from resnet_core.lab.data.decoded import decoded
from resnet_core.lab.data.folders import LabelledFiles, list_class_folders, some_held_out

Part = tuple[Tensor, Tensor]  # uint8 (N, 3, H, W), int64 (N,)


def read_class_folders(folder: Path) -> tuple[tuple[str, ...], Part, Part, str, tuple[str, ...]]:
    """Classes, training part, held-out part, the held-out part's name, and remarks on what was left out.

    Raises:
        DataError: if there is no picture, an unreadable one, or pictures of different sizes.
    """
    found = list_class_folders(folder)
    train, held_out = _read_part(folder / "train", found.train), _read_part(folder / found.split, found.held_out)
    return found.classes, train, held_out, found.split, found.remarks


def read_some_held_out(folder: Path, first: int, last: int) -> Part:
    """Held-out pictures of each class, from number `first` up to `last`, without a look at the others.

    Raises:
        DataError: as `read_class_folders`.
    """
    files = some_held_out(folder, first, last)
    arrays = [np.asarray(read_picture(path)) for path, _ in files]
    if len({array.shape for array in arrays}) > 1:
        raise DataError(f"{folder} holds pictures of several sizes. Make them of one size.")
    images = torch.from_numpy(np.stack(arrays)).permute(0, 3, 1, 2)
    return images, torch.tensor([label for _, label in files])


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
    """From the cache where no file's name, size or time has changed."""
    stamp = (f"{path.relative_to(part)}:{path.stat().st_mtime_ns}:{path.stat().st_size}" for path, _ in files)
    images = decoded([str(path) for path, _ in files], lambda name: read_picture(Path(name)), stamp)
    return images, torch.tensor([label for _, label in files])
