"""One picture on its way through a network: how its shape and its cost grow, and what each place sees of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Hashable, Sequence
from functools import cache
from typing import Any

from resnet_core.anatomy.counting.calls import Shape, Trace
from resnet_core.anatomy.tables.stops import INPUT, Stop, find_stop, stops_of
from resnet_core.anatomy.tables.units import in_unit
from resnet_core.data import data_folder
from resnet_core.errors import InvalidSpecError
from resnet_core.figures.diagram.marks import as_svg, rect, words
from resnet_core.figures.svg import Drawing, drawing
from resnet_core.notation import megabytes, of_one, short

SQUARE = 216.0


def journey_payload(trace: Trace, unit: str = "MACs") -> dict[str, Any]:
    """The way as compact data: what the browser says and steps through without asking again.

    Keys: `name`, `unit`; `places`, paths of the blocks and of the layers outside blocks, the input first; `shapes` in
    words; `fields`, each [words, width, height] in percent of the picture; `totals`, work and memory in words;
    `stops`, each [place, path behind the place's, shape, field, work so far, memory so far, percent of all work,
    percent of all memory], of which place, shape and field are numbers of those above.
    """
    places, shapes, fields = _Distinct(), _Distinct(), _Distinct()
    rows = [
        [
            places.number(stop.place), stop.path.removeprefix(stop.place), shapes.number(of_one(stop.shape)),
            fields.number(_field(stop, trace.input_shape)), short(in_unit(stop.macs, unit)),
            megabytes(stop.bytes), _percent(stop.macs, trace.total_macs),
            _percent(stop.bytes, trace.total_activation_bytes),
        ]
        for stop in stops_of(trace)
    ]  # fmt: skip
    return {
        "name": trace.name, "unit": unit, "stops": rows, "places": list(places.seen), "shapes": list(shapes.seen),
        "fields": list(fields.seen),
        "totals": [short(in_unit(trace.total_macs, unit)), megabytes(trace.total_activation_bytes)],
    }  # fmt: skip


@cache
def picture_uri() -> str:
    """The picture that is on its way, as a data URI."""
    return f"data:image/png;base64,{b64encode((data_folder('samples') / 'car.png').read_bytes()).decode()}"


def start_of(payload: dict[str, Any], path: str) -> tuple[int, bool] | None:
    """Number of the stop at a layer or at a block's end, and whether a layer inside a block was asked for."""
    numbers: dict[str, tuple[int, bool]] = {}
    for number, (at, suffix, *_) in enumerate(payload["stops"]):
        place = payload["places"][at]
        numbers[place] = number, False  # the last one counts: a block is passed after its last layer
        if suffix:
            numbers[place + suffix] = number, True
    return numbers.get(path)


def _percent(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0


class _Distinct:
    """Values that occur often, each kept once."""

    def __init__(self) -> None:
        self.seen: dict[Hashable, int] = {}

    def number(self, value: Hashable) -> int:
        return self.seen.setdefault(value, len(self.seen))


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
