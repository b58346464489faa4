"""ShapesOnly: the commonest operations on the meta device by their shapes alone, without PyTorch's Python code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from resnet_core.anatomy import cost
from resnet_core.anatomy.calls import Shape


class ShapesOnly(TorchFunctionMode):
    """Answers with an empty tensor of the right shape where a rule below knows it; PyTorch does the rest.

    PyTorch computes shapes on the meta device in Python, and for that it loads sympy and its compiler: two seconds
    and 150 MB at the first layer, most of a trace's time ever after. A pass with numbers must give the same shapes:
    `trace_model(..., keep_outputs=True)`.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        rule = RULES.get(func)
        shape = rule(*args, **(kwargs or {})) if rule else None
        return func(*args, **(kwargs or {})) if shape is None else torch.empty(shape, device="meta")


# Each rule takes the arguments as torch.nn's modules pass them. None: let PyTorch answer, or fail with its own words.


def _same(x: Tensor, *_: Any, **__: Any) -> Shape | None:
    return tuple(x.shape)


def _sum(x: Tensor, y: Tensor) -> Shape | None:
    return tuple(x.shape) if x.shape == y.shape else None


def _convolution(
    x: Tensor, weight: Tensor, _: Any, stride: Sequence[int], padding: Any, dilation: Sequence[int], groups: int
) -> Shape | None:
    out_channels, group_channels, *kernel = weight.shape
    if x.ndim != 4 or x.shape[1] != group_channels * groups or isinstance(padding, str):
        return None
    windows = zip(x.shape[2:], kernel, stride, padding, dilation, strict=True)
    sides = tuple(cost.output_size(*window) for window in windows)
    return (x.shape[0], out_channels, *sides) if min(sides) >= 1 else None


def _max_pool(x: Tensor, kernel: Any, *, ceil_mode: bool, return_indices: bool, **window: Any) -> Shape | None:
    sizes = (kernel, *window.values())
    if x.ndim != 4 or return_indices or not all(isinstance(size, int) for size in sizes):
        return None
    sides = tuple(cost.output_size(side, kernel, **window, ceil_mode=ceil_mode) for side in x.shape[2:])
    return (*x.shape[:2], *sides) if min(sides) >= 1 else None


def _global_average(x: Tensor, output_size: Any) -> Shape | None:
    return (*x.shape[:2], 1, 1) if x.ndim == 4 and output_size == (1, 1) else None


def _linear(x: Tensor, weight: Tensor, _: Any) -> Shape | None:
    return (*x.shape[:-1], weight.shape[0]) if x.shape[-1] == weight.shape[1] else None


RULES: dict[Any, Callable[..., Shape | None]] = {
    F.batch_norm: _same,
    F.relu: _same,
    Tensor.add: _sum,
    F.conv2d: _convolution,
    F.max_pool2d: _max_pool,
    F.adaptive_avg_pool2d: _global_average,
    F.linear: _linear,
}
