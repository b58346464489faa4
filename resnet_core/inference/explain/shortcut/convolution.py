"""convolution_value(): one value of a convolution, taken apart to the last product."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from resnet_core.errors import InvalidSpecError, require
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.shortcut.addition import input_of
from resnet_core.inference.explain.shortcut.opened import Network, open_network, threads_for
from resnet_core.inference.explain.walk import Explained
from resnet_core.models.blocks import ResidualBlock

Map = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Norm:
    """What a batch norm does to one channel: (value - mean) / deviation * scale + shift.

    Attributes:
        mean, deviation: the running average, and the root of the running variance with its epsilon.
        scale, shift: what was learned.
        result: the value that leaves it.
    """

    mean: float
    deviation: float
    scale: float
    shift: float
    result: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ConvolutionValue:
    """How one value of a convolution comes about: sum of patch times kernel, plus the bias.

    Attributes:
        layer: the convolution's path, e.g. "layer1.4.conv1".
        at: (channel, row, column) of the value.
        inputs: numbers of the input channels that it reads: those of its group.
        input_size: (height, width) of the map that it reads.
        top, left: row and column of the patch's first value in the input; below 0 in the padding.
        stride, padding, dilation: (vertical, horizontal).
        patch, kernel: float32 (inputs, kernel height, kernel width), zeros where the padding is.
        value: what the convolution puts out there.
        bias: 0 where it has none.
        norm: the batch norm behind it, or None.
    """

    layer: str
    at: tuple[int, int, int]
    inputs: tuple[int, ...] = field(repr=False)
    input_size: tuple[int, int]
    top: int
    left: int
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]
    patch: Map = field(repr=False)
    kernel: Map = field(repr=False)
    value: float
    bias: float
    norm: Norm | None

    @property
    def products(self) -> Map:
        """Patch times kernel, value by value."""
        return self.patch * self.kernel

    @property
    def channel_sums(self) -> Map:
        """The sum of the products of each input channel, float32 (inputs,)."""
        return np.asarray(self.products.sum(axis=(1, 2)), np.float32)


@dataclass(slots=True, eq=False)
class _Heard:
    """What a copy of a block computed on the way: input and output of the convolution, and what followed."""

    x: Tensor | None = None
    y: Tensor | None = None
    normed: tuple[nn.BatchNorm2d, Tensor] | None = None


def convolutions_of(block: ResidualBlock) -> list[str]:
    """Names of the convolutions of a block's branch and shortcut, e.g. ["conv1", "conv2", "downsample.0"]."""
    return [name for name, module in block.named_modules() if isinstance(module, nn.Conv2d)]


@survive_full_gpu
def convolution_value(
    network: Network, picture: Explained, layer: str, channel: int, row: int, column: int
) -> ConvolutionValue:
    """One value of a convolution inside a block: its patch, its kernel, their products, and the batch norm behind it.

    Args:
        network, picture: as of `addition`.
        layer: path of the convolution, e.g. "layer1.4.conv1".
        channel, row, column: of the value, from 0.

    Raises:
        ImageError: if the picture can't be read.
        WeightsError: if the weights can't be loaded.
        InvalidSpecError: for a path that is no convolution of a block, or a place outside its output.
    """
    block, name = ".".join(layer.split(".")[:2]), ".".join(layer.split(".")[2:])
    model, start = open_network(network, picture)
    x, into = input_of(model, start, block)
    named = convolutions_of(into)
    if name not in named:
        raise InvalidSpecError(
            f"{layer!r} is no convolution of a block. Those of {block} are: "
            f"{', '.join(f'{block}.{one}' for one in named)}.",
            field="layer",
        )
    heard = _overhear(into, name, x)
    conv = into.get_submodule(name)
    assert isinstance(conv, nn.Conv2d)
    assert heard.x is not None
    assert heard.y is not None
    places = {"channel": channel, "row": row, "column": column}
    for (label, given), count in zip(places.items(), heard.y.shape[1:], strict=True):
        require(0 <= given < count, label, given, f"0 to {count - 1}")
    return _value(layer, conv, heard.x[0].float(), heard, (channel, row, column))


def _overhear(block: ResidualBlock, name: str, x: Tensor) -> _Heard:
    """Run a copy of a block that shares its tensors, with ears on the copy's convolution and batch norms."""
    shared = {id(tensor): tensor for tensor in (*block.parameters(), *block.buffers())}
    own = copy.deepcopy(block, shared)
    heard = _Heard()

    def conv(_module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        heard.x, heard.y = inputs[0], output

    def norm(module: nn.Module, inputs: tuple[Any, ...], output: Tensor) -> None:
        if inputs[0] is heard.y and isinstance(module, nn.BatchNorm2d):
            heard.normed = module, output

    own.get_submodule(name).register_forward_hook(conv)
    for module in own.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.register_forward_hook(norm)
    with torch.no_grad(), threads_for(x):
        own(x)
    return heard


def _value(layer: str, conv: nn.Conv2d, x: Tensor, heard: _Heard, at: tuple[int, int, int]) -> ConvolutionValue:
    channel, row, column = at
    (kh, kw), (sy, sx), (dy, dx) = (_pair(one) for one in (conv.kernel_size, conv.stride, conv.dilation))
    assert not isinstance(conv.padding, str)
    py, px = _pair(conv.padding)
    per_group = conv.in_channels // conv.groups
    first = channel // (conv.out_channels // conv.groups) * per_group
    padded = nn.functional.pad(x[first : first + per_group], (px, px, py, py))
    patch = padded[:, row * sy : row * sy + dy * (kh - 1) + 1 : dy, column * sx : column * sx + dx * (kw - 1) + 1 : dx]
    assert heard.y is not None
    return ConvolutionValue(
        layer=layer, at=at, inputs=tuple(range(first, first + per_group)),
        input_size=(x.shape[1], x.shape[2]),
        top=row * sy - py, left=column * sx - px, stride=(sy, sx), padding=(py, px), dilation=(dy, dx),
        patch=patch.cpu().numpy().copy(), kernel=conv.weight[channel].detach().float().cpu().numpy().copy(),
        value=float(heard.y[0, channel, row, column]),
        bias=0.0 if conv.bias is None else float(conv.bias.detach()[channel]),
        norm=None if heard.normed is None else _norm(*heard.normed, at),
    )  # fmt: skip


def _norm(module: nn.BatchNorm2d, output: Tensor, at: tuple[int, int, int]) -> Norm:
    channel = at[0]
    assert module.running_mean is not None
    assert module.running_var is not None
    return Norm(
        mean=float(module.running_mean[channel]),
        deviation=float((module.running_var[channel] + module.eps).sqrt()),
        scale=float(module.weight.detach()[channel]),
        shift=float(module.bias.detach()[channel]),
        result=float(output[0, channel, at[1], at[2]]),
    )


def _pair(sides: tuple[int, ...]) -> tuple[int, int]:
    return int(sides[0]), int(sides[-1])
