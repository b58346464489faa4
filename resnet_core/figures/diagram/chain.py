"""chain_scene(): the layers of a block, a stem or a head, with the shortcut around them and each layer's figures."""

from __future__ import annotations

from resnet_core.anatomy.tables.parts import Part
from resnet_core.anatomy.tables.units import in_unit
from resnet_core.figures.diagram import marks as draw
from resnet_core.figures.diagram.marks import Drawn, Mark, Scene
from resnet_core.figures.diagram.scale import Scale, scale_of
from resnet_core.figures.diagram.ways import Chain, Way, chain_of
from resnet_core.figures.diagram.words import fitted, least_width, short_kind
from resnet_core.notation import of_one, short

LEFT, PITCH = 86.0, 70.0
TRUNK, ROWS, STEP = 122.0, 204.0, 52.0
LETTER = 8.0  # pixels of a bold letter of 14
PILL, BENDS = 152.0, 100.0  # pixels that a layer on a shortcut takes, and both bends of the arc


def chain_scene(part: Part, *, narrow: bool = False, unit: str = "MACs") -> Scene:
    """Layer after layer, left to right, or top to bottom where the screen is narrow."""
    chain = chain_of(part)
    return _narrow(part, chain) if narrow else _wide(part, chain, unit)


def _wide(part: Part, chain: Chain, unit: str) -> Scene:
    names = (least_width(child.name, LETTER) for _, child in chain.trunk)
    spread = (draw.WIDTH - LEFT - 20) / max(len(chain.trunk), 7)
    pitch = max(PITCH, spread, *names, *(_pitch(way) for way in chain.ways))
    width = max(draw.WIDTH, LEFT + 20 + pitch * len(chain.trunk))
    scale = scale_of(part, 96, min(pitch - 26, 60))
    xs = [LEFT + pitch * (n + 0.5) for n in range(len(chain.trunk))]
    behind = [draw.line(f"M{LEFT - 14} {TRUNK}H{LEFT + pitch * len(xs) + 8:.1f}"), *_row_names(part, unit)]
    drawn = [
        _wide_part(scale, n, child, x, pitch, chain.colour(number), unit)
        for number, ((n, child), x) in enumerate(zip(chain.trunk, xs, strict=True))
    ]
    outermost = max((way.around for way in chain.ways), default=0)
    for way in chain.ways:
        start = LEFT - 6 if way.start == 0 else (xs[way.start - 1] + xs[way.start]) / 2
        behind += _wide_shortcut(way, start, xs[way.stop], outermost)
        drawn += _wide_side(way, start, xs[way.stop])
    return Scene(width=width, height=draw.TALL, behind=tuple(behind), drawn=tuple(drawn))


def _pitch(way: Way) -> float:
    """Pixels from part to part that leave its layers room on the arc."""
    return (PILL * len(way.side) + BENDS) / (way.stop - way.start + 0.5) if way.side else 0.0


def _row_names(part: Part, unit: str) -> list[Mark]:
    names = ("", "", "output", "parameters", unit)
    rows = [draw.words(0, ROWS + 20 * i, name, "muted", 14, "start") for i, name in enumerate(names) if name]
    return [
        *rows,
        draw.words(0, TRUNK - 8, "input", "muted", 14, "start"),
        draw.words(0, TRUNK + 10, of_one(part.input_shape), "ink", 14, "start"),
    ]


def _wide_part(scale: Scale, number: int, part: Part, x: float, pitch: float, add: str, unit: str) -> Drawn:
    marks = _body(scale, part, x, TRUNK, add)
    kind = "opens" if part.children else short_kind(part.calls[0])
    facts = (
        (fitted(part.name, pitch, LETTER), "ink", 650), (fitted(kind, pitch), "muted", 400),
        (of_one(part.output_shape), "ink", 400),
        (f"{part.params:,}" if part.params else "–", "ink", 400),
        (short(in_unit(part.macs, unit)) if part.macs else "–", "ink", 400),
    )  # fmt: skip
    marks += [
        draw.words(x, ROWS + 20 * i, content, colour, 14, "middle", weight)
        for i, (content, colour, weight) in enumerate(facts)
    ]
    return Drawn(
        part=number, area=(x - pitch / 2 + 2, TRUNK - 54, pitch - 4, ROWS + 92 - TRUNK + 54), marks=tuple(marks)
    )


def _body(scale: Scale, part: Part, x: float, y: float, add: str) -> list[Mark]:
    """The box of a part around (x, y): filled where it has weights that mix channels, outlined elsewhere."""
    call = part.calls[0]
    if not part.children and (part.name == "add" or call.functional):
        return draw.join(x, y, call.kind, add)
    width, height = scale.width(part.map_shape), scale.height(part.map_shape)
    left, top = x - width / 2, y - height / 2
    if part.children:
        colour = draw.stage_colour_name(call.stage)
        return [
            draw.rect(left + 5, top + 5, width, height, colour, "page"),
            draw.rect(left, top, width, height, colour, "page"),
        ]
    if call.kind in ("Conv1d", "Conv2d", "Conv3d", "Linear"):
        return [draw.rect(left, top, width, height, draw.stage_colour_name(call.stage), "page")]
    if call.kind == "ReLU":
        return [
            draw.rect(x - 13, y - 13, 26, 26, "page", "muted", 13),
            draw.line(f"M{x - 8:.1f} {y + 5:.1f}h8l7 -10", "ink", 2),
        ]
    if call.kind.startswith("BatchNorm"):
        return [draw.rect(x - 7, top, 14, height, "surface", "muted", 7)]
    return [draw.rect(left, top, width, height, "surface", "muted")]


