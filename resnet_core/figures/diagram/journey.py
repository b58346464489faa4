"""One picture on its way through a network: how its shape and its cost grow, and what each place sees of it."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from resnet_core.anatomy.counting.calls import Shape, Trace
from resnet_core.anatomy.tables.stops import INPUT, Stop, find_stop, stops_of
from resnet_core.anatomy.tables.units import in_unit
from resnet_core.errors import InvalidSpecError
from resnet_core.figures.diagram.marks import as_svg, rect, stage_colour_name, words
from resnet_core.figures.svg import Drawing, drawing
from resnet_core.notation import megabytes, of_one, short

LENGTH = 1000.0  # of the strip; the browser stretches it to its column
SQUARE = 216.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A block, or a layer outside blocks, on the strip.

    Attributes:
        place: its path.
        x, width: along the strip.
        colour: of its stage, a name of the palette.
        heights: percent of a row each: pixels a side and channels by square root, work and memory so far.
    """

    place: str
    x: float
    width: float
    colour: str
    heights: tuple[float, float, float, float]


def journey_payload(trace: Trace, unit: str = "MACs") -> dict[str, Any]:
    """The way as compact data: what the browser draws, says and steps through without asking again.

    Keys: `name`, `unit`; `bars`, each [path, x, width, colour, heights]; `shapes`, each [all, channels, pixels] in
    words; `fields`, each [words, width, height] in percent of the picture; `totals`, work and memory in words;
    `stops`, each [bar, path behind the bar's, shape, field, x, work so far, memory so far], of which the fourth
    and fifth are numbers of a shape and a field.
    """
    stops, bars = stops_of(trace), bars_of(trace)
    number = {bar.place: index for index, bar in enumerate(bars)}
    shapes, fields = _Distinct(), _Distinct()
    rows = [
        [
            number[stop.place], stop.path.removeprefix(stop.place), shapes.number(_shape_words(stop.shape)),
            fields.number(_field(stop, trace.input_shape)), x, short(in_unit(stop.macs, unit)),
            megabytes(stop.bytes),
        ]
        for stop, x in zip(stops, _along(stops, bars), strict=True)
    ]  # fmt: skip
    return {
        "name": trace.name, "unit": unit, "stops": rows, "shapes": list(shapes.seen), "fields": list(fields.seen),
        "bars": [[bar.place, bar.x, bar.width, bar.colour, bar.heights] for bar in bars],
        "totals": [short(in_unit(trace.total_macs, unit)), megabytes(trace.total_activation_bytes)],
    }  # fmt: skip


def start_of(payload: dict[str, Any], path: str) -> tuple[int, bool] | None:
    """Number of the stop at a layer or at a block's end, and whether a layer inside a block was asked for."""
    numbers: dict[str, tuple[int, bool]] = {}
    for number, (bar, suffix, *_) in enumerate(payload["stops"]):
        place = payload["bars"][bar][0]
        numbers[place] = number, False  # the last one counts: a block is passed after its last layer
        if suffix:
            numbers[place + suffix] = number, True
    return numbers.get(path)


class _Distinct:
    """Values that occur often, each kept once."""

    def __init__(self) -> None:
        self.seen: dict[Hashable, int] = {}

    def number(self, value: Hashable) -> int:
        return self.seen.setdefault(value, len(self.seen))


def bars_of(trace: Trace) -> tuple[Bar, ...]:
    """The input, each layer of stem and head, and each block: where its bar stands and how high it is."""
    ends = [stop for stop in stops_of(trace) if stop.ends]
    pitch = LENGTH / len(ends)
    most = [max(_measure(stop)[i] for stop in ends) or 1 for i in range(4)]
    return tuple(
        Bar(
            place=stop.place, x=round(pitch * index, 1), width=round(max(pitch * 0.86, pitch - 4), 2),
            colour=stage_colour_name(stop.stage), heights=_heights(_measure(stop), most),
        )
        for index, stop in enumerate(ends)
    )  # fmt: skip


def _measure(stop: Stop) -> tuple[int, int, int, int]:
    return max(stop.shape[2:], default=1), max(stop.shape[1:2], default=1), stop.macs, stop.bytes


def _heights(values: Sequence[int], most: Sequence[int]) -> tuple[float, float, float, float]:
    shares = [value / largest for value, largest in zip(values, most, strict=True)]
    side, channels, work, memory = (
        round(100 * share**power, 1) for share, power in zip(shares, (0.5, 0.5, 1, 1), strict=True)
    )
    return max(side, 3.0), max(channels, 3.0), work, memory


def _along(stops: Sequence[Stop], bars: Sequence[Bar]) -> list[float]:
    """Where each stop stands on the strip: inside its bar, at the right end after the last layer."""
    at = {bar.place: bar for bar in bars}
    places = []
    for place, inside in groupby(stops, key=lambda stop: stop.place):
        count, bar = len(steps := list(inside)), at[place]
        places += [round(bar.x + bar.width * (step + 1) / count, 1) for step in range(len(steps))]
    return places


def _shape_words(shape: Shape) -> tuple[str, str, str]:
    return of_one(shape), f"{max(shape[1:2], default=1):,}", "×".join(map(str, shape[2:])) or "1"


def _field(stop: Stop, picture: Shape) -> tuple[str, float, float]:
    """What one value sees, in words, and how much of the picture that is: width and height in percent."""
    sizes = tuple(zip(stop.field, picture[2:], strict=False))
    shares = [round(100 * min(field / size, 1), 2) for field, size in sizes] or [100.0, 100.0]
    return field_words(stop, picture), shares[-1], shares[0]


def field_words(stop: Stop, picture: Shape) -> str:
    """ "19×19 pixels", and where that is more than there is "971×971 pixels, more than all: the rest is padding"."""
    words = f"{stop.field[0]}×{stop.field[1]} pixel{'s' if stop.field != (1, 1) else ''}"
    over = any(field > size for field, size in zip(stop.field, picture[2:], strict=False))
    return f"{words}: the whole picture and the padding around it" if over else words


def patch_drawing(trace: Trace, at: str = INPUT, theme: str = "light") -> Drawing:
    """An SVG of the input with the patch that one value sees after the layer or the block `at`.

    Raises:
        InvalidSpecError: for a path that is neither.
    """
    stop = _stop_at(stops_of(trace), at, trace.name)
    said, wide, tall = _field(stop, trace.input_shape)
    height, width = ([*trace.input_shape[2:], 1, 1])[:2]
    scale = SQUARE / max(height, width)
    full_w, full_h = width * scale, height * scale
    seen_w, seen_h = max(full_w * wide / 100, 2), max(full_h * tall / 100, 2)
    marks = [
        rect(0, 34, full_w, full_h, "surface", "muted"),
        rect((full_w - seen_w) / 2, 34 + (full_h - seen_h) / 2, seen_w, seen_h, "stage3", "page", 2),
        words(0, 20, f"One value after {at} sees", "ink", 14, "start", 650),
        *(words(0, 56 + full_h + 20 * i, part, "ink", 14, "start") for i, part in enumerate(said.split(": "))),
    ]
    title = f"One value after {at} sees {said}"
    return drawing(SQUARE + 84, full_h + 84, as_svg(marks, theme), title=title)


def _stop_at(stops: Sequence[Stop], at: str, name: str) -> Stop:
    number = find_stop(stops, at)
    if number is None:
        inside = next((stop.path for stop in stops if stop.place not in (INPUT, stop.path)), stops[-1].path)
        raise InvalidSpecError(f"at={at!r} is no layer and no block of {name}. Give a path such as {inside!r}.")
    return stops[number]
