"""gradient_split(): how much of a block's gradient came back through the shortcut, and how much through its layers."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.shortcut.addition import input_of
from resnet_core.inference.explain.shortcut.opened import (
    Network,
    block_step,
    class_or_likeliest,
    open_network,
    threads_for,
)
from resnet_core.inference.explain.walk import NO_ADDITION, Explained

Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GradientSplit:
    """The gradient of one class's logit at a block's input, and its two parts; float32 (C, H, W) of that input.

    Attributes:
        block: its path.
        class_index: whose logit.
        identity: what came back through the shortcut.
        branch: what came back through the block's layers.
        total: the gradient itself, identity + branch.
        stopped: share of the gradient arriving at the block's output that the ReLU after the plus lets go, 0 to 1: the
            signed projection of what it stops on what arrives. 0 where no ReLU follows.
    """

    block: str
    class_index: int
    identity: Map = field(repr=False)
    branch: Map = field(repr=False)
    total: Map = field(repr=False)
    stopped: float

    @property
    def identity_share(self) -> float:
        """The signed projection of `identity` on `total`: it may be below 0 or above 1."""
        return projection(self.identity, self.total)

    @property
    def branch_share(self) -> float:
        """The same of `branch`: the two add up to 1."""
        return projection(self.branch, self.total)


@survive_full_gpu
def gradient_split(network: Network, picture: Explained, block: str, class_index: int | None = None) -> GradientSplit:
    """dL/dx = dL/dy (1 + dF/dx), measured: the two terms of one block for one picture, L being a class's logit.

    With y = relu(x + F(x)) the ReLU's own gradient comes first, so that the "1" passes on what the ReLU left; where
    the shortcut is a projection, its derivative stands in place of the 1. The weights and the network stay untouched.

    Args:
        network, picture, block: as of `addition`.
        class_index: by default the likeliest class.

    Raises:
        ImageError: if the picture can't be read.
        WeightsError: if the weights can't be loaded.
        InvalidSpecError: for a path that is no block with an addition, or a class that does not exist.
    """
    model, start = open_network(network, picture)
    x, into = input_of(model, start, block)
    steps, number = block_step(model, block)
    with torch.enable_grad(), threads_for(start):
        x = x.detach().requires_grad_()
        branch, shortcut = into.terms(x)
        if shortcut is None:
            raise InvalidSpecError(f"{block} has no addition. {NO_ADDITION}", field="block")
        ends = [term.detach().requires_grad_() for term in (branch, shortcut)]
        out = logits = into.join(*ends)
        for step in steps[number + 1 :]:
            logits = step(logits)
        index = class_or_likeliest(logits, class_index)
        arriving, into_branch, into_shortcut = torch.autograd.grad(logits[0, index], [out, *ends])
        identity = pulled_back(shortcut, x, into_shortcut, keep=True)
        through = pulled_back(branch, x, into_branch)
    left = into_branch.float()  # both terms of a sum get the same
    return GradientSplit(
        block=block, class_index=index, identity=_array(identity), branch=_array(through),
        total=_array(identity + through), stopped=projection(arriving.float() - left, arriving.float()),
    )  # fmt: skip


def pulled_back(y: Tensor, x: Tensor, gradient: Tensor, keep: bool = False) -> Tensor:
    """The gradient at x of what is asked of y: zero where no gradient passes (a detached shortcut)."""
    if y is x:
        return gradient
    if not y.requires_grad:
        return torch.zeros_like(x)
    (found,) = torch.autograd.grad(y, x, gradient, retain_graph=keep, allow_unused=True)
    return torch.zeros_like(x) if found is None else found


def projection(part: Tensor | Map, whole: Tensor | Map) -> float:
    """How long a part is in the direction of the whole, as a signed share of it; 0 where the whole is zero."""
    length = float((whole * whole).sum())
    return float((part * whole).sum()) / length if length else 0.0


def _array(tensor: Tensor) -> Map:
    return tensor[0].detach().float().cpu().numpy()
