"""chain_scene(): the layers of a block, a stem or a head, with the shortcut around them and each layer's figures."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_core.anatomy.tables.parts import Part
from resnet_core.anatomy.tables.units import in_unit
from resnet_core.figures.diagram import marks as draw
from resnet_core.figures.diagram.marks import Drawn, Mark, Scene
from resnet_core.figures.diagram.scale import Scale, scale_of
from resnet_core.figures.diagram.words import short_kind
from resnet_core.notation import of_one, short

LEFT, PITCH = 86.0, 70.0
TRUNK, ROWS, STEP = 122.0, 204.0, 52.0


@dataclass(frozen=True, slots=True)
class Chain:
    """The parts of a block by where they stand, each with its number among the scene's parts."""

    trunk: list[tuple[int, Part]]
    side: list[tuple[int, Part]]
    enters: int  # trunk parts before the shortcut leaves: 2 in pre-activation with a projection

    @property
    def addition(self) -> int | None:
        """Number on the trunk of the addition."""
        return next((n for n, (_, part) in enumerate(self.trunk) if part.name == "add"), None)


def shown_parts(part: Part) -> tuple[Part, ...]:
    """What a scene shows of a part: its children, a shortcut's layers one by one."""
    return tuple(
        shown for child in part.children for shown in (child.children if on_shortcut(part, child) else ()) or (child,)
    )


def chain_scene(part: Part, *, narrow: bool = False, unit: str = "MACs") -> Scene:
    """Layer after layer, left to right, or top to bottom where the screen is narrow."""
    chain = _chain(part)
    return _narrow(part, chain) if narrow else _wide(part, chain, unit)


def on_shortcut(block: Part, part: Part) -> bool:
    """Whether a part of a block belongs to its shortcut."""
    return "downsample" in part.path[len(block.path) :].split(".")


def _chain(part: Part) -> Chain:
    numbered = list(enumerate(shown_parts(part)))
    side = [(n, child) for n, child in numbered if on_shortcut(part, child)]
    trunk = [(n, child) for n, child in numbered if not on_shortcut(part, child)]
    preactivated = part.level == "block" and trunk[0][1].calls[0].kind in ("BatchNorm2d", "Identity")
    return Chain(trunk, side, 2 if preactivated and side else 0)


def _joins(part: Part, chain: Chain, places: list[float]) -> tuple[float | None, str]:
    """Where a shortcut joins the trunk, and its kind.

    A network that is not ours adds without a module: its projection then joins before the last layer.
    """
    if chain.addition is not None:
        return places[chain.addition], part.shortcut
    return (sum(places[-2:]) / len(places[-2:]) if chain.side else None), "projection"


def _wide(part: Part, chain: Chain, unit: str) -> Scene:
    pitch = max(PITCH, (draw.WIDTH - LEFT - 20) / max(len(chain.trunk), 7))
    width = max(draw.WIDTH, LEFT + 20 + pitch * len(chain.trunk))
    scale = scale_of(part, 96, min(pitch - 26, 60))
    xs = [LEFT + pitch * (n + 0.5) for n in range(len(chain.trunk))]
    behind = [draw.line(f"M{LEFT - 14} {TRUNK}H{LEFT + pitch * len(xs) + 8:.1f}"), *_row_names(part, unit)]
    add = draw.COLOURS.get(part.shortcut, "identity")
    drawn = [_wide_part(scale, n, child, x, pitch, add, unit) for (n, child), x in zip(chain.trunk, xs, strict=True)]
    stop, kind = _joins(part, chain, xs)
    if stop is not None:
        start = LEFT - 6 if chain.enters == 0 else (xs[chain.enters - 1] + xs[chain.enters]) / 2
        behind += _wide_shortcut(kind, start, stop)
        drawn += _wide_side(chain.side, start, stop, colour=kind)
    return Scene(width=width, height=draw.TALL, behind=tuple(behind), drawn=tuple(drawn))


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
        (part.name, "ink", 650), (kind, "muted", 400), (of_one(part.output_shape), "ink", 400),
        (f"{part.params:,}", "ink", 400), (short(in_unit(part.macs, unit)), "ink", 400),
    )  # fmt: skip
    marks += [
        draw.words(x, ROWS + 20 * i, content if content != "0" else "–", colour, 14, "middle", weight)
        for i, (content, colour, weight) in enumerate(facts)
    ]
    return Drawn(
        part=number, area=(x - pitch / 2 + 2, TRUNK - 54, pitch - 4, ROWS + 92 - TRUNK + 54), marks=tuple(marks)
    )


