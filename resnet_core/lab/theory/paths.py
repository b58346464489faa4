"""gradient_paths(): the gradient of a residual network by the number of branches that its paths take, all of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from math import comb
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from resnet_core.errors import InvalidSpecError, require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.walk import Explained, Step, batch_of, steps_of
from resnet_core.lab.theory.start import Progress, calibrated, nobody
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientPaths:
    """What each length of path carries of the gradient that reaches the first block.

    Attributes:
        blocks: with an addition; each doubles the number of paths.
        shares: by the number of branches taken, 0 to `blocks`: the part of the gradient in its own direction. They
            add up to 1, and one may be below 0.
        lengths: the L2 norm of each part over that of the whole. Parts cancel, so these add up to more than 1.
        counts: paths of each number of branches.
        error: the largest difference between the parts' sum and autograd's gradient, over the gradient's norm.
    """

    blocks: int
    shares: tuple[float, ...]
    lengths: tuple[float, ...]
    counts: tuple[int, ...]
    error: float

    @property
    def mean(self) -> float:
        """Branches taken, weighted by the shares."""
        return sum(taken * share for taken, share in enumerate(self.shares))

    def between(self, mass: float = 0.95) -> tuple[int, int]:
        """The least and the greatest number of branches between which that much of the gradient lies: of the rest, no
        more than half lies on either side."""
        outside = (1 - mass) / 2
        below = list(accumulate(self.shares))
        low = next(taken for taken, share in enumerate(below) if share > outside)
        high = next(taken for taken, share in enumerate(below) if share >= 1 - outside)
        return low, high

    def to_frame(self) -> pd.DataFrame:
        """A row for each number of branches: paths, share of all paths, share of the gradient, relative norm."""
        import pandas as pd

        return pd.DataFrame(
            {
                "branches": range(self.blocks + 1), "paths": self.counts,
                "share of paths": [count / 2**self.blocks for count in self.counts],
                "share of gradient": self.shares, "norm / whole": self.lengths,
            }
        )  # fmt: skip


def gradient_paths(
    network: Classifier | ResNet | str, picture: Explained, class_index: int | None = None, progress: Progress = nobody
) -> GradientPaths:
    """Split the gradient of a logit, at the first block's input, by how many residual branches it went through.

    Veit et al. 2016 (arXiv:1605.06431, section 5) sampled paths of each length. Behind a forward pass everything is
    linear in the gradient, so that all 2^n paths can be summed exactly: each block takes the part of k branches to k by
    its shortcut and to k + 1 by its branch. ReLUs are frozen as the picture set them, and paths share their weights, so
    this is no ensemble of independent networks.

    Args:
        network: a classifier, the name of weights, or a bare network, which needs its pictures as a tensor. One whose
            batch norm has seen nothing gets the statistics of those pictures.
        picture: anything that a classifier reads, or (N, C, H, W), normalised.
        class_index: whose logit; the likeliest class of each picture by default.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        WeightsError, ImageError: for what can't be read.
        InvalidSpecError: for a network without additions, or a bare one with a picture that is no tensor.
    """
    model, x = _prepared(network, picture)
    steps = steps_of(model)
    first = next(index for index, step in enumerate(steps) if isinstance(step.module, ResidualBlock))
    blocks = [step for step in steps if isinstance(step.module, ResidualBlock)]
    if any(step.module.add is None for step in blocks):
        raise InvalidSpecError(
            f"network={model.spec.name!r} does not work: a plain network has no shortcut, so all of its gradient "
            "takes one path. Choose a residual network."
        )
    with torch.enable_grad():
        with torch.no_grad():
            for step in steps[:first]:
                x = step(x)
        seen, logits = _forward(steps[first:], x)
        index = logits.argmax(1) if class_index is None else torch.full((len(logits),), class_index)
        require(
            bool(((index >= 0) & (index < logits.shape[1])).all()), "class_index", class_index, "one of its classes"
        )
        parts = _backward(seen, logits.gather(1, index[:, None]).sum(), progress)
        whole = _whole(steps[first:], x, index)
    return _summed(parts, whole)


def _prepared(network: Classifier | ResNet | str, picture: Explained) -> tuple[ResNet, Tensor]:
    if isinstance(network, str):
        network = Classifier.load(network, device="cpu", backend="eager", precision="fp32")
    if isinstance(network, Classifier):
        return network.model, batch_of(network, picture)
    if not isinstance(picture, Tensor):
        raise InvalidSpecError(
            "A bare network does not know how its pictures are prepared: pass them as a tensor (N, C, H, W), "
            "or pass a Classifier."
        )
    return calibrated(network, picture), picture


Seen = list[tuple[Tensor, tuple[Tensor, Tensor] | None, Tensor]]  # input, branch and shortcut if a block, output


def _forward(steps: list[Step], x: Tensor) -> tuple[Seen, Tensor]:
    """Each step run on its own, so that a gradient can be sent through it alone."""
    seen: Seen = []
    for step in steps:
        x = x.detach().requires_grad_()
        terms = None
        if isinstance(step.module, ResidualBlock):
            branch, shortcut = step.module.terms(x)
            assert shortcut is not None
            terms = branch, shortcut
            out = step.module.join(branch, shortcut)
        else:
            out = step(x)
        seen.append((x, terms, out))
        x = out
    return seen, x


def _backward(seen: Seen, loss: Tensor, progress: Progress) -> list[Tensor]:
    """The gradient at the first input, by branches taken: a polynomial whose coefficients are tensors."""
    work = sum(range(1, 1 + sum(terms is not None for _, terms, _ in seen)))
    done, parts = 0, list(torch.autograd.grad(loss, seen[-1][2], retain_graph=True))
    for x, terms, out in reversed(seen):
        if terms is None:
            parts = [_back(out, x, part) for part in parts]
            continue
        branch, shortcut = terms
        arrived = [_back(out, branch, part) for part in parts]  # the addition hands the same to both
        passed = [part if shortcut is x else _back(shortcut, x, part) for part in arrived]
        turned = [_back(branch, x, part) for part in arrived]
        none = torch.zeros_like(x)
        parts = [a + b for a, b in zip([*passed, none], [none, *turned], strict=True)]
        done += len(turned)
        progress(done / work)
    return parts


def _back(out: Tensor, x: Tensor, gradient: Tensor) -> Tensor:
    (found,) = torch.autograd.grad(out, x, gradient, retain_graph=True, allow_unused=True)
    return torch.zeros_like(x) if found is None else found


def _whole(steps: list[Step], x: Tensor, index: Tensor) -> Tensor:
    start = out = x.detach().requires_grad_()
    for step in steps:
        out = step(out)
    (gradient,) = torch.autograd.grad(out.gather(1, index[:, None]).sum(), start)
    return gradient


def _summed(parts: list[Tensor], whole: Tensor) -> GradientPaths:
    """Each picture counts alike: shares and norms are means over pictures of what each has."""
    flat, total = torch.stack(parts).flatten(2).double(), whole.flatten(1).double()
    norm = total.norm(dim=1).clamp_min(1e-300)
    sums = flat.sum(0)
    own = sums.norm(dim=1).clamp_min(1e-300)
    shares = (flat * sums).sum(2) / own.square()
    return GradientPaths(
        blocks=len(parts) - 1,
        shares=tuple(shares.mean(1).tolist()),
        lengths=tuple((flat.norm(dim=2) / own).mean(1).tolist()),
        counts=tuple(comb(len(parts) - 1, taken) for taken in range(len(parts))),
        error=float(((sums - total).norm(dim=1) / norm).max()),
    )
