"""occlude(): what the answer loses when a piece of the picture is covered. It asks the network, not a gradient."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from resnet_core.errors import require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.walk import Explained, batch_of, check_class

TOGETHER = 16  # covered pictures in one pass, so that memory stays small


@dataclass(frozen=True, slots=True, kw_only=True)
class Occlusion:
    """What each part of the picture is worth to a class.

    Attributes:
        class_index: the class that is explained.
        probability: of it for the whole picture, 0 to 1.
        lowest: the smallest probability with one square covered.
        patch: side of the square, in pixels.
        drop: (cells, cells), how far the log-odds of the class fall: the mean over the squares that cover the cell.
            Negative where covering helps.
    """

    class_index: int
    probability: float
    lowest: float
    patch: int
    drop: npt.NDArray[np.float32]


@survive_full_gpu
def occlude(
    classifier: Classifier,
    image: Explained,
    class_index: int | None = None,
    cells: int = 8,
    progress: Callable[[float], None] | None = None,
) -> Occlusion:
    """Occlusion sensitivity (Zeiler and Fergus 2013, arXiv:1311.2901, section 4.2): cover a square, ask again.

    The picture is divided into cells x cells. A square of 2 x 2 cells, in the mean colour of the training data (zero
    after normalisation), is moved over it cell by cell: (cells - 1)^2 passes. Their measure is the probability p;
    ours is log(p / (1 - p)), which still moves where p is close to 0 or 1.

    Args:
        class_index: the class to explain; by default the likeliest.
        cells: 2 to 32.
        progress: called with the share that is done, 0 to 1; what it raises cancels.

    Raises:
        ImageError: if the picture can't be read.
        InvalidSpecError: for a class that does not exist, or a number of cells out of range.
    """
    require(2 <= cells <= 32, "cells", cells, "2 to 32")
    if class_index is not None:
        check_class(classifier, class_index)
    x = batch_of(classifier, image)
    with torch.no_grad():
        whole = classifier.model(x)[0]
        index = int(whole.argmax()) if class_index is None else class_index
        before = _log_odds(whole[None], index)
        drops = before - _log_odds_covered(classifier.model, x, index, cells, progress)
    return Occlusion(
        class_index=index,
        probability=float(before.sigmoid()),
        lowest=float((before - drops.max()).sigmoid()),
        patch=2 * x.shape[-1] // cells,
        drop=_mean_by_cell(drops.reshape(cells - 1, cells - 1).cpu().numpy()),
    )


def _log_odds(logits: Tensor, index: int) -> Tensor:
    """(N, classes) -> log(p / (1 - p)) of one class, (N,)."""
    others = torch.cat((logits[:, :index], logits[:, index + 1 :]), dim=1)
    return (logits[:, index] - others.logsumexp(1)).float()


def _log_odds_covered(
    model: nn.Module, x: Tensor, index: int, cells: int, progress: Callable[[float], None] | None
) -> Tensor:
    """Log-odds with each square covered, row by row: ((cells - 1)^2,)."""
    squares, parts = list(_squares(x.shape[-2], x.shape[-1], cells)), []
    for start in range(0, len(squares), TOGETHER):
        now = squares[start : start + TOGETHER]
        covered = x.repeat(len(now), 1, 1, 1)
        for picture, (rows, columns) in zip(covered, now, strict=True):
            picture[:, rows, columns] = 0
        parts.append(_log_odds(model(covered), index))
        if progress:
            progress(min(1.0, (start + TOGETHER) / len(squares)))
    return torch.cat(parts)


def _squares(height: int, width: int, cells: int) -> Iterator[tuple[slice, slice]]:
    for row in range(cells - 1):
        for column in range(cells - 1):
            yield _two_cells(row, height, cells), _two_cells(column, width, cells)


def _two_cells(first: int, size: int, cells: int) -> slice:
    return slice(first * size // cells, (first + 2) * size // cells)


def _mean_by_cell(drops: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """A value per square to a value per cell: the mean of the one to four squares that cover it."""
    side = len(drops) + 1
    total, count = np.zeros((side, side), np.float32), np.zeros((side, side), np.float32)
    for row, column in ((0, 0), (0, 1), (1, 0), (1, 1)):
        here = np.s_[row : row + side - 1, column : column + side - 1]
        total[here] += drops
        count[here] += 1
    return total / count
