"""A look inside a network, block by block: gradients and activations as plain numbers."""

from __future__ import annotations

from contextlib import ExitStack

import torch
from torch import Tensor, nn

from resnet_core.models.network import ResNet


def block_gradient_norms(model: ResNet) -> tuple[float, ...]:
    """L2 norm of the gradient of each block's parameters, first block to last, after a backward pass.

    Of a block that is frozen it is 0.
    """
    nothing = torch.zeros((), device=next(model.parameters()).device)
    norms = [
        torch.stack([nothing, *(p.grad.norm() for p in block.parameters() if p.grad is not None)]).norm()
        for _, block in model.residual_blocks()
    ]
    return tuple(torch.stack(norms).tolist())


def end_gradient_norms(model: ResNet) -> tuple[float, float]:
    """L2 norm of the gradient of the first and of the last convolution's weights, after a backward pass.

    The last one is the last on the way through the blocks; a projection lies beside that way.
    """
    first = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    *_, (_, block) = model.residual_blocks()
    *_, last = (m for name, m in block.named_modules() if isinstance(m, nn.Conv2d) and "downsample" not in name)
    grads = [convolution.weight.grad for convolution in (first, last)]
    at_input, at_output = (0.0 if grad is None else grad.norm().item() for grad in grads)
    return at_input, at_output


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
