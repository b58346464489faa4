"""One picture on its way through a network: how its shape and its cost grow, and what each place sees of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_core.anatomy.calls import LayerCall, Shape, Trace
from resnet_core.anatomy.parts import Part, parts_of
from resnet_core.figures.diagram_marks import Mark, as_svg, line, rect, stage_colour_name, words
from resnet_core.figures.diagram_words import shape_words, short_count
from resnet_core.figures.svg import drawing

WIDTH, HEIGHT, SQUARE = 690.0, 300.0, 216.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A place on the way: after it, so much has been done.

    Attributes:
        path: of the layer or block, "input" before the first.
        shape: of the picture there.
        field: receptive field of one value, (height, width) in input pixels.
        macs, bytes: done and stored so far.
    """

    path: str
    stage: str
    shape: Shape
    field: tuple[int, int]
    macs: int
    bytes: int


def stops_of(trace: Trace) -> tuple[Stop, ...]:
    """The input, each layer of stem and head, and each block."""
    ends = [part for stage in parts_of(trace).children for part in (stage.children if stage.blocks else _layers(stage))]
    stops = [Stop(path="input", stage="stem", shape=trace.input_shape, field=(1, 1), macs=0, bytes=0)]
    for part in ends:
        last, before = part.calls[-1], stops[-1]
        stops.append(
            Stop(
                path=part.path, stage=last.stage, shape=last.output_shape, field=_field(last, before.field),
                macs=before.macs + part.macs, bytes=before.bytes + sum(call.activation_bytes for call in part.calls),
            )
        )  # fmt: skip
    return tuple(stops)


def patch_drawing(trace: Trace, step: int, theme: str = "light") -> str:
    """An SVG of the input with the patch that one value at `step` sees: 0 is the input, the last one the logits."""
    stops = stops_of(trace)
    here = stops[_within(step, stops)]
    title = f"One value after {here.path} sees {here.field[0]}×{here.field[1]} pixels of the input"
    return drawing(SQUARE + 34, HEIGHT, as_svg(_patch(here, trace.input_shape), theme), title=title)


def strip_drawing(trace: Trace, step: int, theme: str = "light", width: float = WIDTH) -> str:
    """An SVG of the whole way: a bar for the pixels at each stop, and one for the multiply-adds until there."""
    stops = stops_of(trace)
    at = _within(step, stops)
    here = stops[at]
    title = f"After {here.path} the picture is {shape_words(here.shape)}; {here.macs:,} MACs are done"
    return drawing(width, HEIGHT, as_svg(_strip(stops, at, width), theme), title=title, max_width=width)


def _within(step: int, stops: Sequence[Stop]) -> int:
    return max(0, min(step, len(stops) - 1))


def _layers(part: Part) -> Sequence[Part]:
    return [layer for child in part.children for layer in (_layers(child) if child.children else (child,))]


def _field(call: LayerCall, before: tuple[int, int]) -> tuple[int, int]:
    return call.receptive_field or before


def _patch(here: Stop, picture: Shape) -> list[Mark]:
    """The input as a square, and the receptive field of the middle value on it; what hangs over is padding."""
    height, width = picture[2:]
    scale = SQUARE / max(height, width)
    tall, wide = height * scale, width * scale
    seen = [min(field, size) * scale for field, size in zip(here.field, (height, width), strict=True)]
    over = here.field[0] > height or here.field[1] > width
    note = "all of it, and padding around" if over else f"{here.field[0]}×{here.field[1]} pixels"
    return [
        rect(0, 34, wide, tall, "surface", "muted"),
        rect((wide - seen[1]) / 2, 34 + (tall - seen[0]) / 2, max(seen[1], 2), max(seen[0], 2), "stage3", "page", 2),
        words(0, 20, f"One value after {here.path} sees", "ink", 14, "start", 650),
        words(0, 34 + tall + 22, note, "ink", 14, "start"),
    ]


def _strip(stops: Sequence[Stop], at: int, width: float) -> list[Mark]:
    """One bar for each stop: above its pixels a side, below the share of the work that is done."""
    pitch, here = width / len(stops), stops[at]
    largest, total = max(max(stop.shape[2:], default=1) for stop in stops), max(stops[-1].macs, 1)
    marks: list[Mark] = []
    for index, stop in enumerate(stops):
        side = max(4.0, 110 * (max(stop.shape[2:], default=1) / largest) ** 0.5)
        colour = stage_colour_name(stop.stage) if index <= at else "hairline"
        bars = ((150, side), (250, 70 * stop.macs / total))
        marks += [rect(pitch * index, foot - tall, max(pitch - 2, 1), tall, colour, radius=1) for foot, tall in bars]
    x = pitch * (at + 0.5)
    anchor, label_x = ("start", x + 6) if x < width * 0.55 else ("end", x - 6)
    return [
        *marks,
        line(f"M{x:.1f} 30V256", "ink", 1.5),
        words(label_x, 24, f"{here.path}: {shape_words(here.shape)}", "ink", 14, anchor, 650),
        words(0, 272, f"{short_count(here.macs)} of {short_count(total)} MACs", "ink", 14, "start"),
        words(width, 272, f"{short_count(here.bytes)}B stored", "ink", 14, "end"),
        words(0, 294, "Pixels a side, by square root; multiply-adds so far.", "muted", 13, "start"),
    ]
