"""Which photos are nearly one: of one burst, or nearly equal. They go to one side of a split together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from resnet_core.lab.teach.photos import Photo

BURST_S = 10.0  # seconds between two snapshots of one burst
ALIKE = 0.97  # correlation of two thumbnails of 16x16 grey pixels; photos of one thing from two sides are far below
AT_ONCE = 512  # rows of the table of correlations that are in memory


def group_photos(photos: Sequence[Photo]) -> npt.NDArray[np.int64]:
    """(N,) the number of each photo's group, from 0, in the order in which the groups begin.

    Two photos are in one group if they were taken within ten seconds, look nearly equal, or are both near a third one.
    """
    parent = list(range(len(photos)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    for one, other in (*_bursts(photos), *_alike(photos)):
        a, b = root(one), root(other)
        parent[max(a, b)] = min(a, b)
    numbers: dict[int, int] = {}
    return np.array([numbers.setdefault(root(index), len(numbers)) for index in range(len(photos))], np.int64)


def _bursts(photos: Sequence[Photo]) -> Iterator[tuple[int, int]]:
    timed = sorted((photo.taken_s, index) for index, photo in enumerate(photos) if photo.taken_s is not None)
    for (before, one), (after, other) in pairwise(timed):
        if after - before <= BURST_S:
            yield one, other


def _alike(photos: Sequence[Photo]) -> Iterator[tuple[int, int]]:
    rows = np.stack([photo.thumbnail.ravel() for photo in photos])
    digests: dict[str, int] = {}
    for index, photo in enumerate(photos):  # of one colour: no correlation tells
        if (first := digests.setdefault(photo.digest, index)) != index:
            yield first, index
    for start in range(0, len(rows), AT_ONCE):
        near = rows[start : start + AT_ONCE] @ rows.T >= ALIKE
        for one, other in np.argwhere(np.triu(near, start + 1)):
            yield start + int(one), int(other)
