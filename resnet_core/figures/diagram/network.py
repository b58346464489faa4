"""network_scene(): stem, stages and head along one trunk, like blocks folded to "x 35", shortcuts as arcs."""

from __future__ import annotations

from resnet_core.anatomy.tables.parts import Part, runs_of
from resnet_core.anatomy.tables.units import in_unit
from resnet_core.figures.diagram import marks as draw
from resnet_core.figures.diagram.marks import Box, Drawn, Mark, Scene
from resnet_core.figures.diagram.scale import Scale, arc, bow, scale_of
from resnet_core.figures.diagram.words import SHORTCUTS, fitted, least_width, work_words
from resnet_core.notation import of_one, short

BEFORE, AFTER, BETWEEN = 10.0, 8.0, 4.0  # pixels before a box, from it to its addition, and between stages
TRUNK, LABELS = 106.0, 212.0
LETTER = 9.6  # pixels of a bold letter of 16, a wide one


def network_scene(network: Part, *, narrow: bool = False, beside: Part | None = None, unit: str = "MACs") -> Scene:
    """The whole network, left to right, or top to bottom where the screen is narrow; on one scale with another."""
    return _narrow(network, beside, unit) if narrow else _wide(network, beside, unit)


def _folded(stage: Part) -> list[tuple[Part, int]]:
    """What is drawn of a stage: the first block of each run and how often it stands there; the stem as one box.

    Between blocks also modules that are none, and no single layer.
    """
    drawn = [part for part in stage.children if part.level != "layer"]
    return [(run[0], len(run)) for run in runs_of(drawn)] if stage.blocks else [(stage, 1)]


def _map_shape(part: Part) -> tuple[int, ...]:
    """The map that a box stands for. The stem shows what its convolution puts out, before the pooling halves it."""
    return part.calls[0].output_shape if part.path == "stem" else part.map_shape


def _wide(network: Part, beside: Part | None, unit: str) -> Scene:
    scale = scale_of(network, min(_tallest(whole) for whole in (network, beside or network)), 31, beside)
    twins = {stage.path: stage for stage in (beside or network).children}  # the same stage stands at the same place
    spans = [
        max(_span(scale, stage), _span(scale, twins.get(stage.path, stage)), 79.0, least_width(stage.name, LETTER))
        for stage in network.children
    ]
    first = 80.0
    spare = (draw.WIDTH - first - sum(spans)) / len(spans)
    gap = max(BETWEEN, min(spare, 60.0))
    behind, x = [*_input(network, scale), *_row_names(unit), *_legend(network, 0, LABELS + 92)], first
    drawn = []
    for index, (stage, span) in enumerate(zip(network.children, spans, strict=True)):
        marks = _stage(scale, stage, x + (span - _span(scale, stage)) / 2)
        beside_it = gap if 0 < index < len(spans) - 1 else BETWEEN  # the first has the input at its left
        marks += _figures(stage, unit, x + span / 2, span + beside_it)
        drawn.append(Drawn(part=index, area=(x - 2, 8, span + 4, LABELS + 60), marks=tuple(marks)))
        x += span + gap
    trunk = draw.line(f"M42 {TRUNK}H{x - gap + 6:.1f}")
    return Scene(width=max(draw.WIDTH, x - gap + 12), height=draw.TALL, behind=(trunk, *behind), drawn=tuple(drawn))


def _tallest(network: Part, room: float = 100.0) -> float:
    """Of the boxes: 168 pixels, or as many as leave the arcs room where the stem does not shrink the picture."""
    sides = [
        max(_map_shape(part)[2:], default=1)
        for stage in network.children
        for part, _ in _folded(stage)[:1]
        if stage.blocks
    ]
    share: float = (max(sides, default=1) / max(network.input_shape[2:], default=1)) ** 0.5
    return min(168.0, room / share)


def _legend(network: Part, x: float, y: float, row: float = 0.0) -> list[Mark]:
    """The kinds of shortcut that occur, each with its line; beside each other, or below where `row` is given."""
    kinds = sorted({block.shortcut for stage in network.children for block in stage.blocks} - {"none"})
    marks: list[Mark] = []
    for kind in kinds:
        marks += [
            draw.line(f"M{x:.1f} {y - 4:.1f}h34", draw.COLOURS[kind], 2.5, draw.DASHES[kind]),
            draw.words(x + 42, y, SHORTCUTS[kind], "muted", 14, "start"),
        ]
        x, y = (x, y + row) if row else (x + 66 + 6.9 * len(SHORTCUTS[kind]), y)
    halves = ["Height follows the pixels, width the", "channels, both by square root."]
    halves = halves if row else ["Height shows pixels, width channels (square roots)."]
    return marks + [draw.words(x, y + 18 * i, half, "muted", 14, "start") for i, half in enumerate(halves)]


def _span(scale: Scale, stage: Part) -> float:
    return sum(_run_span(scale, part) for part, _ in _folded(stage)) + BEFORE


def _run_span(scale: Scale, part: Part) -> float:
    addition = AFTER + 2 * draw.PLUS if part.shortcut != "none" else 0.0
    return BEFORE + scale.width(_map_shape(part)) + addition


