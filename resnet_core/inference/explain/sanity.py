"""sanity_check(): does a map show what was learnt? Then it must change when what was learnt is thrown away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from resnet_core.errors import require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.grad_cam import METHODS, Map, stage_maps
from resnet_core.inference.explain.twin import twin
from resnet_core.inference.explain.walk import Explained, batch_of, check_class, check_classifier, stages_of


@dataclass(frozen=True, slots=True, kw_only=True)
class SanityCheck:
    """A map beside those of the same network with random weights at its end.

    Attributes:
        fresh: the children with random weights, e.g. ("layer3", "fc").
        map: of the first draw of random weights, (height, width).
        correlations: Spearman's rank correlation of each draw's map with the original, -1 to 1; 0 for an empty map,
            which agrees with nothing.
    """

    fresh: tuple[str, ...]
    map: Map
    correlations: tuple[float, ...]


@survive_full_gpu
def sanity_check(
    classifier: Classifier,
    image: Explained,
    stage: str,
    class_index: int | None = None,
    method: str = "grad_cam",
    draws: int = 5,
    progress: Callable[[float], None] | None = None,
) -> list[SanityCheck]:
    """Cascading randomisation (Adebayo et al. 2018, arXiv:1810.03292, section 3.1): the head, then the last stage too.

    Args:
        stage: whose map to follow, e.g. "layer3".
        class_index: the class to explain; by default the likeliest of the trained network.
        draws: how many times random weights are drawn for each row.
        progress: called with the share that is done, 0 to 1; what it raises cancels.

    Raises:
        ImageError: if the picture can't be read.
        InvalidSpecError: for a stage, a class or a method that does not exist.
    """
    check_classifier(classifier)
    model, stages = classifier.model, stages_of(classifier.model)
    require(stage in stages, "stage", stage, f"one of {', '.join(stages)}")
    require(method in METHODS, "method", method, " or ".join(METHODS))
    require(draws >= 1, "draws", draws, "at least 1")
    if class_index is not None:
        check_class(classifier, class_index)
    x = batch_of(classifier, image)
    original = stage_maps(model, x, class_index, method)
    rows: list[SanityCheck] = []
    for fresh in (("fc",), (stages[-1], "fc")):
        maps = []
        for seed in range(draws):
            maps.append(stage_maps(twin(model, fresh, seed), x, original.class_index, method).maps[stage])
            if progress:
                progress((len(rows) * draws + seed + 1) / (2 * draws))
        same = tuple(rank_correlation(original.maps[stage], other) for other in maps)
        rows.append(SanityCheck(fresh=fresh, map=maps[0], correlations=same))
    return rows


def rank_correlation(one: Map, other: Map) -> float:
    """Spearman's rank correlation of two arrays of one shape, -1 to 1; 0 where one of them is constant."""
    ranks = [_ranks(values.ravel()) for values in (one, other)]
    centred = [r - r.mean() for r in ranks]
    lengths = float(np.linalg.norm(centred[0]) * np.linalg.norm(centred[1]))
    return float(centred[0] @ centred[1]) / lengths if lengths else 0.0


def _ranks(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Place of each value in their order; equal values share the mean of their places."""
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    middle: npt.NDArray[np.float64] = np.cumsum(count) - (count - 1) / 2
    return middle[which]
