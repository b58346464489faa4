"""A look inside a network, block by block: gradients and activations as plain numbers."""

from __future__ import annotations

from contextlib import ExitStack

import torch
from torch import Tensor, nn

from resnet_core.models.network import ResNet


def block_gradient_norms(model: ResNet) -> tuple[float, ...]:
    """L2 norm of the gradient of each block's parameters, first block to last, after a backward pass."""
    norms = [
        torch.stack([p.grad.norm() for p in block.parameters() if p.grad is not None]).norm()
        for _, block in model.residual_blocks()
    ]
    return tuple(torch.stack(norms).tolist())


@torch.inference_mode()
def block_activation_scales(model: ResNet, images: Tensor) -> tuple[float, ...]:
    """Root mean square of each block's output on normalised `images` (N, C, H, W), first block to last."""
    scales: list[Tensor] = []

    def record(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
        scales.append(output.float().square().mean().sqrt())

    with ExitStack() as hooks:
        for _, block in model.residual_blocks():
            hooks.enter_context(block.register_forward_hook(record))
        model(images)
    return tuple(torch.stack(scales).tolist())
