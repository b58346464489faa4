"""Walk: one method for each kind of layer, which records the call and returns the feature map after it. No torch."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.counting.calls import FROM_OUTSIDE, LayerCall, Shape, place_of

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Map:
    """A feature map on its way: channels, size, receptive field and jump, each (vertical, horizontal).

    `source` is the index of the call that it came out of.
    """

    channels: int
    size: Pair
    field: Pair
    jump: Pair
    source: int = FROM_OUTSIDE


@dataclass(slots=True)
class Walk:
    """The calls so far.

    Attributes:
        batch: pictures, N.
        biased: convolutions have biases.
        normed: batch norm follows convolutions; without it an Identity stands in its place.
    """

    batch: int
    biased: bool = False
    normed: bool = True
    calls: list[LayerCall] = field(default_factory=list)
    sources: list[tuple[int, ...]] = field(default_factory=list)

    def conv(
        self, path: str, x: Map, out: int, kernel: int, stride: int = 1, groups: int = 1, *,
        dilation: int = 1, bias: bool | None = None,
    ) -> Map:  # fmt: skip
        square, padding = (kernel, kernel), dilation * (kernel // 2)
        y = slide(replace(x, channels=out), square, stride, padding, dilation)
        return self._record(
            path, "Conv2d", x, y, kernel_size=square, stride=(stride, stride), padding=(padding, padding),
            groups=groups, macs=cost.conv_macs(x.channels, self._shape(y), square, groups),
            params=cost.conv_params(x.channels, out, square, groups, self.biased if bias is None else bias),
        )  # fmt: skip

    def norm(self, path: str, x: Map) -> Map:
        if not self.normed:
            return self.same(path, "Identity", x)
        return self._record(path, "BatchNorm2d", x, x, params=cost.batch_norm_params(x.channels))

    def same(self, path: str, kind: str, x: Map) -> Map:
        return self._record(path, kind, x, x)

    def join(self, path: str, kind: str, x: Map, other: Map, out: int | None = None) -> Map:
        """Two maps into one: the reach is the larger of both."""
        y = replace(x, channels=out or x.channels, field=max(x.field, other.field))
        joined = self._record(path, kind, x, y)
        self.sources[-1] = tuple(dict.fromkeys((x.source, other.source)))
        return joined

    def regroup(self, path: str, kind: str, x: Map, out: int) -> Map:
        """Other channels at the same places."""
        return self._record(path, kind, x, replace(x, channels=out))

    def pool(self, path: str, kind: str, x: Map, kernel: int, padding: int, *, ceil_mode: bool = False) -> Map:
        y = slide(x, (kernel, kernel), 2, padding, ceil_mode=ceil_mode)
        window = {"kernel_size": (kernel, kernel), "stride": (2, 2), "padding": (padding, padding)}
        return self._record(path, kind, x, y, **window)

    def zero_pad(self, path: str, x: Map, out: int, stride: int) -> Map:
        y = slide(replace(x, channels=out), (1, 1), stride, 0)
        window = {"kernel_size": (1, 1), "stride": (stride, stride), "padding": (0, 0)}
        return self._record(path, "ZeroPadShortcut", x, y, **window)

    def global_pool(self, path: str, x: Map) -> Map:
        y = replace(slide(x, x.size, 1, 0), size=(1, 1))
        return self._record(path, "AdaptiveAvgPool2d", x, y, kernel_size=x.size, stride=(1, 1), padding=(0, 0))

    def flat(self, path: str, kind: str, x: Map, out: int, **facts: int) -> Map:
        y = replace(x, channels=out)
        in_shape = self._shape(x) if kind == "Flatten" else (self.batch, x.channels)
        return self._append(path, kind, x, y, in_shape, (self.batch, out), **facts)

    def _record(self, path: str, kind: str, x: Map, y: Map, **facts: int | Pair | None) -> Map:
        return self._append(path, kind, x, y, self._shape(x), self._shape(y), **facts)

    def _append(
        self, path: str, kind: str, x: Map, y: Map, in_shape: Shape, out_shape: Shape, **facts: int | Pair | None
    ) -> Map:
        stage, block = place_of(path)
        call = LayerCall(
            index=len(self.calls), path=path, kind=kind, stage=stage, block=block, input_shape=in_shape,
            output_shape=out_shape, activation_bytes=cost.activation_bytes(out_shape), receptive_field=y.field,
        )  # fmt: skip
        self.calls.append(replace(call, **facts))  # type: ignore[arg-type]  # each fact is a field of that type
        self.sources.append((x.source,))
        return replace(y, source=call.index)

    def _shape(self, x: Map) -> Shape:
        return (self.batch, x.channels, *x.size)


def slide(x: Map, kernel: Pair, stride: int, padding: int, dilation: int = 1, ceil_mode: bool = False) -> Map:
    """The map after a window: smaller, with a larger reach."""
    return Map(
        x.channels,
        (
            cost.output_size(x.size[0], kernel[0], stride, padding, dilation, ceil_mode),
            cost.output_size(x.size[1], kernel[1], stride, padding, dilation, ceil_mode),
        ),
        (
            cost.grown_field(x.field[0], x.jump[0], kernel[0], dilation),
            cost.grown_field(x.field[1], x.jump[1], kernel[1], dilation),
        ),
        (x.jump[0] * stride, x.jump[1] * stride),
    )
