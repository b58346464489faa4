"""A folded network as an OpenVINO model, written down call by call.

OpenVINO's own converter traces the network with `torch.jit`, which is deprecated, changes PyTorch's state for all
threads meanwhile and takes seconds. Here every sum and product is a module, so that a table of modules is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import openvino as ov
import openvino.opset14 as op
from torch import Tensor, nn

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.engine.wiring import PICTURE, modules_of, record_calls
from resnet_core.models.attention import (
    ChannelScale,
    ChannelSlice,
    Concatenate,
    SplitSoftmax,
    SplitSum,
    WeightedSum,
)  # fmt: skip
from resnet_core.models.blocks import ShortcutAdd
from resnet_core.models.network import ResNet
from resnet_core.models.shortcuts import Detach, ZeroPadShortcut

Node = Any  # OpenVINO's nodes and outputs carry no types


def to_openvino(model: ResNet, input_size: tuple[int, int, int]) -> Node:
    """The network for any batch (N, C, H, W) of this (C, H, W). Its weights are the network's own memory.

    Raises:
        InvalidSpecError: for a module that has no translation.
    """
    calls = record_calls(model.spec)
    picture = op.parameter([-1, *input_size], ov.Type.f32)
    nodes: list[Node] = []
    for call, module in zip(calls, modules_of(model, calls), strict=True):
        translate = TRANSLATIONS.get(type(module))
        if translate is None:
            raise InvalidSpecError(f"{call.path} is a {type(module).__name__}, which has no translation to OpenVINO.")
        nodes.append(translate(module, *(picture if index == PICTURE else nodes[index] for index in call.inputs)))
    return ov.Model([nodes[-1]], [picture], model.spec.name)


def _constant(values: Tensor) -> Node:
    return op.constant(values.detach().contiguous().numpy(), shared_memory=True)


def _per_channel(values: Tensor) -> Node:
    return _constant(values.reshape(1, -1, 1, 1))


def _channels(node: Node) -> int:
    return int(node.get_output_partial_shape(0)[1].get_length())


def _conv(module: nn.Conv2d, x: Node) -> Node:
    stride, padding, dilation = module.stride, module.padding, module.dilation
    if module.groups == 1:
        out = op.convolution(x, _constant(module.weight), stride, padding, padding, dilation)
    else:
        by_group = module.weight.reshape(module.groups, -1, *module.weight.shape[1:])
        out = op.group_convolution(x, _constant(by_group), stride, padding, padding, dilation)
    return out if module.bias is None else op.add(out, _per_channel(module.bias))


def _batch_norm(module: nn.BatchNorm2d, x: Node) -> Node:
    state = {name: tensor.double() for name, tensor in module.state_dict().items()}
    scale = state["weight"] / (state["running_var"] + module.eps).sqrt()
    shift = state["bias"] - state["running_mean"] * scale
    return op.add(op.multiply(x, _per_channel(scale.float())), _per_channel(shift.float()))


def _linear(module: nn.Linear, x: Node) -> Node:
    out = op.matmul(x, _constant(module.weight), False, True)
    return op.add(out, _constant(module.bias.reshape(1, -1)))


def _pair(value: Any) -> list[int]:
    return list(value) if isinstance(value, tuple) else [value, value]


def _max_pool(module: nn.MaxPool2d, x: Node) -> Node:
    padding = _pair(module.padding)
    pooled = op.max_pool(
        x, _pair(module.stride), _pair(module.dilation), padding, padding, _pair(module.kernel_size),
        "ceil_torch" if module.ceil_mode else "floor",
    )  # fmt: skip
    return pooled.output(0)  # the second output is where the maxima were


def _avg_pool(module: nn.AvgPool2d, x: Node) -> Node:
    padding = _pair(module.padding)
    return op.avg_pool(
        x, _pair(module.stride), padding, padding, _pair(module.kernel_size), not module.count_include_pad,
        "ceil_torch" if module.ceil_mode else "floor",
    )  # fmt: skip


def _global_mean(_: nn.Module, x: Node) -> Node:
    return op.reduce_mean(x, op.constant([2, 3]), True)


def _zero_pad(module: ZeroPadShortcut, x: Node) -> Node:
    ends = [2**31 - 1] * 2
    sampled = op.slice(
        x, op.constant([0, 0]), op.constant(ends), op.constant([module.stride] * 2), op.constant([2, 3])
    )  # fmt: skip
    before, after = (op.constant([0, channels, 0, 0]) for channels in (module.before, module.after))
    return op.pad(sampled, before, after, "constant", op.constant(0.0, ov.Type.f32))


def _slice(module: ChannelSlice, x: Node) -> Node:
    return op.slice(x, op.constant([module.start]), op.constant([module.stop]), op.constant([1]), op.constant([1]))


def _split_sum(module: SplitSum | WeightedSum, x: Node) -> Node:
    parts = op.split(x, op.constant(1), module.radix).outputs()
    total = parts[0]
    for part in parts[1:]:
        total = op.add(total, part)
    return total


def _split_softmax(module: SplitSoftmax, x: Node) -> Node:
    """(N, cardinality * radix * c, 1, 1): softmax over the splits, which come out before the groups."""
    channels = _channels(x)
    by_group = op.reshape(x, op.constant([0, module.cardinality, module.radix, -1]), True)
    swapped = op.transpose(by_group, op.constant([0, 2, 1, 3]))
    return op.reshape(op.softmax(swapped, 1), op.constant([0, channels, 1, 1]), True)


def _same(_: nn.Module, x: Node) -> Node:
    return x


# Adaptive pooling is here to 1x1 only, as all our networks have it.
TRANSLATIONS: dict[type[nn.Module], Callable[..., Node]] = {
    nn.AdaptiveAvgPool2d: _global_mean,
    nn.AvgPool2d: _avg_pool,
    nn.BatchNorm2d: _batch_norm,
    nn.Conv2d: _conv,
    nn.Flatten: lambda _, x: op.reshape(x, op.constant([0, -1]), True),
    nn.Identity: _same,
    nn.Linear: _linear,
    nn.MaxPool2d: _max_pool,
    nn.ReLU: lambda _, x: op.relu(x),
    nn.Sigmoid: lambda _, x: op.sigmoid(x),
    ChannelScale: lambda _, x, weights: op.multiply(x, weights),
    ChannelSlice: _slice,
    Concatenate: lambda _, first, second: op.concat([first, second], 1),
    Detach: _same,
    ShortcutAdd: lambda _, residual, shortcut: op.add(residual, shortcut),
    SplitSoftmax: _split_softmax,
    SplitSum: _split_sum,
    WeightedSum: lambda module, x, weights: _split_sum(module, op.multiply(x, weights)),
    ZeroPadShortcut: _zero_pad,
}
