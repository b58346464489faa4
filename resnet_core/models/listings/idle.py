"""idle_biases(): which convolutions of a network have a bias that batch norm subtracts again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True, kw_only=True)
class IdleBias:
    """`count` biases of the convolution at `path` that can't change any output in training."""

    path: str
    count: int


def idle_biases(model: nn.Module, input_size: tuple[int, ...] = (1, 3, 224, 224)) -> tuple[IdleBias, ...]:
    """Biases of the convolutions whose output goes straight into batch norm.

    Runs the model once where its parameters are (the meta device will do), and leaves no hook behind.
    """
    watch = _Watch()
    handles = [watch.attach(path, module) for path, module in model.named_modules()]
    was_training = model.training
    try:
        with torch.no_grad():
            model.eval()(torch.zeros(input_size, device=next(model.parameters()).device))
    finally:
        model.train(was_training)
        for handle in handles:
            if handle is not None:
                handle.remove()
    return tuple(watch.found)


class _Watch:
    """Remembers which convolution made which tensor, until a batch norm takes it."""

    def __init__(self) -> None:
        self.made: list[tuple[Tensor, str, nn.Conv2d]] = []
        self.found: list[IdleBias] = []

    def attach(self, path: str, module: nn.Module) -> torch.utils.hooks.RemovableHandle | None:
        if isinstance(module, nn.Conv2d):
            return module.register_forward_hook(self._after_conv(path))
        if isinstance(module, nn.BatchNorm2d):
            return module.register_forward_pre_hook(self._before_norm)
        return None

    def _after_conv(self, path: str) -> Callable[..., None]:
        def record(module: nn.Conv2d, _args: Any, output: Tensor) -> None:
            self.made.append((output, path, module))

        return record

    def _before_norm(self, _module: nn.Module, args: tuple[Tensor, ...]) -> None:
        for output, path, conv in self.made:
            if output is args[0] and conv.bias is not None:
                self.found.append(IdleBias(path=path, count=conv.bias.numel()))
