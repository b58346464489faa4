"""Which data sets lie on this machine's disk, so that nothing is downloaded unasked."""

from __future__ import annotations

from pathlib import Path

from resnet_core.cache import cache_folder

# Where torchvision keeps the files of a set once they are unpacked.
PLACES = {"fashion-mnist": ("FashionMNIST/raw", 4), "cifar10": ("cifar-10-batches-py", 6)}


def sets_on_disk(folder: Path | None = None) -> list[str]:
    """Names of the data sets that load without a network; "digits" is one always.

    Args:
        folder: where torchvision's sets lie; that of this package's cache otherwise.
    """
    root = folder or cache_folder() / "data"
    there = [name for name, (place, files) in PLACES.items() if len(list((root / place).glob("*[!z]"))) >= files]
    return ["digits", *there]


def cifar10_on_disk(folder: Path | None = None) -> Path | None:
    """Where CIFAR-10 lies, as `load_data` takes it; None where it does not.

    Args:
        folder: where torchvision's sets lie; that of this package's cache otherwise. A folder `cifar10` in it may hold
            the pictures in ImageFolder layout instead (`train/CLASS/*.jpg` and `test/` beside it).
    """
    root = folder or cache_folder() / "data"
    if "cifar10" in sets_on_disk(root):
        return root
    layout = root / "cifar10"
    return layout if (layout / "train").is_dir() and (layout / "test").is_dir() else None
