"""Prediction: the answer for one picture, as plain numbers. Needs no PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.headline import Headline, ScoredGroup, softmax


@dataclass(frozen=True, slots=True)
class ScoredClass:
    """One class with its probability (0 to 1)."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The answer for one picture, as plain numbers.

    Attributes:
        top: the likeliest classes, best first.
        logits: one per class, before the softmax; with ten crops, their mean over the crops.
        classes: labels in the order of the logits.
        weights, model: names of the weights and of their network.
        device, precision, engine: that it was computed with, e.g. "cpu", "fp32" and "openvino".
        duration_ms: that the network took; in a batch, the batch's share.
        headline: the answer in a line, at the finest level that is sure; None for a network without groups.
        groups: of classes, with the sums of their probabilities, likeliest first.
        withheld: indices of classes that are not named here: names that could hurt, and are not sure.
        view_ms: that it took to resize, crop and normalise the decoded picture; in a batch, the share of the latter.
        image_size: (width, height) of the picture before resize and crop, in pixels.
        seen_size: (width, height) of each crop that the network saw, in pixels.
        crops: how many of them, 1 or 10.
    """

    top: tuple[ScoredClass, ...]
    logits: tuple[float, ...]
    classes: tuple[str, ...]
    weights: str
    model: str
    device: str
    precision: str
    engine: str
    duration_ms: float
    image_size: tuple[int, int]
    seen_size: tuple[int, int]
    crops: int = 1
    view_ms: float = 0.0
    headline: Headline | None = None
    groups: tuple[ScoredGroup, ...] = ()
    withheld: tuple[int, ...] = ()

    def ranked(self, top_k: int, temperature: float = 1.0) -> tuple[ScoredClass, ...]:
        """The `top_k` likeliest classes at another temperature: the order stays, the confidence changes."""
        return rank_classes(self.logits, self.classes, top_k, temperature, self.withheld)


def rank_classes(
    logits: Sequence[float],
    classes: Sequence[str],
    top_k: int,
    temperature: float = 1.0,
    withheld: Sequence[int] = (),
) -> tuple[ScoredClass, ...]:
    """Softmax of logits / temperature, likeliest first. Above 1 flattens the probabilities, below 1 sharpens them.

    Args:
        withheld: indices that are left out.

    Raises:
        InvalidSpecError: for a top_k below 1 or a temperature that is not above 0.
    """
    if top_k < 1:
        raise InvalidSpecError(f"top_k={top_k} does not work: ask for at least 1 class.")
    if not temperature > 0:
        raise InvalidSpecError(f"temperature={temperature} does not work: it must be above 0; 1 changes nothing.")
    probabilities = softmax(logits, temperature)
    order = [int(i) for i in np.argsort(-probabilities, kind="stable") if i not in withheld]
    return tuple(ScoredClass(i, classes[i], float(probabilities[i])) for i in order[:top_k])
