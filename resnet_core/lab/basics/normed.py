"""Batch norm on a batch of digits: what four filters give out, before and after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from resnet_core.lab.basics.sliding import FILTERS, digits, filter_weights, slide

EPSILON = 1e-5  # as PyTorch's BatchNorm2d has it


@dataclass(frozen=True, slots=True)
class Channel:
    """A channel over a whole batch: its name, and its values before and after batch norm, flat."""

    name: str
    before: NDArray[np.float64]
    after: NDArray[np.float64]


def normalise(values: NDArray[np.float64], scale: float = 1.0, shift: float = 0.0) -> NDArray[np.float64]:
    """Batch norm of one channel in training: (v - mean) / spread, times `scale`, plus `shift`."""
    return np.asarray((values - values.mean()) / np.sqrt(values.var() + EPSILON) * scale + shift)


def normed_channels(
    batch: int = 64, scale: float = 1.0, shift: float = 0.0, names: Iterable[str] = tuple(FILTERS)
) -> list[Channel]:
    """One channel for each filter that slides over the first `batch` digits, with padding 1."""
    channels = []
    for name in names:
        values = slide(digits(batch), filter_weights(name), padding=1).ravel().astype(np.float64)
        channels.append(Channel(name, values, normalise(values, scale, shift)))
    return channels