def _wide_shortcut(way: Way, start: float, stop: float, outermost: int) -> list[Mark]:
    """One arc peaks at 50 pixels; of several around each other the outermost at 30 and the innermost at 62."""
    peak = 62 - 32 * way.around / outermost if outermost else 50.0
    bend = min(34.0, (stop - start) / 2 - 16)
    d = (
        f"M{start:.1f} {TRUNK}C{start:.1f} {peak + 20} {start:.1f} {peak} {start + bend + 16:.1f} {peak}"
        f"H{stop - bend - 16:.1f}C{stop:.1f} {peak} {stop:.1f} {peak + 20} {stop:.1f} {TRUNK - draw.PLUS - 1}"
    )
    note = {"identity": "x, as it is", "detached": "no gradient comes back here"}.get(way.kind)
    told = note and not way.side and way.around == outermost and stop - start > draw.LETTER * len(note)
    notes = [draw.words((start + stop) / 2, peak - 10, note, draw.COLOURS[way.kind])] if note and told else []
    return [draw.line(d, draw.COLOURS[way.kind], 2.5, draw.DASHES[way.kind]), *notes]


def _wide_side(way: Way, start: float, stop: float) -> list[Drawn]:
    """The shortcut's own layers, on the arc."""
    if not way.side:
        return []
    pitch = min((stop - start - BENDS) / len(way.side), 190.0)
    first = (start + stop) / 2 - pitch * (len(way.side) - 1) / 2
    colour, drawn = draw.COLOURS[way.kind], []
    for n, (number, part) in enumerate(way.side):
        x, call = first + pitch * n, part.calls[0]
        cost = f"{of_one(part.output_shape)} · {part.params:,}" if part.params else of_one(part.output_shape)
        marks = [
            draw.rect(x - 70, 38, 140, 24, "page", colour, 6),
            draw.words(x, 55, fitted("opens" if part.children else short_kind(call), 140), "ink"),
            draw.words(x, 28, cost, colour),
        ]
        drawn.append(Drawn(part=number, area=(x - 76, 12, 152, 54), marks=tuple(marks)))
    return drawn


def _narrow(part: Part, chain: Chain) -> Scene:
    trunk, text_x, top = 128.0, 182.0, 44.0
    scale = scale_of(part, 40, 76)
    ys = [top + STEP * (n + 0.5) for n in range(len(chain.trunk))]
    behind = [
        draw.words(trunk, 18, f"input {of_one(part.input_shape)}", "muted", 13),
        draw.line(f"M{trunk} 26V{ys[-1] + 30}"),
    ]
    drawn = [
        _narrow_part(scale, n, child, trunk, y, text_x, chain.colour(number))
        for number, ((n, child), y) in enumerate(zip(chain.trunk, ys, strict=True))
    ]
    outermost = max((way.around for way in chain.ways), default=0)
    for way in chain.ways:
        start = 34.0 if way.start == 0 else (ys[way.start - 1] + ys[way.start]) / 2
        behind += _narrow_shortcut(way, start, ys[way.stop], trunk, outermost)
        drawn += _narrow_side(way, start, ys[way.stop])
    return Scene(width=draw.NARROW, height=ys[-1] + 36, behind=tuple(behind), drawn=tuple(drawn))


def _narrow_part(scale: Scale, number: int, part: Part, x: float, y: float, text_x: float, add: str) -> Drawn:
    kind = "opens" if part.children else short_kind(part.calls[0])
    cost = f" · {part.params:,} params" if part.params else ""
    marks = [
        *_body(scale, part, x, y, add),
        draw.words(
            text_x, y - 3, fitted(f"{part.name}  {kind}", draw.NARROW - text_x, LETTER), "ink", 13, "start", 650
        ),
        draw.words(text_x, y + 14, of_one(part.output_shape) + cost, "muted", 12, "start"),
    ]
    return Drawn(part=number, area=(x - 42, y - STEP / 2 + 1, draw.NARROW - x + 40, STEP - 2), marks=tuple(marks))


def _narrow_shortcut(way: Way, start: float, stop: float, trunk: float, outermost: int) -> list[Mark]:
    peak = 60 - 40 * way.around / outermost if outermost else 36.0
    bend = min(46.0, (stop - start) / 2)
    d = (
        f"M{trunk} {start:.1f}C{peak + 20} {start:.1f} {peak} {start:.1f} {peak} {start + bend:.1f}"
        f"V{stop - bend:.1f}C{peak} {stop:.1f} {peak + 20} {stop:.1f} {trunk - draw.PLUS - 1} {stop:.1f}"
    )
    colour = draw.COLOURS[way.kind]
    told = way.kind == "identity" and not way.side
    notes = [draw.words(peak - 6, (start + stop) / 2, "x", colour, 13, "end")] if told else []
    return [draw.line(d, colour, 2.5, draw.DASHES[way.kind]), *notes]


def _narrow_side(way: Way, start: float, stop: float) -> list[Drawn]:
    pitch, colour, drawn = 58.0, draw.COLOURS[way.kind], []
    first = (start + stop) / 2 - pitch * (len(way.side) - 1) / 2
    for n, (number, part) in enumerate(way.side):
        y = first + pitch * n
        marks = [
            draw.rect(2, y - 12, 80, 24, "page", colour, 6),
            draw.words(42, y + 4, fitted("opens" if part.children else short_kind(part.calls[0]), 120), "ink", 12),
            draw.rect(4, y + 15, 76, 15, "page"),
            draw.words(42, y + 26, f"{part.params:,}", colour, 11),
        ]
        drawn.append(Drawn(part=number, area=(1, y - 14, 82, 44), marks=tuple(marks)))
    return drawn
