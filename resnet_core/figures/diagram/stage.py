"""stage_scene(): every block of a stage, one after the other, in rows."""

from __future__ import annotations

from math import ceil

from resnet_core.anatomy.tables.parts import Part, runs_of
from resnet_core.figures.diagram import marks as draw
from resnet_core.figures.diagram.marks import Drawn, Mark, Scene
from resnet_core.figures.diagram.scale import arc, bow
from resnet_core.figures.diagram.words import SHORTCUTS, fitted, kind_of, work_words
from resnet_core.notation import of_one, short

ROOMY = 164.0  # pixels a cell needs for its figures
LETTER = 8.5  # pixels of a bold letter


def stage_scene(stage: Part, *, narrow: bool = False, unit: str = "MACs") -> Scene:
    """The blocks of a stage in reading order, each with its shortcut and its addition."""
    width, most = (draw.NARROW, 5) if narrow else (draw.WIDTH, 12 if len(stage.children) <= 48 else 20)
    rows = ceil(len(stage.children) / most)
    columns = ceil(len(stage.children) / rows)
    cell = min((width - 24) / columns, 240.0)
    roomy = cell >= ROOMY
    side = min(cell * 0.46, 62.0)
    pitch = side * 2 + (118 if roomy else 28)
    notes = [] if roomy else _notes(stage, unit, narrow)
    top = (20 * len(notes) + 26 if notes else 36) + side * 1.15
    drawn = [
        _cell(stage, index, unit, 12 + cell * (index % columns), top + pitch * (index // columns), cell, side, roomy)
        for index in range(len(stage.children))
    ]
    behind = [*notes, *rows_line(len(drawn), columns, cell, top, pitch)]
    height = top + pitch * (rows - 1) + side / 2 + (110 if roomy else 24)
    return Scene(width=width, height=max(height, 0 if narrow else draw.TALL), behind=tuple(behind), drawn=tuple(drawn))


def _notes(stage: Part, unit: str, narrow: bool) -> list[Mark]:
    """One line for each run of like blocks."""
    lines = []
    for run in (run for run in runs_of(stage.blocks) if run):
        first, last = (part.path.rpartition(".")[2] for part in (run[0], run[-1]))
        who = f"Block {first}" if first == last else f"Blocks {first} to {last}"
        costs = f"{run[0].params:,} parameters, {work_words(run[0], unit)}{'' if first == last else ' each'}"
        each = [f"{SHORTCUTS[run[0].shortcut]}, {of_one(run[0].output_shape)}", costs]
        lines += [f"{who}: {each[0]}", each[1]] if narrow else [f"{who}: {each[0]}, {each[1]}"]
    return [
        draw.words(12, 20 + 20 * i, content, "muted", 13 if narrow else 14, "start") for i, content in enumerate(lines)
    ]


def _name(part: Part, cell: float) -> str:
    """The last name in its path; where that is too wide, its number: "11" of "encoder_layer_11"."""
    name = part.path.rpartition(".")[2]
    number = name[len(name.rstrip("0123456789")) :]
    return number if number and len(name) * LETTER > cell else fitted(name, cell)


def _cell(stage: Part, index: int, unit: str, x: float, trunk: float, cell: float, side: float, roomy: bool) -> Drawn:
    part, colour = stage.children[index], draw.stage_colour_name(stage.path)
    left = x + (cell - side - draw.PLUS * 2 - 8) / 2
    marks: list[Mark] = []
    if part.shortcut != "none":
        start, end = left - min(8.0, cell * 0.1), left + side + 8 + draw.PLUS
        handle = bow(start, end, left, left + side, side / 2 + 5)
        marks += arc(part.shortcut, start, end, trunk, handle) + draw.plus(end, trunk, draw.COLOURS[part.shortcut])
        if part.shortcut == "projection":
            marks.append(draw.words((start + end) / 2, trunk - handle * 0.75 - 5, "1×1", "projection"))
    marks.append(draw.rect(left, trunk - side / 2, side, side, colour if part.level == "block" else "surface", "page"))
    name = _name(part, cell)
    on = f"on{colour.removeprefix('stage')}" if part.level == "block" else "ink"
    above = side / 2 + 13 if len(name) * LETTER > side else 0.0  # a layer's name may be wider than its square
    marks.append(draw.words(left + side / 2, trunk + 5 - above, name, on, 14, "middle", 650))
    if roomy:
        facts = (
            kind_of(part), of_one(part.output_shape),
            f"{short(part.params)} parameters", work_words(part, unit),
        )  # fmt: skip
        marks += [
            draw.words(left + side / 2, trunk + side / 2 + 26 + 18 * i, fact, "muted" if i < 2 else "ink")
            for i, fact in enumerate(facts)
        ]
    area = (x + 1, trunk - side * 1.1, cell - 2, side * 1.6 + (92 if roomy else 8))
    return Drawn(part=index, area=area, marks=tuple(marks))


def rows_line(count: int, columns: int, cell: float, top: float, pitch: float) -> list[Mark]:
    """The line through each row, and from the end of a row back to the start of the next."""
    d = ""
    for row in range(ceil(count / columns)):
        y, cells = top + pitch * row, min(columns, count - row * columns)
        d += f"M2 {y:.1f}H{12 + cell * cells + 6:.1f}"
        if (row + 1) * columns < count:
            turn = y + pitch / 2 - 8
            d += f"V{turn:.1f}H2V{y + pitch:.1f}"
    return [draw.line(d, "muted")]
