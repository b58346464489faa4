"""A 3x3 filter that slides over an 8x8 digit, in whole numbers."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from resnet_core.errors import DataError, InvalidSpecError

Grid = NDArray[np.int64]

SIDE = 3  # of a filter
FILTERS: dict[str, tuple[tuple[int, int, int], ...]] = {
    "upright edges": ((-1, 0, 1), (-1, 0, 1), (-1, 0, 1)),
    "level edges": ((-1, -1, -1), (0, 0, 0), (1, 1, 1)),
    "blur": ((1, 1, 1), (1, 1, 1), (1, 1, 1)),
    "copy": ((0, 0, 0), (0, 1, 0), (0, 0, 0)),
}


@cache
def digits(count: int) -> Grid:
    """The first of scikit-learn's digits, (count, 8, 8), grey levels 0 to 16; the first ten are 0 to 9 in order.

    Alpaydin and Kaynak 1998. Shared, so never changed in place.

    Raises:
        DataError: if scikit-learn is not installed.
    """
    try:
        from sklearn.datasets import load_digits
    except ModuleNotFoundError as error:
        raise DataError(
            "The digits come with scikit-learn, which is not installed. Install it: pip install scikit-learn"
        ) from error
    return np.asarray(load_digits().images[:count]).astype(np.int64)


def padded(pictures: Grid, padding: int) -> Grid:
    """Pictures (..., H, W) with `padding` zeros on each side."""
    around = [(0, 0)] * (pictures.ndim - 2) + [(padding, padding)] * 2
    return np.pad(pictures, around)


def slide(pictures: Grid, weights: Grid, stride: int = 1, padding: int = 0) -> Grid:
    """What a filter makes of pictures (..., H, W): at each place the sum of nine products. No bias.

    Args:
        weights: (3, 3).

    Raises:
        InvalidSpecError: for a stride below 1 or a padding below 0.
    """
    if stride < 1 or padding < 0:
        raise InvalidSpecError(f"stride={stride}, padding={padding} do not work: at least 1 and at least 0.")
    windows = np.lib.stride_tricks.sliding_window_view(padded(pictures, padding), weights.shape, axis=(-2, -1))
    return np.asarray((windows[..., ::stride, ::stride, :, :] * weights).sum((-2, -1)))


def filter_weights(name: str) -> Grid:
    """The weights of a named filter, (3, 3).

    Raises:
        InvalidSpecError: for a name that is not there.
    """
    if name not in FILTERS:
        raise InvalidSpecError(f"There is no filter {name!r}: choose one of {', '.join(FILTERS)}.")
    return np.asarray(FILTERS[name])
