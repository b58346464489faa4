"""shortcut_options(): what options A, B and C of the paper let arrive at the plus of one block, and what they cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.lesion import kind_of
from resnet_core.inference.explain.shortcut.addition import input_of
from resnet_core.inference.explain.shortcut.opened import Network, open_network, threads_for
from resnet_core.inference.explain.walk import NO_ADDITION, Explained
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet, initialise
from resnet_core.models.shortcuts import ZeroPadShortcut
from resnet_core.models.spec_fields import ShortcutKind

# The paper's letter, what it is called here, and the field of a spec (He et al. 2015, section 4.1).
OPTIONS: tuple[tuple[str, str, ShortcutKind], ...] = (
    ("A", "zeros after the old channels", "zero_pad"),
    ("A", "zeros on both sides", "zero_pad_both"),
    ("B", "a projection where shapes change", "projection"),
    ("C", "projections everywhere", "projection_all"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ShortcutOption:
    """One way to carry x around a block whose output has another shape.

    Attributes:
        letter: of the paper: "A", "B" or "C".
        words: what it does.
        shortcut: the field of a spec that chooses it.
        arrives: float32 (C, H, W) at the plus.
        parameters, macs: that the whole network has more than with option A, at its usual picture size.
        trained: whether the network itself has this shortcut. If not, a projection has fresh weights here.
        own: whether it is the network's own choice.
    """

    letter: str
    words: str
    shortcut: ShortcutKind
    arrives: npt.NDArray[np.float32] = field(repr=False)
    parameters: int
    macs: int
    trained: bool
    own: bool


@survive_full_gpu
def shortcut_options(network: Network, picture: Explained, block: str, seed: int = 0) -> list[ShortcutOption]:
    """The options side by side for a block whose shapes change; an empty list where x passes as it is.

    Options that the network was not trained with get fresh weights: they show what arrives, not what it is good for.
    B and C are the same at this block, and differ at the others.

    Args:
        network, picture, block: as of `addition`.
        seed: of the fresh weights.

    Raises:
        ImageError: if the picture can't be read.
        WeightsError: if the weights can't be loaded.
        InvalidSpecError: for a path that is no block, or a plain network.
    """
    model, start = open_network(network, picture)
    x, into = input_of(model, start, block)
    if into.add is None:
        raise InvalidSpecError(f"{block} has no addition. {NO_ADDITION}", field="block")
    with torch.no_grad(), threads_for(start):
        branch, shortcut = into.terms(x)
        assert shortcut is not None
        stride = -(-x.shape[2] // branch.shape[2])
        if x.shape == branch.shape:
            return []
        found = []
        for offer in offered_options(model, into):
            kind, has = offer["shortcut"], _has(model, into, offer["shortcut"])
            arrives = shortcut if has else _arriving(kind, x, branch.shape[1], stride, seed)
            found.append(ShortcutOption(**offer, arrives=arrives[0].float().cpu().numpy()))
    return found


def offered_options(model: ResNet, block: ResidualBlock) -> list[dict[str, Any]]:
    """The options for a block whose shapes change: all that `ShortcutOption` says but what arrives.

    Options that the network's blocks do not allow are left out.
    """
    costs = {kind: _cost(model, kind) for _, _, kind in OPTIONS}
    least, found = costs["zero_pad"], []
    for letter, words, kind in OPTIONS:
        cost = costs[kind]
        if cost is None or least is None:
            continue
        found.append({
            "letter": letter, "words": words, "shortcut": kind, "parameters": cost[0] - least[0],
            "macs": cost[1] - least[1], "trained": _has(model, block, kind) or not kind.startswith("projection"),
            "own": model.spec.shortcut == kind,
        })  # fmt: skip
    return found


def _has(model: ResNet, block: ResidualBlock, kind: ShortcutKind) -> bool:
    """Whether the network's own block carries x along in this way."""
    return kind_of(block) == "projection" if kind.startswith("projection") else model.spec.shortcut == kind


def fresh_projection(in_channels: int, out_channels: int, stride: int, seed: int = 0) -> nn.Conv2d:
    """A 1x1 convolution as it begins: the same weights for the same shape and seed."""
    conv = nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
    initialise(conv, torch.Generator().manual_seed(seed))
    return conv


def _arriving(kind: str, x: Tensor, out_channels: int, stride: int, seed: int) -> Tensor:
    if kind.startswith("zero_pad"):
        return ZeroPadShortcut(x.shape[1], out_channels, stride, both_sides=kind == "zero_pad_both")(x)  # type: ignore[no-any-return]
    y: Tensor = fresh_projection(x.shape[1], out_channels, stride, seed).to(x)(x)
    deviation, mean = torch.std_mean(y, (2, 3), keepdim=True, correction=0)  # a batch norm that has seen this picture
    return (y - mean) / (deviation + 1e-5)


def _cost(model: ResNet, kind: ShortcutKind) -> tuple[int, int] | None:
    """Parameters and multiply-adds of the network with another shortcut; None where its blocks don't allow it."""
    try:
        trace = walk_spec(model.spec.override(shortcut=kind))
    except InvalidSpecError:
        return None
    return trace.total_params, trace.total_macs
