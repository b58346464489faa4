"""decoded(): many pictures of one size as one array, decoded once, then mapped from a file in the cache."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
import PIL
import torch
from numpy.lib import format as npy
from PIL import Image
from torch import Tensor

from resnet_core.atomic import scratch_beside
from resnet_core.cache import cache_folder
from resnet_core.errors import DataError
from resnet_core.inference.images import READER
from resnet_core.weights.download import Progress

MOST_KEPT_BYTES = 10 * 10**9  # of decoded sets in the cache; those not used for longest go
LEFT_BEHIND_S = 86_400.0  # an unfinished array as old as this is of a process that was killed


def decoded(
    names: Sequence[str],
    read: Callable[[str], Image.Image],
    stamp: Iterable[object],
    progress: Progress | None = None,
) -> Tensor:
    """Pictures as uint8 (N, 3, H, W), in the order of `names`; a view of (N, H, W, 3) as the file holds it.

    What is decoded stands in one file, written a picture at a time and mapped into memory, so that a set larger than
    the free memory is no trouble, and several processes share it.

    Args:
        names: of the pictures, for `read` and for messages.
        read: gives the RGB picture of a name.
        stamp: facts that change whenever the pictures do. The reader's version is added here.
        progress: called with (bytes decoded, bytes in all); what it raises ends the work, and nothing is kept.

    Raises:
        DataError: if `read` does, the pictures differ in size, or the cache can't be written.
    """
    text = ";".join(map(str, (READER, PIL.__version__, *stamp)))
    cached = cache_folder() / "decoded" / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.npy"
    if not cached.exists():
        with scratch_beside(cached) as scratch:
            _decode(names, read, scratch, progress)
        _forget_oldest(cached)
    with suppress(OSError):  # a cache that may only be read
        cached.touch()
    return torch.from_numpy(np.load(cached, mmap_mode="c")).permute(0, 3, 1, 2)


def _decode(names: Sequence[str], read: Callable[[str], Image.Image], scratch: Path, progress: Progress | None) -> None:
    """Written as it comes: a full disk is an error of `write`, where a mapped file would end the process."""
    first = read(names[0])
    shape = (len(names), first.height, first.width, 3)
    with scratch.open("wb") as file:
        npy.write_array_header_1_0(file, {"descr": "|u1", "fortran_order": False, "shape": shape})
        for count, name in enumerate(names, 1):
            picture = read(name)
            if picture.size != first.size:
                raise DataError(
                    f"{name} is {picture.width}x{picture.height} pixels, but {Path(names[0]).name} is "
                    f"{first.width}x{first.height}. Resize them all to one size, or train with crop 'scale' and an "
                    "image_size, which takes any."
                )
            file.write(picture.tobytes())
            if progress and (count % 100 == 0 or count == len(names)):
                progress(count * first.height * first.width * 3, int(np.prod(shape)))


def _forget_oldest(newest: Path) -> None:
    """Keep `newest`, and beside it the last used sets as far as they fit into MOST_KEPT_BYTES."""
    facts = {path: path.stat() for path in newest.parent.glob("*.npy")}
    room = MOST_KEPT_BYTES - facts.pop(newest).st_size
    for path in sorted(facts, key=lambda path: facts[path].st_mtime_ns, reverse=True):
        room -= facts[path].st_size
        if room < 0:
            _remove(path)
    for path in newest.parent.glob(".*.npy.*"):
        if time.time() - path.stat().st_mtime > LEFT_BEHIND_S:
            _remove(path)


def _remove(path: Path) -> None:
    with suppress(OSError):  # in use on a system that keeps such files, or gone already
        path.unlink()