def _body(scale: Scale, part: Part, x: float, y: float, add: str) -> list[Mark]:
    """The box of a part around (x, y): filled where it has weights that mix channels, outlined elsewhere."""
    call = part.calls[0]
    if part.name == "add":
        return draw.plus(x, y, add)
    width, height = scale.width(part.output_shape), scale.height(part.output_shape)
    left, top = x - width / 2, y - height / 2
    if part.children:
        colour = draw.stage_colour_name(call.stage)
        return [
            draw.rect(left + 5, top + 5, width, height, colour, "page"),
            draw.rect(left, top, width, height, colour, "page"),
        ]
    if call.kind in ("Conv2d", "Linear"):
        return [draw.rect(left, top, width, height, draw.stage_colour_name(call.stage), "page")]
    if call.kind == "ReLU":
        return [
            draw.rect(x - 13, y - 13, 26, 26, "page", "muted", 13),
            draw.line(f"M{x - 8:.1f} {y + 5:.1f}h8l7 -10", "ink", 2),
        ]
    if call.kind == "BatchNorm2d":
        return [draw.rect(x - 7, top, 14, height, "surface", "muted", 7)]
    return [draw.rect(left, top, width, height, "surface", "muted")]


def _wide_shortcut(kind: str, start: float, stop: float, peak: float = 50.0, bend: float = 34.0) -> list[Mark]:
    d = (
        f"M{start:.1f} {TRUNK}C{start:.1f} {peak + 20} {start:.1f} {peak} {start + bend + 16:.1f} {peak}"
        f"H{stop - bend - 16:.1f}C{stop:.1f} {peak} {stop:.1f} {peak + 20} {stop:.1f} {TRUNK - draw.PLUS - 1}"
    )
    note = {"identity": "x, as it is", "detached": "no gradient comes back here"}.get(kind)
    notes = [draw.words((start + stop) / 2, peak - 10, note, draw.COLOURS[kind])] if note else []
    return [draw.line(d, draw.COLOURS[kind], 2.5, draw.DASHES[kind]), *notes]


def _wide_side(side: list[tuple[int, Part]], start: float, stop: float, colour: str) -> list[Drawn]:
    """The shortcut's own layers, on the arc."""
    if not side:
        return []
    pitch = min((stop - start - 100) / len(side), 190.0)
    first = (start + stop) / 2 - pitch * (len(side) - 1) / 2
    drawn = []
    for n, (number, part) in enumerate(side):
        x, call = first + pitch * n, part.calls[0]
        cost = f"{of_one(part.output_shape)} · {part.params:,}" if part.params else of_one(part.output_shape)
        marks = [
            draw.rect(x - 70, 38, 140, 24, "page", draw.COLOURS[colour], 6),
            draw.words(x, 55, short_kind(call), "ink"),
            draw.words(x, 28, cost, draw.COLOURS[colour]),
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
    add = draw.COLOURS.get(part.shortcut, "identity")
    drawn = [
        _narrow_part(scale, n, child, trunk, y, text_x, add) for (n, child), y in zip(chain.trunk, ys, strict=True)
    ]
    stop, kind = _joins(part, chain, ys)
    if stop is not None:
        start = 34.0 if chain.enters == 0 else (ys[chain.enters - 1] + ys[chain.enters]) / 2
        behind += _narrow_shortcut(kind, start, stop, trunk)
        drawn += _narrow_side(chain.side, start, stop, kind)
    return Scene(width=draw.NARROW, height=ys[-1] + 36, behind=tuple(behind), drawn=tuple(drawn))


def _narrow_part(scale: Scale, number: int, part: Part, x: float, y: float, text_x: float, add: str) -> Drawn:
    kind = "opens" if part.children else short_kind(part.calls[0])
    cost = f" · {part.params:,} params" if part.params else ""
    marks = [
        *_body(scale, part, x, y, add),
        draw.words(text_x, y - 3, f"{part.name}  {kind}", "ink", 13, "start", 650),
        draw.words(text_x, y + 14, of_one(part.output_shape) + cost, "muted", 12, "start"),
    ]
    return Drawn(part=number, area=(x - 42, y - STEP / 2 + 1, draw.NARROW - x + 40, STEP - 2), marks=tuple(marks))


def _narrow_shortcut(kind: str, start: float, stop: float, trunk: float, peak: float = 36.0) -> list[Mark]:
    d = (
        f"M{trunk} {start:.1f}C{peak + 20} {start:.1f} {peak} {start:.1f} {peak} {start + 46:.1f}"
        f"V{stop - 46:.1f}C{peak} {stop:.1f} {peak + 20} {stop:.1f} {trunk - draw.PLUS - 1} {stop:.1f}"
    )
    notes = [draw.words(peak - 6, (start + stop) / 2, "x", draw.COLOURS[kind], 13, "end")] if kind == "identity" else []
    return [draw.line(d, draw.COLOURS[kind], 2.5, draw.DASHES[kind]), *notes]


def _narrow_side(side: list[tuple[int, Part]], start: float, stop: float, kind: str) -> list[Drawn]:
    pitch, drawn = 58.0, []
    first = (start + stop) / 2 - pitch * (len(side) - 1) / 2
    for n, (number, part) in enumerate(side):
        y = first + pitch * n
        marks = [
            draw.rect(2, y - 12, 80, 24, "page", draw.COLOURS[kind], 6),
            draw.words(42, y + 4, short_kind(part.calls[0]), "ink", 12),
            draw.rect(4, y + 15, 76, 15, "page"),
            draw.words(42, y + 26, f"{part.params:,}", draw.COLOURS[kind], 11),
        ]
        drawn.append(Drawn(part=number, area=(1, y - 14, 82, 44), marks=tuple(marks)))
    return drawn
