"""What one residual block calls, by arithmetic: BRANCHES and SHORTCUTS, one function for each kind. No torch."""

from __future__ import annotations

from collections.abc import Callable

from resnet_core.anatomy.walk.calls import Map, Walk
from resnet_core.models.channels import attention_width, selective_width, squeeze_width
from resnet_core.models.spec import ModelSpec


def walk_block(walk: Walk, spec: ModelSpec, path: str, x: Map, base: int, stride: int) -> Map:
    """The calls of one block of base width `base` on `x`; returns the map after it."""
    entry = x
    if spec.preactivated:
        entry = walk.same(f"{path}.relu1", "ReLU", walk.norm(f"{path}.bn1", x))
    y = BRANCHES[spec.block](walk, spec, path, entry, base, stride)
    if spec.squeeze_excite:
        y = _squeeze_excite(walk, f"{path}.se", y)
    if spec.shortcut != "none":
        fits = stride == 1 and x.channels == y.channels and spec.shortcut not in ("projection_all", "detached")
        shortcut = x if fits else SHORTCUTS[spec.shortcut](walk, f"{path}.downsample", entry, y.channels, stride)
        y = walk.join(f"{path}.add", "ShortcutAdd", y, shortcut)
    return y if spec.preactivated else walk.same(f"{path}.relu", "ReLU", y)


def _basic(walk: Walk, spec: ModelSpec, path: str, x: Map, base: int, stride: int) -> Map:
    x = walk.norm(f"{path}.bn1", walk.conv(f"{path}.conv1", x, base, 3, stride))
    x = walk.conv(f"{path}.conv2", walk.same(f"{path}.relu1", "ReLU", x), base, 3)
    return walk.norm(f"{path}.bn2", x)


def _strides(spec: ModelSpec, stride: int) -> tuple[int, int]:
    return (stride, 1) if spec.stride_on == "1x1" else (1, stride)


def _bottleneck(walk: Walk, spec: ModelSpec, path: str, x: Map, base: int, stride: int) -> Map:
    inner, (first, second) = spec.inner_width(base), _strides(spec, stride)
    x = walk.norm(f"{path}.bn1", walk.conv(f"{path}.conv1", x, inner, 1, first))
    x = walk.same(f"{path}.relu1", "ReLU", x)
    x = walk.norm(f"{path}.bn2", walk.conv(f"{path}.conv2", x, inner, 3, second, spec.inner_groups(base)))
    x = walk.same(f"{path}.relu2", "ReLU", x)
    return walk.norm(f"{path}.bn3", walk.conv(f"{path}.conv3", x, base * spec.expansion, 1))


def _preact_basic(walk: Walk, spec: ModelSpec, path: str, x: Map, base: int, stride: int) -> Map:
    x = walk.norm(f"{path}.bn2", walk.conv(f"{path}.conv1", x, base, 3, stride))
    return walk.conv(f"{path}.conv2", walk.same(f"{path}.relu2", "ReLU", x), base, 3)


def _preact_bottleneck(walk: Walk, spec: ModelSpec, path: str, x: Map, base: int, stride: int) -> Map:
    inner, (first, second) = spec.inner_width(base), _strides(spec, stride)
    x = walk.norm(f"{path}.bn2", walk.conv(f"{path}.conv1", x, inner, 1, first))
    x = walk.same(f"{path}.relu2", "ReLU", x)
    x = walk.norm(f"{path}.bn3", walk.conv(f"{path}.conv2", x, inner, 3, second, spec.inner_groups(base)))
    x = walk.same(f"{path}.relu3", "ReLU", x)
    return walk.conv(f"{path}.conv3", x, base * spec.expansion, 1)


def _split(walk: Walk, spec: ModelSpec, path: str, x: Map, base: int, stride: int) -> Map:
    inner = spec.inner_width(base)
    x = walk.norm(f"{path}.bn1", walk.conv(f"{path}.conv1", x, inner, 1))
    x = _split_attention(walk, spec, f"{path}.conv2", walk.same(f"{path}.relu1", "ReLU", x))
    if stride > 1:
        x = walk.pool(f"{path}.pool", "AvgPool2d", x, 3, 1)
    return walk.norm(f"{path}.bn3", walk.conv(f"{path}.conv3", x, base * spec.expansion, 1))


