"""What the detached shortcut of the hook blog's listing does to the gradient, measured by a backward pass."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from resnet_core.models.listings.build import build_listing
from resnet_core.models.listings.hook_blog import BlogBlock, BlogBottleneck


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockGradient:
    """L2 norm of the loss's gradient at the input of one block."""

    path: str
    norm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingGradients:
    """One backward pass through the listing.

    Attributes:
        first_layer: L2 norm of the gradient of the stem convolution's weights.
        blocks: at the input of each block, first to last.
    """

    first_layer: float
    blocks: tuple[BlockGradient, ...]


def shortcut_gradient(fix: Collection[str] = (), seed: int = 0) -> float:
    """Largest absolute gradient that reaches a block's input through the shortcut alone, for a gradient of ones.

    One identity block of the hook blog's listing with the branch silenced: the scale and the shift of its last batch
    norm are zero, so F(x) is zero and so is its gradient. The input is positive, as after a ReLU, so the last ReLU
    passes everything. What arrives at x has come through the shortcut: 1 where it is whole, 0 where it is detached.

    Example:
        >>> shortcut_gradient(), shortcut_gradient(fix=("detached_shortcut",))
        (0.0, 1.0)
    """
    block = BlogBottleneck(256, 64, None, 1, fix)
    *_, last = (module for module in block.conv1x1_2 if isinstance(module, nn.BatchNorm2d))
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    x = torch.rand(2, 256, 8, 8, generator=torch.Generator().manual_seed(seed)) + 0.1
    (gradient,) = torch.autograd.grad(block(x.requires_grad_()).sum(), x)
    return float(gradient.abs().max())


def listing_gradients(
    fix: Collection[str] = (), *, depth: int = 50, side: int = 64, batch: int = 4, seed: int = 0
) -> ListingGradients:
    """Gradients of the hook blog's listing at its initial weights: mean cross-entropy of one random batch.

    A backward pass in train mode on `batch` random pictures of `side` pixels with random labels. The same seed gives
    the same weights, pictures and labels with and without the defect, so that only the defect differs.
    """
    model = build_listing("listing_hook_blog", fix=fix, depth=depth, seed=seed)
    generator = torch.Generator().manual_seed(seed)
    pictures = torch.randn(batch, 3, side, side, generator=generator)
    labels = torch.randint(0, 1000, (batch,), generator=generator)
    inputs = _collect_block_inputs(model)
    weight = next(model.parameters())
    loss = nn.functional.cross_entropy(model(pictures), labels)
    first, *rest = torch.autograd.grad(loss, [weight, *inputs.values()])
    blocks = tuple(BlockGradient(path=path, norm=float(g.norm())) for path, g in zip(inputs, rest, strict=True))
    return ListingGradients(first_layer=float(first.norm()), blocks=blocks)


def _collect_block_inputs(model: nn.Module) -> dict[str, Tensor]:
    """Path of each block and the tensor that goes in; filled when the model, which is thrown away after, runs."""
    inputs: dict[str, Tensor] = {}

    def keep(path: str) -> Any:
        def record(_module: nn.Module, args: tuple[Tensor, ...]) -> None:
            inputs[path] = args[0]

        return record

    for path, module in model.named_modules():
        if isinstance(module, BlogBlock):
            module.register_forward_pre_hook(keep(path))
    return inputs
