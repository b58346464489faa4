"""block_flow(): every addition of a network in one pass forwards and one back; fresh_flow(): before it learned."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.lesion import kind_of
from resnet_core.inference.explain.shortcut.opened import Network, class_or_likeliest, open_network, threads_for
from resnet_core.inference.explain.shortcut.split import projection, pulled_back
from resnet_core.inference.explain.walk import Explained, steps_of
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet, build_model
from resnet_core.models.spec import ModelSpec

SHIFTS = (0, 3, 5, 7)  # pixels, as many again mirrored: the pictures that an untrained network takes its averages from


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockFlow:
    """One addition in numbers.

    Attributes:
        path: of the block.
        shortcut: "identity", "projection", "zero_pad" or "detached".
        ratio: |F(x)| / |x|, lengths at the plus; infinity where nothing arrives by the shortcut.
        cosine: of the angle between the two, -1 to 1.
        identity_share: signed projection of what came back through the shortcut on the gradient at the block's input.
        stopped: share of the arriving gradient that the ReLU after the plus lets go, 0 to 1.
    """

    path: str
    shortcut: str
    ratio: float
    cosine: float
    identity_share: float
    stopped: float


@survive_full_gpu
def block_flow(network: Network, picture: Explained, class_index: int | None = None) -> list[BlockFlow]:
    """Each addition, first to last; none in a plain network. Arguments and errors as of `gradient_split`."""
    model, x = open_network(network, picture)
    return _flow(model, x, class_index)


@survive_full_gpu
def fresh_flow(network: Network, picture: Explained, class_index: int | None = None, seed: int = 0) -> list[BlockFlow]:
    """The same for the network as it was before its first step: fresh weights, He et al. 2015.

    Batch norm needs averages; it takes them from the picture and seven shifted or mirrored copies of it.

    Args:
        class_index: by default the class that the given network finds likeliest.
        seed: of the weights.
    """
    model, x = open_network(network, picture)
    with torch.no_grad(), threads_for(x):
        logits = model(x)
        index = class_or_likeliest(logits, class_index)
        fresh = build_model(model.spec, num_classes=logits.shape[1], seed=seed).to(x)
        shifted = torch.cat([x.roll((by, -by), (2, 3)) for by in SHIFTS])
        _take_averages(fresh, torch.cat([shifted, shifted.flip(3)]))
    return _flow(fresh, x, index)


def law(spec: ModelSpec) -> list[float] | None:
    """|F|/|x| of each block of an untrained network, if lengths at right angles add up: about 1/sqrt(k) at the k-th.

    Batch norm gives each value of F the mean square 1. The stem's ReLU leaves x one half; each addition adds 1; a
    projection with batch norm begins anew at 1, and zeros in half of the channels halve it (De and Smith 2020,
    arXiv:2002.10444). The ReLUs after the additions are left out: they let go some of x, so the measured ratios
    lie a little higher. None for blocks whose F does not end in a batch norm.
    """
    if spec.preactivated or spec.squeeze_excite or spec.norm != "batch" or spec.shortcut in ("none", "detached"):
        return None
    square, ratios = 0.5, []
    channels = spec.stem_channels
    for stage, (depth, width) in enumerate(zip(spec.depths, spec.widths, strict=True)):
        for index in range(depth):
            out = width * spec.expansion
            changes = out != channels or (stage > 0 and index == 0)
            if spec.shortcut == "projection_all" or (changes and not spec.shortcut.startswith("zero_pad")):
                square = 1.0
            elif changes:
                square *= channels / out
            ratios.append(1 / math.sqrt(square))
            square, channels = square + 1, out
    return ratios


def _flow(model: ResNet, x: Tensor, class_index: int | None) -> list[BlockFlow]:
    seen: list[tuple[str, ResidualBlock, Tensor, Tensor, Tensor, Tensor]] = []
    with torch.enable_grad(), threads_for(x):
        x = x.detach().requires_grad_()
        for step in steps_of(model):
            block = step.module
            if isinstance(block, ResidualBlock) and block.add is not None:
                branch, shortcut = block.terms(x)
                assert shortcut is not None
                out = block.join(branch, shortcut)
                seen.append((step.path, block, x, branch, shortcut, out))
                x = out
            else:
                x = step(x)
        if not seen:
            return []
        index = class_or_likeliest(x, class_index)
        wanted = [tensor for one in seen for tensor in (one[2], one[3], one[5])]
        gradients = torch.autograd.grad(x[0, index], wanted, retain_graph=True)
        flow = []
        for number, (path, block, into, branch, shortcut, _) in enumerate(seen):
            total, left, arriving = gradients[3 * number : 3 * number + 3]
            identity = pulled_back(shortcut, into, left, keep=True)
            flow.append(_measured(path, block, (shortcut, branch), (identity, total), (left, arriving)))
    return flow


def _measured(
    path: str,
    block: ResidualBlock,
    terms: tuple[Tensor, Tensor],
    back: tuple[Tensor, Tensor],
    relu: tuple[Tensor, Tensor],
) -> BlockFlow:
    """A block's numbers: of its terms, of its gradient through the shortcut and in all, behind and before the ReLU.

    Both terms of a sum get the same gradient, so that the branch's stands for both.
    """
    shortcut, branch = (term.detach().float() for term in terms)
    lengths = float(shortcut.norm()), float(branch.norm())
    product = lengths[0] * lengths[1]
    left, arriving = (gradient.float() for gradient in relu)
    return BlockFlow(
        path=path,
        shortcut=kind_of(block),
        ratio=lengths[1] / lengths[0] if lengths[0] else math.inf,
        cosine=float((shortcut * branch).sum()) / product if product else 0.0,
        identity_share=projection(*(gradient.float() for gradient in back)),
        stopped=projection(arriving - left, arriving),
    )


def _take_averages(model: nn.Module, batch: Tensor) -> None:
    """Set the averages of all batch norms from one batch, and leave the network in eval mode."""
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.momentum = None  # the average of all batches seen, which is this one
    model.train()
    model(batch)
    model.eval().requires_grad_(False)
