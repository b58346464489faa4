"""fit_head(): the linear layer that separates features best, with its optimum reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from resnet_core.lab.training.train import one_thread

STRENGTH = 0.1  # how much the photos count against small weights: scikit-learn's C
MOST_STEPS = 500
Features = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Logits of features: `features @ weight.T + bias`.

    Attributes:
        weight: (classes, features), float64.
        bias: (classes,).
    """

    weight: Tensor
    bias: Tensor

    def logits(self, features: Features) -> npt.NDArray[np.float64]:
        """(N, features) -> (N, classes)."""
        scores: npt.NDArray[np.float64] = (torch.from_numpy(features).double() @ self.weight.T + self.bias).numpy()
        return scores

    def answers(self, features: Features) -> Labels:
        """(N, features) -> (N,) the likeliest class of each."""
        chosen: Labels = self.logits(features).argmax(1)
        return chosen


def fit_head(features: Features, labels: Labels, classes: int, strength: float = STRENGTH) -> Head:
    """Multinomial logistic regression on features of mean 0 and mean deviation 1, both then folded into the weights.

    One scale for all features: with ten photos a class, a feature's own deviation is mostly noise, and dividing by it
    costs about a point on held-out photos (three of CIFAR-10's classes, many draws).

    It minimises strength x the sum of cross-entropies + half the weights' squared length, as scikit-learn's
    LogisticRegression(C=strength) does; the bias is free. The loss is convex, so there is one answer.

    Args:
        features: (N, features).
        labels: (N,), from 0 to classes - 1.
    """
    x, y = torch.from_numpy(features).double(), torch.from_numpy(labels)
    mean, scale = x.mean(0), x.std(0, correction=0).mean().clamp_min(1e-9)
    x = (x - mean) / scale
    weight = torch.zeros(classes, x.shape[1], dtype=x.dtype, requires_grad=True)
    bias = torch.zeros(classes, dtype=x.dtype, requires_grad=True)
    optimiser = torch.optim.LBFGS(
        [weight, bias], max_iter=MOST_STEPS, tolerance_grad=1e-7, tolerance_change=1e-12, line_search_fn="strong_wolfe"
    )

    def loss() -> Tensor:
        optimiser.zero_grad()
        fit = torch.nn.functional.cross_entropy(x @ weight.T + bias, y, reduction="sum")
        total: Tensor = strength * fit + weight.square().sum() / 2
        total.backward()  # type: ignore[no-untyped-call]
        return total

    with one_thread(), torch.enable_grad():
        optimiser.step(loss)  # type: ignore[no-untyped-call]
    folded = weight.detach() / scale
    return Head(folded, bias.detach() - folded @ mean)
