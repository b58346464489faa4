"""walk_spec(): the same Trace as trace_model's by arithmetic alone. No torch: each is the other's oracle."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from resnet_core.anatomy import cost
from resnet_core.anatomy.calls import LayerCall, Shape, Trace, place_of
from resnet_core.models.catalogue import get_spec
from resnet_core.models.spec import ModelSpec

Pair = tuple[int, int]


def walk_spec(name_or_spec: str | ModelSpec, input_size: Shape | None = None) -> Trace:
    """What `trace_model` records, computed from the spec with pencil-and-paper formulas.

    Args:
        name_or_spec: a catalogue name or a ModelSpec.
        input_size: (N, C, H, W); by default one picture of the spec's size.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
    """
    spec = get_spec(name_or_spec) if isinstance(name_or_spec, str) else name_or_spec
    batch, channels, height, width = input_size or (1, spec.in_channels, *spec.input_size)
    walk = _Walk(batch)
    x = _stem(walk, spec, _Map(channels, (height, width), (1, 1), (1, 1)))
    for stage, (depth, base) in enumerate(zip(spec.depths, spec.widths, strict=True)):
        for index in range(depth):
            stride = 2 if stage > 0 and index == 0 else 1
            x = _block(walk, spec, f"layer{stage + 1}.{index}", x, base, stride)
    _head(walk, spec, x)
    return Trace(
        name=spec.name,
        input_shape=(batch, channels, height, width),
        calls=tuple(walk.calls),
        total_params=sum(call.params for call in walk.calls),
    )


@dataclass(frozen=True, slots=True)
class _Map:
    """A feature map on its way: channels, size, receptive field and jump, each (vertical, horizontal)."""

    channels: int
    size: Pair
    field: Pair
    jump: Pair


@dataclass(slots=True)
class _Walk:
    """The calls so far; each method takes a map, records one call and returns the map after it."""

    batch: int
    calls: list[LayerCall] = field(default_factory=list)

    def conv(self, path: str, x: _Map, out: int, kernel: int, stride: int = 1, groups: int = 1) -> _Map:
        y = _slide(replace(x, channels=out), (kernel, kernel), stride, kernel // 2)
        return self._record(
            path, "Conv2d", x, y, kernel_size=(kernel, kernel), stride=(stride, stride),
            padding=(kernel // 2, kernel // 2), groups=groups,
            params=cost.conv_params(x.channels, out, (kernel, kernel), groups),
            macs=cost.conv_macs(x.channels, self._shape(y), (kernel, kernel), groups),
        )  # fmt: skip

    def batch_norm(self, path: str, x: _Map) -> _Map:
        return self._record(path, "BatchNorm2d", x, x, params=cost.batch_norm_params(x.channels))

    def same(self, path: str, kind: str, x: _Map) -> _Map:
        return self._record(path, kind, x, x)

    def max_pool(self, path: str, x: _Map) -> _Map:
        y = _slide(x, (3, 3), 2, 1)
        return self._record(path, "MaxPool2d", x, y, kernel_size=(3, 3), stride=(2, 2), padding=(1, 1))

    def zero_pad(self, path: str, x: _Map, out: int, stride: int) -> _Map:
        y = _slide(replace(x, channels=out), (1, 1), stride, 0)
        window = {"kernel_size": (1, 1), "stride": (stride, stride), "padding": (0, 0)}
        return self._record(path, "ZeroPadShortcut", x, y, **window)

    def global_pool(self, path: str, x: _Map) -> _Map:
        y = replace(_slide(x, x.size, 1, 0), size=(1, 1))
        return self._record(path, "AdaptiveAvgPool2d", x, y, kernel_size=x.size, stride=(1, 1), padding=(0, 0))

    def flat(self, path: str, kind: str, x: _Map, out: int, **facts: int) -> _Map:
        y = replace(x, channels=out)
        in_shape = self._shape(x) if kind == "Flatten" else (self.batch, x.channels)
        self._append(path, kind, in_shape, (self.batch, out), y.field, **facts)
        return y

    def _record(self, path: str, kind: str, x: _Map, y: _Map, **facts: int | Pair | None) -> _Map:
        self._append(path, kind, self._shape(x), self._shape(y), y.field, **facts)
        return y

    def _append(
        self, path: str, kind: str, in_shape: Shape, out_shape: Shape, seen: Pair, **facts: int | Pair | None
    ) -> None:
        stage, block = place_of(path)
        call = LayerCall(
            index=len(self.calls), path=path, kind=kind, stage=stage, block=block, input_shape=in_shape,
            output_shape=out_shape, activation_bytes=cost.activation_bytes(out_shape), receptive_field=seen,
        )  # fmt: skip
        self.calls.append(replace(call, **facts))  # type: ignore[arg-type]

    def _shape(self, x: _Map) -> Shape:
        return (self.batch, x.channels, *x.size)


def _slide(x: _Map, kernel: Pair, stride: int, padding: int) -> _Map:
    return _Map(
        x.channels,
        (
            cost.output_size(x.size[0], kernel[0], stride, padding),
            cost.output_size(x.size[1], kernel[1], stride, padding),
        ),
        (cost.grown_field(x.field[0], x.jump[0], kernel[0]), cost.grown_field(x.field[1], x.jump[1], kernel[1])),
        (x.jump[0] * stride, x.jump[1] * stride),
    )


def _stem(walk: _Walk, spec: ModelSpec, x: _Map) -> _Map:
    kernel, stride = (7, 2) if spec.stem == "imagenet" else (3, 1)
    x = walk.conv("conv1", x, spec.stem_channels, kernel, stride)
    x = walk.same("relu", "ReLU", walk.batch_norm("bn1", x))
    return walk.max_pool("maxpool", x) if spec.stem == "imagenet" else x


def _block(walk: _Walk, spec: ModelSpec, path: str, x: _Map, base: int, stride: int) -> _Map:
    residual = (
        _basic(walk, path, x, base, stride) if spec.block == "basic" else _bottleneck(walk, spec, path, x, base, stride)
    )
    if spec.shortcut == "none":
        return walk.same(f"{path}.relu", "ReLU", residual)
    fits = stride == 1 and x.channels == residual.channels
    shortcut = (
        x if fits and spec.shortcut != "projection_all" else _shortcut(walk, spec, path, x, residual.channels, stride)
    )
    y = replace(residual, field=max(residual.field, shortcut.field))
    walk.same(f"{path}.add", "ShortcutAdd", y)
    return walk.same(f"{path}.relu", "ReLU", y)


def _basic(walk: _Walk, path: str, x: _Map, base: int, stride: int) -> _Map:
    x = walk.batch_norm(f"{path}.bn1", walk.conv(f"{path}.conv1", x, base, 3, stride))
    x = walk.conv(f"{path}.conv2", walk.same(f"{path}.relu1", "ReLU", x), base, 3)
    return walk.batch_norm(f"{path}.bn2", x)


def _bottleneck(walk: _Walk, spec: ModelSpec, path: str, x: _Map, base: int, stride: int) -> _Map:
    inner = spec.inner_width(base)
    first, second = (stride, 1) if spec.stride_on == "1x1" else (1, stride)
    x = walk.batch_norm(f"{path}.bn1", walk.conv(f"{path}.conv1", x, inner, 1, first))
    x = walk.conv(f"{path}.conv2", walk.same(f"{path}.relu1", "ReLU", x), inner, 3, second, spec.groups)
    x = walk.same(f"{path}.relu2", "ReLU", walk.batch_norm(f"{path}.bn2", x))
    return walk.batch_norm(f"{path}.bn3", walk.conv(f"{path}.conv3", x, base * spec.expansion, 1))


def _shortcut(walk: _Walk, spec: ModelSpec, path: str, x: _Map, out: int, stride: int) -> _Map:
    if spec.shortcut == "zero_pad":
        return walk.zero_pad(f"{path}.downsample", x, out, stride)
    return walk.batch_norm(f"{path}.downsample.1", walk.conv(f"{path}.downsample.0", x, out, 1, stride))


def _head(walk: _Walk, spec: ModelSpec, x: _Map) -> None:
    x = walk.global_pool("avgpool", x)
    x = walk.flat("flatten", "Flatten", x, x.channels)
    params = cost.linear_params(x.channels, spec.num_classes)
    macs = cost.linear_macs(x.channels, (walk.batch, spec.num_classes))
    walk.flat("fc", "Linear", x, spec.num_classes, params=params, macs=macs)