def _input(network: Part, scale: Scale) -> list[Mark]:
    height = scale.height(network.input_shape)
    return [
        draw.rect(36, TRUNK - height / 2, 12, height, "surface", "muted"),
        draw.words(42, LABELS, "input", "ink", 16, "middle", 650),
        draw.words(42, LABELS + 19, of_one(network.input_shape), "muted"),
    ]


def _stage(scale: Scale, stage: Part, x: float) -> list[Mark]:
    marks: list[Mark] = []
    for part, count in _folded(stage):
        width, height = scale.width(_map_shape(part)), scale.height(_map_shape(part))
        left, top = x + BEFORE, TRUNK - height / 2
        if part.shortcut != "none":
            end = left + width + AFTER + draw.PLUS
            start = x + 4
            handle = bow(start, end, left, left + width, height / 2 + 5)
            marks += arc(part.shortcut, start, end, TRUNK, handle)
            marks += draw.plus(end, TRUNK, draw.COLOURS[part.shortcut])
            if part.shortcut == "projection":
                marks.append(draw.words((start + end) / 2, TRUNK - handle * 0.75 - 6, "1×1", "projection"))
        marks += _cards(draw.stage_colour_name(stage.path), (left, top, width, height), count)
        if count > 1:
            marks.append(draw.words(left + width / 2, top + height + 19, f"× {count}", "ink", 14, "middle", 650))
        x += _run_span(scale, part)
    return marks


def _cards(colour: str, box: Box, count: int) -> list[Mark]:
    """A box; of a repeated block two more edges behind it."""
    x, y, width, height = box
    behind = [draw.rect(x + d, y + d, width, height, colour, "page") for d in (6.0, 3.0)] if count > 1 else []
    return [*behind, draw.rect(x, y, width, height, colour, "page")]


def _row_names(unit: str) -> list[Mark]:
    return [draw.words(0, LABELS + y, name, "muted", 14, "start") for y, name in ((37, "parameters"), (55, unit))]


def _figures(stage: Part, unit: str, x: float, room: float) -> list[Mark]:
    """Under a stage: name, shape, and in the rows that `_row_names` names its parameters and its work."""
    rows = (of_one(stage.output_shape), short(stage.params), short(in_unit(stage.macs, unit)))
    return [
        draw.words(x, LABELS, fitted(stage.name, room, LETTER), "ink", 16, "middle", 650),
        *(draw.words(x, LABELS + 19 + 18 * i, row, "ink" if i else "muted") for i, row in enumerate(rows)),
    ]


def _labels(stage: Part, unit: str, x: float, y: float) -> list[Mark]:
    return [
        draw.words(x, y, fitted(stage.name, draw.NARROW - x, LETTER), "ink", 15, "start", 650),
        draw.words(x, y + 19, of_one(stage.output_shape), "muted", 14, "start"),
        draw.words(x, y + 37, f"{short(stage.params)} parameters", "ink", 14, "start"),
        draw.words(x, y + 55, work_words(stage, unit), "ink", 14, "start"),
    ]


def _narrow(network: Part, beside: Part | None, unit: str) -> Scene:
    scale, trunk, text_x = scale_of(network, 84, 96, beside), 108.0, 212.0
    height = scale.height(network.input_shape)
    behind: list[Mark] = [
        draw.rect(trunk - 6, 12, 12, height, "surface", "muted"),
        draw.words(text_x, 12 + height / 2 - 4, "input", "ink", 15, "start", 650),
        draw.words(text_x, 12 + height / 2 + 15, of_one(network.input_shape), "muted", 14, "start"),
    ]
    y, drawn = 12 + height + 10, []
    for index, stage in enumerate(network.children):
        top, marks = y, []
        for part, count in _folded(stage):
            more, y = _narrow_run(scale, stage, part, count, y, trunk)
            marks += more
        y = max(y + 6, top + 84)
        marks += _labels(stage, unit, text_x, (top + y) / 2 - 22)
        drawn.append(Drawn(part=index, area=(4, top, draw.NARROW - 8, y - top), marks=tuple(marks)))
        y += 6
    behind.insert(0, draw.line(f"M{trunk} 14V{y:.1f}"))
    behind += _legend(network, 8, y + 22, 22)
    return Scene(width=draw.NARROW, height=y + 112, behind=tuple(behind), drawn=tuple(drawn))


def _narrow_run(scale: Scale, stage: Part, part: Part, count: int, y: float, trunk: float) -> tuple[list[Mark], float]:
    shape = _map_shape(part)
    width, height, top = scale.width(shape), scale.height(shape), y + BEFORE
    marks = _cards(draw.stage_colour_name(stage.path), (trunk - width / 2, top, width, height), count)
    if count > 1:
        marks.append(draw.words(trunk + width / 2 + 14, top + height / 2 + 5, f"× {count}", "ink", 14, "start", 650))
    if part.shortcut == "none":
        return marks, top + height
    end = top + height + AFTER + draw.PLUS
    handle = bow(y + 4, end, top, top + height, width / 2 + 5)
    marks = [
        *arc(part.shortcut, y + 4, end, trunk, handle, vertical=True),
        *marks,
        *draw.plus(trunk, end, draw.COLOURS[part.shortcut]),
    ]
    if part.shortcut == "projection":
        marks.append(draw.words(trunk - handle * 0.75 - 5, (y + 4 + end) / 2 + 4, "1×1", "projection", 14, "end"))
    return marks, end + draw.PLUS
