"""branch_sweep(): the answers of a network whose residual branches count alpha times, for many alphas at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import isfinite
from numbers import Real

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from resnet_core.errors import require
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.shortcut.opened import Network, block_step, open_network, threads_for
from resnet_core.inference.explain.walk import Explained, Step, check_paths, steps_of
from resnet_core.models.blocks import ResidualBlock

ALPHAS = tuple(round(tenth / 10, 1) for tenth in range(-10, 21))  # -1 to 2
MOST_PIXELS = 2**21  # of all pictures in a batch: 31 of 224 pixels fit, and larger ones go in parts


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BranchSweep:
    """Answers for x + alpha F(x), one row for each alpha.

    Attributes:
        block: the path of the block whose branch was scaled, or None for all of them.
        alphas: 0 is the network with the block as its shortcut alone, 1 the network itself.
        logits: float32 (alphas, classes).
    """

    block: str | None
    alphas: tuple[float, ...] = field(repr=False)
    logits: npt.NDArray[np.float32] = field(repr=False)

    @property
    def probabilities(self) -> npt.NDArray[np.float32]:
        """Softmax of the logits: float32 (alphas, classes)."""
        powers = np.exp(self.logits - self.logits.max(axis=1, keepdims=True))
        return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


@survive_full_gpu
def branch_sweep(
    network: Network,
    picture: Explained,
    block: str | None = None,
    alphas: Sequence[float] = ALPHAS,
    progress: Callable[[float], None] | None = None,
) -> BranchSweep:
    """The logits for x + alpha F(x) in place of x + F(x), all alphas in one batch (of large pictures in several).

    Args:
        network, picture: as of `addition`.
        block: its path; by default every block with an addition.
        alphas: below 0 and above 1 is nothing that the network was trained for.
        progress: called with the share that is done, 0 to 1; what it raises cancels.

    Raises:
        ImageError: if the picture can't be read.
        WeightsError: if the weights can't be loaded.
        InvalidSpecError: for a path that is no block with an addition, a plain network, or no alpha.
    """
    numbers = np.iterable(alphas) and all(isinstance(alpha, Real) and isfinite(alpha) for alpha in alphas)
    require(numbers and len(alphas) > 0, "alphas", alphas, "at least one number, and each of them finite")
    model, x = open_network(network, picture)
    if block is not None:
        block_step(model, block)
    scaled = [block] if block is not None else [step.path for step in steps_of(model) if _adds(step)]
    check_paths(model, scaled or ["every block"])
    steps = steps_of(model)
    first = next(number for number, step in enumerate(steps) if step.path in scaled)
    at_once = max(1, MOST_PIXELS // (x.shape[-1] * x.shape[-2]))
    rows: list[Tensor] = []
    with torch.no_grad(), threads_for(x):
        for step in steps[:first]:
            x = step(x)
        for start in range(0, len(alphas), at_once):
            part = torch.tensor(alphas[start : start + at_once]).to(x).view(-1, 1, 1, 1)
            y = x
            for number, step in enumerate(steps[first:], start=1):
                y = _scaled(step, y, part) if step.path in scaled else step(y)
                if progress:
                    done = start + len(part) * number / (len(steps) - first)
                    progress(min(1.0, done / len(alphas)))
            rows.append(y.float().cpu())
    return BranchSweep(block=block, alphas=tuple(map(float, alphas)), logits=torch.cat(rows).numpy())


def _adds(step: Step) -> bool:
    return isinstance(step.module, ResidualBlock) and step.module.add is not None


def _scaled(step: Step, x: Tensor, alphas: Tensor) -> Tensor:
    """(1 or n, C, H, W) -> (n, C, H, W): what leaves a block whose branch counts alpha times."""
    block = step.module
    assert isinstance(block, ResidualBlock)
    branch, shortcut = block.terms(x)
    return block.join(alphas * branch, shortcut)
