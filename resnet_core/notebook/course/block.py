"""A residual block that the reader wrote: what it does with weights of zero, on the way back, and between."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

CHANNELS, CONVOLUTIONS = 8, 2


def judge_block(answer: Any) -> tuple[bool, str]:
    """Whether Block(channels) is a residual block: two 3×3 convolutions, and x added before the last ReLU."""
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            mistake = _mistake(answer(CHANNELS).double())
    except Exception as error:  # noqa: BLE001 - a reader's code may raise anything
        return False, f"It fails: {type(error).__name__}: {error}"
    return not mistake, mistake or (
        "With all weights at zero it passes x on, and all of the gradient comes back: it can only learn what x lacks."
    )


def _mistake(block: nn.Module) -> str:
    """The first thing that is missing, in a sentence."""
    x = torch.rand(4, CHANNELS, 6, 6, dtype=torch.float64) + 0.1
    out = block(x)
    if not isinstance(out, Tensor):
        return "forward gives no tensor back. Is there a return?"
    if out.shape != x.shape:
        return f"{tuple(x.shape)} goes in and {tuple(out.shape)} comes out: x can't be added. Has each 3×3 a padding?"
    convolutions = sum(isinstance(layer, nn.Conv2d) for layer in block.modules())
    if convolutions != CONVOLUTIONS:
        return f"The branch has {convolutions} convolutions. The block asked for has {CONVOLUTIONS}."
    if _is_straight(block.eval(), x):
        return "Between the two convolutions is no ReLU: together they are one linear map, as a single one would be."
    return _with_zeros(block.train(), x)


def _with_zeros(block: nn.Module, x: Tensor) -> str:
    with torch.no_grad():
        for weight in block.parameters():
            weight.zero_()
    out = block(x.requires_grad_())
    (gradient,) = torch.autograd.grad(out.sum(), x, allow_unused=True) if out.requires_grad else (None,)
    if not out.any():
        return "With all weights at zero nothing comes out: x is not added."
    if torch.allclose(out, 2 * x):
        return "With all weights at zero twice x comes out. It is added once too often."
    if not torch.allclose(out, x):
        return "With all weights at zero something else than x comes out. Add x as it came in."
    if gradient is None or not torch.allclose(gradient, torch.ones_like(x)):
        return "x passes, but its gradient does not come back whole: it was detached on the way."
    if block(-x.detach()).any():
        return "What is negative comes out as it is: the last ReLU is missing, or stands before the addition."
    return ""


def _is_straight(block: nn.Module, x: Tensor) -> bool:
    """Whether the branch is linear: in the middle of two inputs it gives the middle of their outputs.

    Its weights are made small for that, so that the sum is positive and the last ReLU lets all of it pass.
    """
    kept = {name: value.clone() for name, value in block.state_dict().items()}
    with torch.no_grad():
        for weight in block.parameters():
            weight.mul_(0.1)
        one, other = x[:2], x[2:]
        bend = block((one + other) / 2) - (block(one) + block(other)) / 2
        size = (block(one) - one).abs().max()
    block.load_state_dict(kept)
    return bool(bend.abs().max() < 1e-9 * size)
