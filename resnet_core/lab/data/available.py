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
