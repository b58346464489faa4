"""layouts(): what the sides of each call's output mean: channels first, channels last, or tokens."""

from __future__ import annotations

from typing import Literal

from resnet_core.anatomy.counting.calls import FROM_OUTSIDE, LayerCall, Shape, Trace

Layout = Literal["channels first", "channels last", "tokens"]
# Layers that say where the numbers of one place stand: second, or last.
SECOND = ("Conv", "BatchNorm", "InstanceNorm", "GroupNorm", "LayerNorm2d", "MaxPool", "AvgPool", "AdaptiveAvgPool")
LAST = ("Linear", "LayerNorm", "Embedding", "MultiheadAttention", "LSTM", "GRU", "RNN", "attention")
FIRST: Layout = "channels first"


def layouts(trace: Trace) -> tuple[Layout, ...]:
    """One for each call. Layers that keep the shape keep the layout of what they take."""
    found: list[Layout] = []
    for call, sources in zip(trace.calls, trace.sources, strict=True):
        before = [found[source] for source in sources if source != FROM_OUTSIDE and source < len(found)]
        found.append(_layout(call, before[0] if before else FIRST))
    return tuple(found)


def _layout(call: LayerCall, before: Layout) -> Layout:
    shape = call.output_shape
    if len(shape) < 3:
        return FIRST
    last: Layout = "tokens" if len(shape) == 3 else "channels last"
    if call.kind.startswith(SECOND):
        return FIRST
    if call.kind.startswith(LAST):
        return last
    if len(shape) != len(call.input_shape):
        return last if len(shape) == 3 else FIRST
    if call.kind == "Permute":
        return last if shape[-1] == call.input_shape[1] and before == FIRST else FIRST
    return before


def channels_first(shape: Shape, layout: Layout) -> Shape:
    """A shape as (N, C, ...), whatever its layout; tokens as the square that they would fill."""
    if layout == FIRST or len(shape) < 3:
        return shape
    return (shape[0], shape[-1], *((round(shape[1] ** 0.5),) * 2 if layout == "tokens" else shape[1:-1]))


def layout_words(shape: Shape, layout: Layout) -> str:
    """ "197 tokens of 768 numbers", "56×56 places of 96 channels"; empty where channels come first."""
    if layout == FIRST or len(shape) < 3:
        return ""
    places = "×".join(map(str, shape[1:-1]))
    return f"{places} tokens of {shape[-1]} numbers" if layout == "tokens" else f"{places} places, channels last"
