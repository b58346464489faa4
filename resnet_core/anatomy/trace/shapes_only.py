"""ShapesOnly: the commonest operations on the meta device by their shapes alone, without PyTorch's Python code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.overrides import TorchFunctionMode

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.counting.calls import Shape


class ShapesOnly(TorchFunctionMode):
    """Answers with an empty tensor of the right shape where a rule below knows it; PyTorch does the rest.

    PyTorch computes shapes on the meta device in Python, and for that it loads sympy and its compiler: two seconds
    and 150 MB at the first layer, most of a trace's time ever after. A pass with numbers must give the same shapes:
    `trace_model(..., keep_outputs=True)`.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        shape = _shape_of(func, args, kwargs or {})
        return func(*args, **(kwargs or {})) if shape is None else torch.empty(shape, device="meta")


def _shape_of(func: Any, args: Any, kwargs: Any) -> Shape | None:
    rule = RULES.get(func)
    try:
        return rule(*args, **kwargs) if rule else None
    except (TypeError, ValueError, AttributeError):  # called in another way than a rule knows: PyTorch's own matter
        return None


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


def _average_pool(x: Tensor, kernel: Any, stride: Any, padding: Any, ceil_mode: bool, *_: Any) -> Shape | None:
    if x.ndim != 4 or not all(isinstance(size, int) for size in (kernel, stride, padding)):
        return None
    sides = tuple(cost.output_size(side, kernel, stride, padding, ceil_mode=ceil_mode) for side in x.shape[2:])
    return (*x.shape[:2], *sides) if min(sides) >= 1 else None


def _product(x: Tensor, y: Any) -> Shape | None:
    if not _all_numbers(x, y) or x.ndim != y.ndim:
        return None
    sides = [{m, n} - {1} for m, n in zip(x.shape, y.shape, strict=True)]
    return tuple(side.pop() if side else 1 for side in sides) if all(len(side) < 2 for side in sides) else None


def _side_by_side(tensors: Sequence[Tensor], dim: int = 0) -> Shape | None:
    if not _all_numbers(*tensors) or not 0 <= dim < tensors[0].ndim:
        return None
    around = {(*x.shape[:dim], -1, *x.shape[dim + 1 :]) for x in tensors}
    width = sum(x.shape[dim] for x in tensors)
    return tuple(width if side < 0 else side for side in around.pop()) if len(around) == 1 else None


def _sum_over(x: Tensor, dim: Any) -> Shape | None:
    return (*x.shape[:dim], *x.shape[dim + 1 :]) if _is_side(x, dim) and _all_numbers(x) else None


def _softmax(x: Tensor, dim: Any) -> Shape | None:
    return tuple(x.shape) if _is_side(x, dim) else None


def _is_side(x: Tensor, dim: Any) -> bool:
    return isinstance(dim, int) and 0 <= dim < x.ndim


def _all_numbers(*values: Any) -> bool:
    """Whether they are tensors of the kind that the rules answer with; indices and masks are PyTorch's own matter."""
    return all(isinstance(value, Tensor) and value.dtype == torch.get_default_dtype() for value in values)


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
    F.avg_pool2d: _average_pool,
    F.adaptive_avg_pool2d: _global_average,
    F.linear: _linear,
    torch.sigmoid: _same,
    Tensor.softmax: _softmax,
    Tensor.mul: _product,
    Tensor.sum: _sum_over,
    torch.cat: _side_by_side,
}
