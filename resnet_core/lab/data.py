"""Data sets as whole tensors: scikit-learn's digits, torchvision's sets, or a folder of yours."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from resnet_core.errors import DataError

IMAGE_SUFFIXES = {".png", ".jpg", ".jpeg", ".webp", ".bmp"}


@dataclass(frozen=True, slots=True)
class DataSet:
    """Pictures as uint8 (N, C, H, W) with int64 labels (N,), in a training and a validation part.

    `mean` and `std` are per channel, of the training pictures scaled to 0..1.
    """

    name: str
    classes: tuple[str, ...]
    train_images: Tensor
    train_labels: Tensor
    validation_images: Tensor
    validation_labels: Tensor
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @property
    def channels(self) -> int:
        return int(self.train_images.shape[1])

    @property
    def image_size(self) -> tuple[int, int]:
        return int(self.train_images.shape[2]), int(self.train_images.shape[3])

    def to(self, device: torch.device) -> DataSet:
        """The same set with all its tensors on `device`."""
        tensors = (self.train_images, self.train_labels, self.validation_images, self.validation_labels)
        return DataSet(self.name, self.classes, *(t.to(device) for t in tensors), self.mean, self.std)


def load_data(name: str = "digits", folder: Path | None = None) -> DataSet:
    """Load a data set by name.

    Args:
        name: "digits" (bundled with scikit-learn, 8x8, offline), "cifar10", "fashion-mnist", or "folder".
        folder: where the set lies or is to be downloaded. In ImageFolder layout
            (`train/CLASS/*.jpg` and `test/` or `val/` beside it) it may stand for any of the names.

    Raises:
        DataError: if the set is unknown, absent or unusable.
    """
    if name not in LOADERS:
        raise DataError(f"No data set is named {name!r}. The sets are: {', '.join(LOADERS)}.")
    if folder is not None and (folder / "train").is_dir():
        return load_folder(folder, name)
    return LOADERS[name](folder)


def make_data_set(
    name: str, classes: tuple[str, ...], train: tuple[Tensor, Tensor], validation: tuple[Tensor, Tensor]
) -> DataSet:
    """Put the parts together and measure mean and standard deviation of the training pictures.

    Raises:
        DataError: if a part is empty or there are fewer than two classes.
    """
    if len(classes) < 2:
        raise DataError(f"{name} has {len(classes)} class(es); a classifier needs at least two.")
    if len(train[0]) < 2 or len(validation[0]) < 1:
        raise DataError(
            f"{name} has {len(train[0])} training and {len(validation[0])} validation pictures, too few to train on."
        )
    # float64, a channel at a time: exact enough to be equal on every machine, and small
    channels = [train[0][:, c].double() / 255 for c in range(train[0].shape[1])]
    mean = tuple(float(c.mean()) for c in channels)
    std = tuple(max(float(c.std()), 1e-3) for c in channels)
    return DataSet(name, classes, *train, *validation, mean, std)


def _digits(folder: Path | None) -> DataSet:
    from sklearn.datasets import load_digits

    bunch = load_digits()
    images = torch.from_numpy(np.round(bunch.images * (255 / 16)).astype(np.uint8))[:, None]
    labels = torch.from_numpy(bunch.target.astype(np.int64))
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, validation = order[:1500], order[1500:]
    classes = tuple(str(n) for n in bunch.target_names)
    return make_data_set("digits", classes, (images[train], labels[train]), (images[validation], labels[validation]))


def _torchvision(kind: str) -> Callable[[Path | None], DataSet]:
    def load(folder: Path | None) -> DataSet:
        from torchvision import datasets

        root = folder or cache_folder() / "data"
        make = {"cifar10": datasets.CIFAR10, "fashion-mnist": datasets.FashionMNIST}[kind]
        try:
            parts = [make(str(root), train=train, download=True) for train in (True, False)]
        except (OSError, RuntimeError) as error:
            raise DataError(
                f"{kind} is not in {root} and could not be downloaded ({error}). With a network, run this command "
                "again; without one, copy the set there, or pass a folder with train/ and test/ inside."
            ) from error
        train, validation = ((_as_images(p.data), torch.as_tensor(p.targets)) for p in parts)
        return make_data_set(kind, tuple(parts[0].classes), train, validation)

    return load


def _as_images(data: np.ndarray | Tensor) -> Tensor:
    images = torch.as_tensor(data)
    return images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2).contiguous()


def _folder(folder: Path | None) -> DataSet:
    where = f"{folder} has no folder train/ in it" if folder else "No folder was given"
    raise DataError(f"{where}. Pass a folder in ImageFolder layout: train/CLASS/*.jpg and test/CLASS/*.jpg.")


LOADERS: dict[str, Callable[[Path | None], DataSet]] = {
    "digits": _digits,
    "cifar10": _torchvision("cifar10"),
    "fashion-mnist": _torchvision("fashion-mnist"),
    "folder": _folder,
}


def load_folder(folder: Path, name: str) -> DataSet:
    """Read ImageFolder layout once and keep the decoded pictures in the cache folder.

    Raises:
        DataError: if there is no picture, an unreadable one, or pictures of different sizes.
    """
    held_out = next((folder / part for part in ("test", "val", "validation") if (folder / part).is_dir()), None)
    if held_out is None:
        raise DataError(f"{folder} has train/ but neither test/ nor val/ beside it.")
    classes = tuple(sorted(p.name for p in (folder / "train").iterdir() if p.is_dir()))
    train, validation = (_read_part(part, classes) for part in (folder / "train", held_out))
    return make_data_set(name, classes, train, validation)


def _read_part(part: Path, classes: tuple[str, ...]) -> tuple[Tensor, Tensor]:
    files = [
        (path, label)
        for label, name in enumerate(classes)
        for path in sorted((part / name).glob("*"))
        if path.suffix.lower() in IMAGE_SUFFIXES
    ]
    if not files:
        raise DataError(f"{part} holds no pictures ({', '.join(sorted(IMAGE_SUFFIXES))}) in a folder per class.")
    stamp = "".join(f"{path.relative_to(part)}:{path.stat().st_mtime_ns}:{path.stat().st_size};" for path, _ in files)
    cached = cache_folder() / "decoded" / f"{hashlib.sha256(stamp.encode()).hexdigest()[:16]}.npy"
    if cached.exists():
        images = np.load(cached)
    else:
        images = np.stack(_decode_all([path for path, _ in files]))
        cached.parent.mkdir(parents=True, exist_ok=True)
        scratch = cached.with_suffix(f".{os.getpid()}.npy")
        np.save(scratch, images)
        scratch.replace(cached)
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.tensor([label for _, label in files])


def _decode_all(paths: list[Path]) -> list[np.ndarray]:
    images = []
    for path in paths:
        try:
            with Image.open(path) as image:
                images.append(np.asarray(image.convert("RGB")))
        except (OSError, UnidentifiedImageError) as error:
            raise DataError(f"{path} can't be read as a picture: {error}. Remove it or replace it.") from error
        if images[-1].shape != images[0].shape:
            size, first = images[-1].shape[:2], images[0].shape[:2]
            raise DataError(
                f"{path} is {size[1]}x{size[0]} pixels, but {paths[0].name} is {first[1]}x{first[0]}. All must be of one size."
            )
    return images


def cache_folder() -> Path:
    """Where downloads and decoded pictures are kept: $RESNET_CORE_CACHE, or ~/.cache/resnet_core."""
    return Path(os.environ.get("RESNET_CORE_CACHE") or Path.home() / ".cache" / "resnet_core")
