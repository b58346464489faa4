"""The window of a layer and the receptive field that grows with it."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

from torch import nn

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.counting.calls import Shape


class Field(NamedTuple):
    """Receptive field and distance between neighbours, in input pixels: vertical, horizontal."""

    height: int
    width: int
    jump_y: int
    jump_x: int


class Window(NamedTuple):
    """What slides over the input, each (vertical, horizontal)."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]


def window_of(module: nn.Module, in_shape: Shape) -> Window | None:
    """The sliding window of a layer, if it has one. A global pooling is a window as large as its input."""
    if isinstance(module, nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d):
        if _pair(module.output_size) != (1, 1) or len(in_shape) < 2:
            return None
        return Window((in_shape[-2], in_shape[-1]), (1, 1), (0, 0), (1, 1))
    if not isinstance(getattr(module, "kernel_size", None), int | tuple | list):  # others give that name to parts
        return None
    kernel, dilation = _pair(module.kernel_size), _pair(getattr(module, "dilation", 1))
    stride, padding = _pair(getattr(module, "stride", 1) or module.kernel_size), getattr(module, "padding", 0)
    if isinstance(padding, str):
        padding = tuple(d * (k - 1) // 2 if padding == "same" else 0 for k, d in zip(kernel, dilation, strict=True))
    return Window(kernel, stride, _pair(padding), dilation)


def _pair(value: Any) -> tuple[int, int]:
    if isinstance(value, tuple | list):
        return (int(value[0]), int(value[-1]))
    return (int(value), int(value))


def grow(fields: list[Field | None], window: Window | None, in_shape: Shape, out_shape: Shape) -> Field | None:
    """The field of an output: the largest of its inputs', grown by the window. None once it can't be known."""
    known = [f for f in fields if f is not None]
    if not known:
        return None
    widest = max(known)
    if window is None:
        same_places = in_shape[2:] == out_shape[2:] or prod(in_shape[1:]) == prod(out_shape[1:])
        return widest if same_places or len(in_shape) == 2 else None
    return Field(
        cost.grown_field(widest.height, widest.jump_y, window.kernel[0], window.dilation[0]),
        cost.grown_field(widest.width, widest.jump_x, window.kernel[1], window.dilation[1]),
        widest.jump_y * window.stride[0],
        widest.jump_x * window.stride[1],
    )
