"""stops_of(): one picture on its way through a network: after each layer its shape, its reach and the cost so far."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_core.anatomy.counting.calls import Shape, Trace
from resnet_core.anatomy.tables.parts import Part, part_tree

INPUT = "input"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place on the way: after one layer, so much has been done.

    Attributes:
        path: of the layer, "input" before the first.
        place: the block that the layer stands in, e.g. "layer3.20"; outside blocks the layer itself.
        stage: e.g. "layer3".
        shape: of the picture there.
        field: receptive field of one value, (height, width) in input pixels; the last known one where it is unknown.
        macs, bytes: done and stored so far.
        ends: whether it is the last layer of its place.
    """

    path: str
    place: str
    stage: str
    shape: Shape
    field: tuple[int, int]
    macs: int
    bytes: int
    ends: bool


def stops_of(trace: Trace) -> tuple[Stop, ...]:
    """The input and every layer call, in order. Inside a block a projection comes after the residual branch."""
    stops = [
        Stop(
            path=INPUT, place=INPUT, stage="stem", shape=trace.input_shape, field=(1, 1), macs=0, bytes=0, ends=True,
        )
    ]  # fmt: skip
    for part in _places(part_tree(trace)):
        for call in part.calls:
            before = stops[-1]
            stops.append(
                Stop(
                    path=call.path if part.children else part.path, place=part.path, stage=call.stage,
                    shape=call.output_shape, field=call.receptive_field or before.field,
                    macs=before.macs + call.macs, bytes=before.bytes + call.activation_bytes,
                    ends=call is part.calls[-1],
                )
            )  # fmt: skip
    return tuple(stops)


def find_stop(stops: Sequence[Stop], path: str) -> int | None:
    """Number of the stop after a layer or after a whole block; None where the path is neither."""
    for number, stop in enumerate(stops):
        if stop.path == path or (stop.place == path and stop.ends):
            return number
    return None


def _places(network: Part) -> list[Part]:
    return [place for stage in network.children for place in (stage.children if stage.blocks else _layers(stage))]


def _layers(part: Part) -> Sequence[Part]:
    return [layer for child in part.children for layer in _layers(child)] if part.children else [part]