def _split_attention(walk: Walk, spec: ModelSpec, path: str, x: Map) -> Map:
    channels, radix, groups = x.channels, spec.radix, spec.groups
    splits = walk.norm(f"{path}.bn0", walk.conv(f"{path}.conv", x, channels * radix, 3, 1, groups * radix))
    splits = walk.same(f"{path}.relu0", "ReLU", splits)
    x = walk.global_pool(f"{path}.squeeze", walk.regroup(f"{path}.sum", "SplitSum", splits, channels))
    x = walk.conv(f"{path}.fc1", x, attention_width(channels, radix), 1, 1, groups, bias=True)
    x = walk.same(f"{path}.relu1", "ReLU", walk.norm(f"{path}.bn1", x))
    x = walk.conv(f"{path}.fc2", x, channels * radix, 1, 1, groups, bias=True)
    x = walk.same(f"{path}.choose", "SplitSoftmax" if radix > 1 else "Sigmoid", x)
    return walk.join(f"{path}.weigh", "WeightedSum", splits, x, channels)


def _selective(walk: Walk, spec: ModelSpec, path: str, x: Map, base: int, stride: int) -> Map:
    inner = spec.inner_width(base)
    x = walk.norm(f"{path}.conv1.bn", walk.conv(f"{path}.conv1.conv", x, inner, 1))
    x = _selective_kernel(walk, spec, f"{path}.conv2", walk.same(f"{path}.relu1", "ReLU", x), stride)
    return walk.norm(f"{path}.conv3.bn", walk.conv(f"{path}.conv3.conv", x, base * spec.expansion, 1))


def _selective_kernel(walk: Walk, spec: ModelSpec, path: str, x: Map, stride: int) -> Map:
    channels = x.channels
    near, far = (_kernel_path(walk, spec, f"{path}.paths.{i}", x, stride, i + 1) for i in (0, 1))
    paths = walk.join(f"{path}.join", "Concatenate", near, far, channels * 2)
    x = walk.global_pool(f"{path}.attn.squeeze", walk.regroup(f"{path}.attn.sum", "SplitSum", paths, channels))
    x = walk.norm(f"{path}.attn.bn", walk.conv(f"{path}.attn.fc_reduce", x, selective_width(channels), 1))
    x = walk.conv(f"{path}.attn.fc_select", walk.same(f"{path}.attn.relu", "ReLU", x), channels * 2, 1)
    x = walk.same(f"{path}.attn.choose", "SplitSoftmax", x)
    return walk.join(f"{path}.weigh", "WeightedSum", paths, x, channels)


def _kernel_path(walk: Walk, spec: ModelSpec, path: str, x: Map, stride: int, dilation: int) -> Map:
    half = walk.regroup(f"{path}.slice", "ChannelSlice", x, x.channels // 2)
    y = walk.conv(f"{path}.conv", half, x.channels, 3, stride, spec.groups, dilation=dilation)
    return walk.same(f"{path}.relu", "ReLU", walk.norm(f"{path}.bn", y))


def _squeeze_excite(walk: Walk, path: str, x: Map) -> Map:
    gate = walk.conv(f"{path}.fc1", walk.global_pool(f"{path}.squeeze", x), squeeze_width(x.channels), 1, bias=True)
    gate = walk.conv(f"{path}.fc2", walk.same(f"{path}.relu", "ReLU", gate), x.channels, 1, bias=True)
    return walk.join(f"{path}.scale", "ChannelScale", x, walk.same(f"{path}.gate", "Sigmoid", gate))


def _projection(walk: Walk, path: str, x: Map, out: int, stride: int) -> Map:
    return walk.norm(f"{path}.1", walk.conv(f"{path}.0", x, out, 1, stride))


def _bare_projection(walk: Walk, path: str, x: Map, out: int, stride: int) -> Map:
    return walk.conv(f"{path}.0", x, out, 1, stride)


def _pooled_projection(walk: Walk, path: str, x: Map, out: int, stride: int) -> Map:
    if stride > 1:
        x = walk.pool(f"{path}.0", "AvgPool2d", x, 2, 0, ceil_mode=True)
    return walk.norm(f"{path}.2", walk.conv(f"{path}.1", x, out, 1))


def _detached(walk: Walk, path: str, x: Map, out: int, stride: int) -> Map:
    if stride == 1 and x.channels == out:
        return walk.same(path, "Detach", x)
    return _projection(walk, path, walk.same(f"{path}.detach", "Detach", x), out, stride)


Branch = Callable[[Walk, ModelSpec, str, Map, int, int], Map]
BRANCHES: dict[str, Branch] = {
    "basic": _basic,
    "bottleneck": _bottleneck,
    "flat_bottleneck": _bottleneck,
    "preact_basic": _preact_basic,
    "preact_bottleneck": _preact_bottleneck,
    "sk_bottleneck": _selective,
    "split_bottleneck": _split,
}
SHORTCUTS: dict[str, Callable[[Walk, str, Map, int, int], Map]] = {
    "projection": _projection,
    "projection_all": _projection,
    "pooled_projection": _pooled_projection,
    "bare_projection": _bare_projection,
    "zero_pad": Walk.zero_pad,
    "zero_pad_both": Walk.zero_pad,
    "detached": _detached,
}
