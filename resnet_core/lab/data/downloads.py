"""The archives of published data sets, fetched with progress and resumed where the connection broke."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from resnet_core.errors import DataError, WeightsError
from resnet_core.weights.download import Progress, download

SWITCH = "RESNET_DOWNLOADS"


def fetch_archives(name: str, data_set: Any, root: Path, progress: Progress | None) -> None:
    """Put the archives of `data_set`, a class of torchvision.datasets, where it will look for them below `root`.

    Those that are there whole stay. `progress` counts the bytes of one archive at a time.

    Raises:
        DataError: as `fetch_archive`.
    """
    for url, path, md5 in _archives(data_set, root):
        if not (path.exists() and _md5(path) == md5):
            fetch_archive(name, url, path, md5, progress)


def fetch_archive(
    name: str, url: str, path: Path, md5: str, progress: Progress | None, *, limit: int | None = None
) -> None:
    """Fetch one archive of the data set `name` to `path`, where it appears whole and checked, or not at all.

    Args:
        md5: of the published file; no SHA-256 is published for these sets.
        limit: the most bytes that it may have.

    Raises:
        DataError: without a network, with downloads switched off, for a full disk, or if what came is not the
            published file.
    """
    if os.environ.get(SWITCH, "on") == "off":
        raise DataError(
            f"{name} is not in {path.parent}, and {SWITCH}=off forbids downloads here. Copy the set there, or allow "
            f"this command alone: {SWITCH}=on."
        )
    arrived = path.with_name(f"{path.name}.unchecked")
    try:
        if not arrived.exists():
            download(url, arrived, sha256=None, limit=limit, progress=progress)
    except WeightsError as error:
        raise DataError(
            f"{name} is not in {path.parent} and could not be downloaded ({str(error).rstrip('.')}). With a network, "
            "run this command again, and it goes on from there; without one, copy the set there, or pass a folder "
            "with train/ and test/ inside."
        ) from error
    if _md5(arrived) != md5:
        arrived.unlink()
        raise DataError(
            f"What {url} sent for {name} is not the published file. It was removed. Try again; if it happens "
            "again, a proxy on the way changes files."
        )
    arrived.replace(path)


def _archives(data_set: Any, root: Path) -> list[tuple[str, Path, str]]:
    """URL, place and MD5 of each archive: CIFAR has one beside its folder, the MNIST family four in `<name>/raw`."""
    if hasattr(data_set, "tgz_md5"):
        return [(data_set.url, root / data_set.filename, data_set.tgz_md5)]
    raw = root / data_set.__name__ / "raw"
    return [(f"{data_set.mirrors[0]}{file}", raw / file, md5) for file, md5 in data_set.resources]


def _md5(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "md5").hexdigest()
