"""StreamedSet: pictures that stay on disk, because they are too many for memory or of many sizes.

Threads decode the next batch while the network trains on this one. The crops are those of He et al. 2015,
section 3.4: the shorter side at a random length of 256 to 480, a random square of 224, half of them mirrored.
Not done: the paper's colour augmentation, its mean per pixel (here per channel), and its ten-crop testing.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import torch
from PIL import ImageOps
from torch import Tensor

from resnet_core.errors import DataError
from resnet_core.inference.preprocessing import view_at
from resnet_core.lab.data.folders import LabelledFiles, list_class_folders
from resnet_core.lab.data.pictures import read_picture
from resnet_core.lab.data.sets import check_parts
from resnet_core.weights.record import Preprocessing

SHORTEST, LONGEST = 256 / 224, 480 / 224  # of the shorter side, in sides of the crop
MEASURED = 1000  # training pictures that mean and deviation are taken from

Part = str  # "train" or "validation"


@dataclass(frozen=True, slots=True)
class View:
    """How a picture is looked at: the shorter side in pixels, where the crop lies from 0 to 1, and if mirrored."""

    shorter: int
    top: float
    left: float
    mirrored: bool


@dataclass(frozen=True, slots=True, eq=False)
class StreamedSet:
    """What a DataSet is, with its pictures on disk. Each is read as a square of `side` pixels in RGB."""

    name: str
    classes: tuple[str, ...]
    train_files: tuple[Path, ...]
    train_labels: Tensor
    validation_files: tuple[Path, ...]
    validation_labels: Tensor
    validation_split: str
    side: int
    mean: tuple[float, ...] = (0.5, 0.5, 0.5)
    std: tuple[float, ...] = (0.25, 0.25, 0.25)
    remarks: tuple[str, ...] = ()
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(min(32, os.cpu_count() or 1)))
    _coming: dict[object, list[Future[Tensor]]] = field(default_factory=dict)

    @property
    def channels(self) -> int:
        return 3

    @property
    def image_size(self) -> tuple[int, int]:
        return self.side, self.side

    @property
    def resize_size(self) -> int:
        """Pixels of the shorter side of a held-out picture, before its middle is cut out."""
        return centre_view(self.side).shorter

    def to(self, device: torch.device) -> StreamedSet:
        """The same set, whose batches come on `device`."""
        return replace(self, device=device)

    def read_soon(self, part: Part, index: Sequence[int], views: Sequence[View]) -> None:
        """Begin to decode what `read` with the same arguments will ask for."""
        key = (part, tuple(index), tuple(views))
        if key not in self._coming:
            files = self.train_files if part == "train" else self.validation_files
            self._coming[key] = [
                self._pool.submit(read_view, files[i], view, self.side) for i, view in zip(index, views, strict=True)
            ]

    def read(self, part: Part, index: Sequence[int], views: Sequence[View]) -> Tensor:
        """Pictures (N, 3, side, side), uint8, on the device.

        Raises:
            DataError: if one can't be read; the message names it.
        """
        self.read_soon(part, index, views)
        pictures = [coming.result() for coming in self._coming.pop((part, tuple(index), tuple(views)))]
        return torch.stack(pictures).to(self.device, non_blocking=True)


def stream_class_folders(name: str, folder: Path | None, side: int) -> StreamedSet:
    """A folder in ImageFolder layout as a streamed set; mean and deviation come from 1,000 of its pictures.

    Raises:
        DataError: if there is no such folder, or it can't be trained on.
    """
    if folder is None or not (folder / "train").is_dir():
        raise DataError(
            f"crop='scale' reads pictures from disk, and {folder or 'no folder'} has no train/ in it. Pass a folder in "
            "ImageFolder layout: train/CLASS/*.jpg and val/CLASS/*.jpg."
        )
    classes, train, held_out, split, remarks = list_class_folders(folder)
    check_parts(name, classes, len(train), len(held_out), remarks)
    files = StreamedSet(name, classes, *_split(train), *_split(held_out), split, side, remarks=remarks)
    every = max(1, len(train) // MEASURED)
    index = range(0, len(train), every)
    pictures = files.read("train", index, (centre_view(side),) * len(index))
    mean, std = [], []
    for channel in range(3):
        values = pictures[:, channel].double() / 255
        mean.append(float(values.mean()))
        std.append(max(float(values.std()), 1e-3))
    return replace(files, mean=tuple(mean), std=tuple(std))


def draw_views(count: int, side: int, generator: torch.Generator) -> tuple[View, ...]:
    """A random view of each of `count` pictures, for squares of `side` pixels."""
    shortest, longest = round(side * SHORTEST), round(side * LONGEST)
    shorter = torch.randint(shortest, longest + 1, (count,), generator=generator).tolist()
    top, left = torch.rand(2, count, generator=generator).tolist()
    mirrored = torch.randint(2, (count,), generator=generator).bool().tolist()
    return tuple(map(View, shorter, top, left, mirrored))


def centre_view(side: int) -> View:
    """The middle of the picture, its shorter side 256 for a square of 224."""
    return View(round(side * SHORTEST), 0.5, 0.5, False)


def read_view(path: Path, view: View, side: int) -> Tensor:
    """One picture as uint8 (3, side, side), resized and cut as Classify does it.

    Raises:
        DataError: if the file can't be read as a picture.
    """
    cut = view_at(read_picture(path), Preprocessing(crop_size=side), view.shorter, view.left, view.top)
    seen = ImageOps.mirror(cut) if view.mirrored else cut
    return torch.from_numpy(np.array(seen)).permute(2, 0, 1)


def _split(files: LabelledFiles) -> tuple[tuple[Path, ...], Tensor]:
    return tuple(path for path, _ in files), torch.tensor([label for _, label in files])
