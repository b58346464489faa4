"""change_drawing(): the stem and one block of a variant, top to bottom; what differs from the original is marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from resnet_core.anatomy.tables.block_steps import BlockStep
from resnet_core.figures.svg import Drawing, Markup, drawing, path, plus, rect, tag, text, together, words
from resnet_core.figures.theme import THEMES, Theme
from resnet_core.notation import times

WIDTH, ROW, GAP = 216, 28, 4
LEFT = 28  # of the rows; the shortcut runs beside them
ARC = 10  # where it runs
MOST_LETTERS, MOST_BOLD = 25, 23  # letters of a row
GRID = "display:grid;grid-template-columns:repeat(auto-fit,minmax(216px,1fr));gap:32px 12px;max-width:1100px"
FIGURE = "margin:0;font-size:14px;line-height:1.5;font-variant-numeric:tabular-nums"
AFTER = ("batch norm", "ReLU")  # short steps that share a row with what they follow


class Row(NamedTuple):
    """One or more steps in one line."""

    words: str
    changed: bool


def change_drawing(steps: Sequence[BlockStep], name: str, theme: str = "light") -> Drawing:
    """An SVG of a variant's stem and of its first downsampling block, to stand beside others.

    Args:
        steps: of `block_steps.compare_block(spec)`. A changed step has a thick frame, a filled mark and bold words; a
            stem without one is a single line.
        name: of the variant, for the heading.
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    rows = {place: _rows([step for step in steps if step.place == place]) for place in ("stem", "branch", "shortcut")}
    added = next((step for step in steps if step.place == "sum" and step.label == "add"), None)
    after = _rows([step for step in steps if step.place == "sum" and step.label != "add"])
    if not any(row.changed for row in rows["stem"]):
        rows["stem"] = [Row("as the original", False)]
    parts, y = [text(0, 20, name, t.ink, 18, font_weight=650)], 46.0
    y = _part(t, parts, "stem", rows["stem"], y)
    top = y + 8
    y = _part(t, parts, "branch of a first block", rows["branch"], y)
    if rows["shortcut"]:
        y = _part(t, parts, "its shortcut", rows["shortcut"], y)
    if added:
        y += 14
        parts += _shortcut(t, rows["shortcut"], top, y)
        parts.append(text(LEFT + 24, y + 5, "the addition", t.ink if added.changed else t.muted, 14))
        y += 20
    y = _column(t, parts, after, y)
    changed = [times(step.label) for step in steps if step.changed]
    title = f"{name}: {'changed are ' + ', '.join(changed) if changed else 'as the original'}"
    return drawing(WIDTH, y + 2, *parts, title=title, max_width=250)


def _rows(steps: Sequence[BlockStep]) -> list[Row]:
    """Batch norm and ReLU stand behind what they follow, where both are as in the original."""
    rows: list[Row] = []
    for step in steps:
        line = times(step.label).replace(", stride ", " /") if "conv" in step.label else step.label
        longer = f"{rows[-1].words}, {line}" if rows else ""
        if rows and line in AFTER and not (step.changed or rows[-1].changed) and len(longer) <= MOST_LETTERS:
            rows[-1] = Row(longer, False)
        else:
            rows.append(Row(line, step.changed))
    return rows


def _part(t: Theme, parts: list[Markup], heading: str, rows: Sequence[Row], y: float) -> float:
    """Its heading and its rows; returns where the next part begins."""
    parts.append(text(LEFT, y, heading, t.muted, 14))
    return _column(t, parts, rows, y + 8) + 20


def _column(t: Theme, parts: list[Markup], rows: Sequence[Row], y: float) -> float:
    for row in rows:
        parts.append(_row(t, row, y))
        y += ROW + GAP
    return y


def _row(t: Theme, row: Row, y: float) -> Markup:
    width = WIDTH - LEFT - 2
    words = row.words if len(row.words) <= MOST_LETTERS else row.words.replace(" conv", "")
    size = 14 * min(1.0, (MOST_BOLD if row.changed else MOST_LETTERS) / len(words))
    if not row.changed:
        box = rect(LEFT, y, width, ROW, t.surface, stroke=t.hairline, stroke_width=1)
        return together(box, text(LEFT + 10, y + 19, words, t.muted, size))
    box = rect(LEFT, y + 1, width, ROW - 2, t.surface, stroke=t.residual, stroke_width=2.5)
    mark = tag("circle", cx=LEFT + 11, cy=y + ROW / 2, r=4, fill=t.residual)
    return together(box, mark, text(LEFT + 21, y + 19, words, t.ink, size, font_weight=650))


def _shortcut(t: Theme, rows: Sequence[Row], top: float, bottom: float) -> list[Markup]:
    """From the block's beginning, past its rows, into the addition."""
    steps = " ".join(row.words for row in rows)
    kind = "projection" if "conv" in steps else "zero_pad" if "zero" in steps else "identity"
    colour = {"projection": t.projection, "zero_pad": t.zero_pad, "identity": t.identity}[kind]
    dash = {"projection": "7 5", "zero_pad": "2 4", "identity": None}[kind]
    start, end = top - 10, bottom
    way = f"M{LEFT - 4} {start} H{ARC + 8} Q{ARC} {start} {ARC} {top} V{end - 10} Q{ARC} {end} {ARC + 10} {end}"
    return [path(f"{way} H{LEFT - 8}", colour, 2.5, dash), plus(LEFT + 6, bottom, colour, t.page)]


def beside_each_other(drawings: Sequence[Drawing], captions: Sequence[str]) -> Markup:
    """Drawings in as many columns as fit, each with lines under it, as HTML.

    Args:
        captions: one for each, its lines parted by newlines; what they say is escaped.
    """
    figures = [
        tag("figure", Markup(one), *(tag("div", words(line)) for line in caption.split("\n")), style=FIGURE)
        for one, caption in zip(drawings, captions, strict=True)
    ]
    return tag("div", *figures, style=GRID)
