"""list_scene(): the parts of anything long that is not made of residual blocks, as labelled boxes in rows."""

from __future__ import annotations

from math import ceil
from textwrap import wrap

from resnet_core.anatomy.tables.parts import Part
from resnet_core.figures.diagram import marks as draw
from resnet_core.figures.diagram.marks import Drawn, Scene
from resnet_core.figures.diagram.stage import rows_line
from resnet_core.figures.diagram.words import fitted, short_kind, work_words
from resnet_core.notation import of_one, short

MOST_IN_A_ROW = 12  # parts that a chain shows legibly side by side
HEIGHT, PITCH = 104.0, 128.0


def list_scene(part: Part, *, narrow: bool = False, unit: str = "MACs") -> Scene:
    """The parts of `part` in reading order, each in a box with its name, kind, output and cost.

    Where one takes from more than the part before it, no line runs through them: the boxes say from what.
    """
    width, columns = (draw.NARROW, 2) if narrow else (draw.WIDTH, 5)
    rows, cell = ceil(len(part.children) / columns), (width - 24) / columns
    taken = [part.taken_by(index) for index in range(len(part.children))]
    drawn = tuple(
        _box(child, taken[index], index, unit, 12 + cell * (index % columns), 8 + PITCH * (index // columns), cell - 14)
        for index, child in enumerate(part.children)
    )
    behind = [] if any(taken) else rows_line(len(drawn), columns, cell, 8 + HEIGHT / 2, PITCH)
    return Scene(width=width, height=8 + PITCH * rows, behind=tuple(behind), drawn=drawn)


def _box(part: Part, taken: tuple[str, ...], index: int, unit: str, x: float, y: float, width: float) -> Drawn:
    kind = "opens" if part.children else short_kind(part.calls[0])
    lines = [(part.name, "ink", 650), (kind, "muted", 400), (of_one(part.output_shape), "ink", 400)]
    from_what = wrap(f"from {', '.join(taken)}", int((width - 16) / draw.LETTER)) if taken else []
    lines += [(line, "identity", 400) for line in from_what[:2]]
    lines += [(f"{short(part.params)} parameters", "ink", 400)] if part.params else []
    lines += [(work_words(part, unit), "ink", 400)] if part.macs else []
    cards = (6.0, 3.0, 0.0) if part.children else (0.0,)
    marks = [draw.rect(x + d, y + d, width, HEIGHT, "page" if d else "surface", "muted", 6) for d in cards]
    marks += [
        draw.words(x + 10, y + 20 + 18 * i, fitted(content, width - 16), colour, 14, "start", weight)
        for i, (content, colour, weight) in enumerate(lines[:5])
    ]
    return Drawn(part=index, area=(x - 2, y - 2, width + 4, HEIGHT + 4), marks=tuple(marks))
