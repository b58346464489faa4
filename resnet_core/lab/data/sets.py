"""Data sets as whole tensors: scikit-learn's digits, torchvision's sets, Tiny ImageNet, or a folder of yours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from resnet_core.cache import cache_folder
from resnet_core.errors import DataError
from resnet_core.lab.data.downloads import fetch_archives
from resnet_core.lab.data.pictures import read_class_folders
from resnet_core.lab.data.tiny_imagenet import is_official, read_tiny_imagenet
from resnet_core.weights.download import Progress
from resnet_core.weights.record import Preprocessing

DIGITS_TO_TRAIN_ON = 1500  # of 1797

LabelledImages = tuple[Tensor, Tensor]  # uint8 (N, C, H, W), int64 (N,)
Channels = tuple[float, ...]
IMAGENET: tuple[Channels, Channels] = (Preprocessing().mean, Preprocessing().std)


@dataclass(frozen=True, slots=True)
class DataSet:
    """Pictures as uint8 (N, C, H, W) with int64 labels (N,), in a training and a validation part.

    No choice is ever made on the validation part, so it may be the set's own test part;
    `validation_split` says which: "test" for CIFAR-10, whose test error is what the paper plots.
    `mean` and `std` are per channel, of the training pictures scaled to 0..1; Tiny ImageNet has those of ImageNet,
    which it was cut from. `remarks` are sentences about what of a folder was left out. `wordnet_ids` are of the
    classes, where they are known.
    """

    name: str
    classes: tuple[str, ...]
    train_images: Tensor
    train_labels: Tensor
    validation_images: Tensor
    validation_labels: Tensor
    mean: Channels
    std: Channels
    validation_split: str
    remarks: tuple[str, ...] = ()
    wordnet_ids: tuple[str, ...] = ()

    @property
    def channels(self) -> int:
        return int(self.train_images.shape[1])

    @property
    def image_size(self) -> tuple[int, int]:
        return int(self.train_images.shape[2]), int(self.train_images.shape[3])

    def to(self, device: torch.device) -> DataSet:
        """The same set with all its tensors on `device`."""
        return replace(
            self,
            train_images=self.train_images.to(device),
            train_labels=self.train_labels.to(device),
            validation_images=self.validation_images.to(device),
            validation_labels=self.validation_labels.to(device),
        )


def load_data(
    name: str = "digits",
    folder: Path | None = None,
    *,
    progress: Progress | None = None,
    leave_out: Sequence[str] = (),
) -> DataSet:
    """Load a data set by name.

    Args:
        name: "digits" (bundled with scikit-learn, 8x8, offline), "cifar10", "fashion-mnist", "tiny-imagenet", or
            "folder".
        folder: where the set lies or is to be downloaded. In ImageFolder layout
            (`train/CLASS/*.jpg` and `test/` or `val/` beside it) it may stand for any of the names. Tiny ImageNet may
            also be its archive.
        progress: called with (bytes so far, bytes in all) while a set is downloaded, and while Tiny ImageNet is
            decoded for the first time; what it raises cancels that.
        leave_out: classes of Tiny ImageNet to do without, by WordNet id.

    Raises:
        DataError: if the set is unknown, absent or unusable.
    """
    if name not in LOADERS:
        raise DataError(f"No data set is named {name!r}. The sets are: {', '.join(LOADERS)}.")
    official = folder is not None and is_official(folder)
    if folder is not None and (folder / "train").is_dir() and not official:
        _refuse_to_leave_out(leave_out)
        return make_data_set(name, *read_class_folders(folder))
    if name == "tiny-imagenet":
        return _tiny_imagenet(folder, progress, leave_out)
    _refuse_to_leave_out(leave_out)
    if official:
        raise DataError(f"{folder} is Tiny ImageNet in its official layout. Name the data tiny-imagenet.")
    return LOADERS[name](folder, progress)


def _refuse_to_leave_out(classes: Sequence[str]) -> None:
    if classes:
        raise DataError(
            f"leave_out={', '.join(classes)} works with tiny-imagenet in its official layout only, whose classes "
            "have WordNet ids. Elsewhere, move the folders of such classes away."
        )


def make_data_set(
    name: str,
    classes: tuple[str, ...],
    train: LabelledImages,
    validation: LabelledImages,
    validation_split: str,
    remarks: tuple[str, ...] = (),
    *,
    wordnet_ids: tuple[str, ...] = (),
    normalised_by: tuple[Channels, Channels] | None = None,
) -> DataSet:
    """Put the parts together and measure mean and standard deviation of the training pictures.

    Args:
        normalised_by: mean and deviation to take instead of measured ones.

    Raises:
        DataError: if a part is empty, there are fewer than two classes, or the parts' pictures differ in size.
    """
    check_parts(name, classes, len(train[0]), len(validation[0]), remarks)
    if train[0].shape[1:] != validation[0].shape[1:]:
        sizes = " and ".join(f"{part.shape[3]}x{part.shape[2]}" for part in (train[0], validation[0]))
        raise DataError(f"{name} has training and validation pictures of {sizes} pixels. Make them of one size.")
    mean, std = normalised_by or _mean_and_deviation(train[0])
    return DataSet(name, classes, *train, *validation, mean, std, validation_split, remarks, wordnet_ids)


def _mean_and_deviation(images: Tensor) -> tuple[Channels, Channels]:
    """In float64, a channel at a time: exact enough to be equal on every machine, and small."""
    channels = [images[:, c].double() / 255 for c in range(images.shape[1])]
    return tuple(float(c.mean()) for c in channels), tuple(max(float(c.std()), 1e-3) for c in channels)


def check_parts(
    name: str, classes: tuple[str, ...], train: int, validation: int, remarks: tuple[str, ...] = ()
) -> None:
    """Refuse a set with fewer than two classes or hardly a picture.

    Raises:
        DataError: saying what is missing, and the remarks on what was left out.
    """
    left_out = "".join(f" {remark}" for remark in remarks)
    if train < 2 or validation < 1:
        raise DataError(
            f"{name} has {train} training and {validation} validation pictures, too few to train on.{left_out}"
        )
    if len(classes) < 2:
        raise DataError(f"{name} has {len(classes)} class(es); a classifier needs at least two.{left_out}")


def _digits(_folder: Path | None, _progress: Progress | None) -> DataSet:
    """Alpaydin and Kaynak 1998, 8x8 pixels of 17 grey levels, in a fixed shuffled order."""
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        raise DataError(
            "The digits come with scikit-learn, which is not installed. Install it: pip install scikit-learn"
        ) from error

    bunch = load_digits()
    images = torch.from_numpy(np.round(bunch.images * (255 / 16)).astype(np.uint8))[:, None]
    labels = torch.from_numpy(bunch.target.astype(np.int64))
    order = torch.randperm(len(labels), generator=torch.Generator().manual_seed(0))
    train, held_out = order[:DIGITS_TO_TRAIN_ON], order[DIGITS_TO_TRAIN_ON:]
    parts = (images[train], labels[train]), (images[held_out], labels[held_out])
    return make_data_set("digits", tuple(str(n) for n in bunch.target_names), *parts, "held out")


def _cifar10(folder: Path | None, progress: Progress | None) -> DataSet:
    from torchvision.datasets import CIFAR10

    return _from_torchvision("cifar10", CIFAR10, folder, progress)


def cifar10_test_part(folder: Path | None = None) -> LabelledImages:
    """CIFAR-10's test part alone, from torchvision's files on the disk: nothing is downloaded.

    Raises:
        DataError: if they are not there.
    """
    from torchvision.datasets import CIFAR10

    root = folder or cache_folder() / "data"
    try:
        return _as_tensors(CIFAR10(str(root), train=False))
    except (OSError, RuntimeError, EOFError, ValueError) as error:
        raise DataError(
            f"CIFAR-10 does not lie in {root}. To train on it loads it: python -m resnet_core train --data cifar10"
        ) from error


def _fashion_mnist(folder: Path | None, progress: Progress | None) -> DataSet:
    from torchvision.datasets import FashionMNIST

    return _from_torchvision("fashion-mnist", FashionMNIST, folder, progress)


def _from_torchvision(name: str, make: Any, folder: Path | None, progress: Progress | None) -> DataSet:
    root = folder or cache_folder() / "data"
    try:
        try:
            train, test = (make(str(root), train=train) for train in (True, False))
        except (RuntimeError, FileNotFoundError):  # not there, or not whole
            fetch_archives(name, make, root, progress)
            train, test = (make(str(root), train=train, download=True) for train in (True, False))  # only unpacks
    except (OSError, RuntimeError, EOFError, ValueError, AssertionError) as error:
        cause = " ".join(str(error).split())  # torchvision's has line breaks
        raise DataError(f"{name} in {root} can't be used ({cause}). Remove it to have it downloaded again.") from error
    return make_data_set(name, tuple(train.classes), _as_tensors(train), _as_tensors(test), "test")


def _as_tensors(part: Any) -> LabelledImages:
    """torchvision's pictures (N, H, W) or (N, H, W, C) to (N, C, H, W), with their labels."""
    images = torch.as_tensor(part.data)
    images = images[:, None] if images.ndim == 3 else images.permute(0, 3, 1, 2).contiguous()
    return images, torch.as_tensor(part.targets)


def _tiny_imagenet(folder: Path | None, progress: Progress | None, leave_out: Sequence[str] = ()) -> DataSet:
    found = read_tiny_imagenet(folder, leave_out, progress)
    return make_data_set(
        "tiny-imagenet", found.classes, found.train, found.validation, "val", wordnet_ids=found.wordnet_ids,
        normalised_by=IMAGENET,
    )  # fmt: skip


def _missing_folder(folder: Path | None, _progress: Progress | None) -> DataSet:
    where = f"{folder} has no folder train/ in it" if folder else "No folder was given"
    raise DataError(f"{where}. Pass a folder in ImageFolder layout: train/CLASS/*.jpg and test/CLASS/*.jpg.")


LOADERS: dict[str, Callable[[Path | None, Progress | None], DataSet]] = {
    "digits": _digits,
    "cifar10": _cifar10,
    "fashion-mnist": _fashion_mnist,
    "tiny-imagenet": _tiny_imagenet,
    "folder": _missing_folder,
}
