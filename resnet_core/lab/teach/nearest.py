"""nearest(): the photo that looks most like another one to the network."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from resnet_core.lab.teach.head import Features


def nearest(asked: Features, learnt: Features, mean: Features | None = None) -> npt.NDArray[np.int64]:
    """(N, features), (M, features) -> (N,) the row of `learnt` that points most nearly the same way from the mean.

    Args:
        mean: (features,) from where it is looked; that of `learnt` otherwise.
    """
    centre = learnt.mean(0) if mean is None else mean
    likeness = _directions(asked - centre) @ _directions(learnt - centre).T
    found: npt.NDArray[np.int64] = likeness.argmax(1).astype(np.int64)
    return found


def nearest_in_others(features: Features, groups: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """(N,) the nearest photo of each that is not of its own group; itself where there is no other group."""
    centred = _directions(features - features.mean(0))
    own = groups[:, None] == groups[None, :]
    likeness = np.where(own, -np.inf, centred @ centred.T)
    np.fill_diagonal(likeness, np.where(own.all(1), 0, -np.inf))
    found: npt.NDArray[np.int64] = likeness.argmax(1).astype(np.int64)
    return found


def _directions(rows: Features) -> Features:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), np.float32)
