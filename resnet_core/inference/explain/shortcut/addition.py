"""addition(): the terms of one block's addition for one picture, their sum, and what goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.shortcut.opened import Network, block_step, open_network, threads_for
from resnet_core.inference.explain.walk import NO_ADDITION, Explained
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet

Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Addition:
    """One addition, out = after(x + branch), each float32 (C, H, W).

    Attributes:
        block: its path, e.g. "layer2.0".
        x: what the shortcut brings to the plus: after the projection or the padding, where there is one.
        branch: F(x), what the block's layers bring to it; with squeeze-and-excitation after its weights.
        sum: x + branch.
        out: what leaves the block: after the ReLU, or the sum itself where none follows (pre-activation).
        rectified: whether a ReLU follows the addition.
    """

    block: str
    x: Map = field(repr=False)
    branch: Map = field(repr=False)
    sum: Map = field(repr=False)
    out: Map = field(repr=False)
    rectified: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transformation:
    """A block without an addition, out = after(h), each float32.

    Attributes:
        block: its path.
        x: what comes in, (C, H, W) of the block before.
        h: H(x), all that is left of x after the block's layers.
        out: after the ReLU.
    """

    block: str
    x: Map = field(repr=False)
    h: Map = field(repr=False)
    out: Map = field(repr=False)


@survive_full_gpu
def addition(network: Network, picture: Explained, block: str) -> Addition:
    """What one block adds to what arrives at its plus, in one pass up to there. No hook, nothing of it is kept.

    Args:
        network: weights by name, by file or as a record, a Classifier, or a network of `build_model`.
        picture: a PIL image, a file's bytes or path, or a normalised tensor (C, H, W) or (1, C, H, W).
        block: its path, e.g. "layer2.0".

    Raises:
        ImageError: if the picture can't be read.
        WeightsError: if the weights can't be loaded.
        InvalidSpecError: for a path that is no block, or a plain network, which has no addition.
    """
    x, into = _arrive(network, picture, block)
    with torch.no_grad(), threads_for(x):
        branch, shortcut = into.terms(x)
        if shortcut is None or into.add is None:
            raise InvalidSpecError(f"{block} has no addition. {NO_ADDITION}", field="block")
        total, out = into.add(branch, shortcut), into.join(branch, shortcut)
    return Addition(
        block=block, x=_array(shortcut), branch=_array(branch), sum=_array(total), out=_array(out),
        rectified=hasattr(into, "relu"),
    )  # fmt: skip


@survive_full_gpu
def transformation(network: Network, picture: Explained, block: str) -> Transformation:
    """What stands in place of the addition in a plain network: H(x) alone. Arguments and errors as of `addition`."""
    x, into = _arrive(network, picture, block)
    with torch.no_grad(), threads_for(x):
        h, shortcut = into.terms(x)
        if shortcut is not None:
            raise InvalidSpecError(f"{block} has an addition: ask addition() for its terms.", field="block")
        return Transformation(block=block, x=_array(x), h=_array(h), out=_array(into.join(h, None)))


def _arrive(network: Network, picture: Explained, block: str) -> tuple[Tensor, ResidualBlock]:
    """The input of a block, and the block."""
    model, x = open_network(network, picture)
    return input_of(model, x, block)


def input_of(model: ResNet, x: Tensor, block: str) -> tuple[Tensor, ResidualBlock]:
    """What a batch has become when it reaches a block, and the block."""
    steps, number = block_step(model, block)
    with torch.no_grad(), threads_for(x):
        for step in steps[:number]:
            x = step(x)
    into = steps[number].module
    assert isinstance(into, ResidualBlock)
    return x, into


def _array(tensor: Tensor) -> Map:
    return tensor[0].float().cpu().numpy()
