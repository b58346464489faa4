"""change_drawing(): the stem and one block of a variant, with what differs from the original ResNet marked."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_core.anatomy.tables.block_steps import BlockStep, Place
from resnet_core.figures.svg import Drawing, Markup, arrow, drawing, path, plus, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme

WIDTH, ROW, GAP = 380, 26, 5
BRANCH_X, BRANCH_WIDTH = 2, 220
SHORTCUT_X, SHORTCUT_WIDTH = 232, 144
MIDDLE = BRANCH_X + BRANCH_WIDTH / 2


def change_drawing(steps: Sequence[BlockStep], name: str, theme: str = "light") -> Drawing:
    """An SVG of a variant's stem and of its first downsampling block.

    Args:
        steps: of `block_steps.compare_block(spec)`. A changed step has a thick frame, a filled mark and bold words.
        name: of the variant, for the heading.
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    by_place: dict[Place, list[BlockStep]] = {
        place: [step for step in steps if step.place == place] for place in ("stem", "branch", "shortcut", "sum")
    }
    parts = [text(BRANCH_X, 22, name, t.ink, 18, font_weight=650), text(BRANCH_X, 50, "stem", t.muted, 13)]
    y = 58.0
    parts += _column(t, by_place["stem"], BRANCH_X, y, BRANCH_WIDTH)
    y += _height(by_place["stem"]) + 34
    parts += [text(BRANCH_X, y - 8, "first block of conv3_x", t.muted, 13)]
    parts += [text(SHORTCUT_X, y - 8, "its shortcut" if by_place["shortcut"] else "", t.muted, 13)]
    parts += _column(t, by_place["branch"], BRANCH_X, y, BRANCH_WIDTH)
    parts += _column(t, by_place["shortcut"], SHORTCUT_X, y, SHORTCUT_WIDTH)
    bottom = y + max(_height(by_place["branch"]), _height(by_place["shortcut"]))
    parts += _ending(t, by_place, y, bottom)
    after = [step for step in by_place["sum"] if step.label != "add"]
    parts += _column(t, after, BRANCH_X, bottom + 44, BRANCH_WIDTH)
    height = bottom + 44 + max(_height(after), GAP)
    changed = [step.label for step in steps if step.changed]
    title = f"{name}: {'changed are ' + ', '.join(changed) if changed else 'as the original'}"
    return drawing(WIDTH, height, *parts, title=title, max_width=420)


def _column(t: Theme, steps: Sequence[BlockStep], x: float, y: float, width: float) -> list[Markup]:
    return [_step(t, step, x, y + index * (ROW + GAP), width) for index, step in enumerate(steps)]


def _height(steps: Sequence[BlockStep]) -> float:
    return len(steps) * (ROW + GAP)


def _step(t: Theme, step: BlockStep, x: float, y: float, width: float) -> Markup:
    if not step.changed:
        box = rect(x, y, width, ROW, t.surface, stroke=t.hairline, stroke_width=1)
        return together(box, text(x + 12, y + 18, step.label, t.muted, 13))
    box = rect(x, y, width, ROW, t.surface, stroke=t.residual, stroke_width=2.5)
    mark = tag("circle", cx=x + 12, cy=y + ROW / 2, r=4, fill=t.residual)
    return together(box, mark, text(x + 22, y + 18, step.label, t.ink, 13, font_weight=650))


def _ending(t: Theme, by_place: dict[Place, list[BlockStep]], top: float, bottom: float) -> list[Markup]:
    """The addition below the branch, and the shortcut that leads into it."""
    added = any(step.label == "add" for step in by_place["sum"])
    parts = [arrow(MIDDLE, top + _height(by_place["branch"]) - GAP, bottom + 14, t.muted)]
    if added:
        colour = t.projection if any("conv" in s.label for s in by_place["shortcut"]) else t.identity
        dash = "7 5" if colour == t.projection else None
        side, y = SHORTCUT_X + SHORTCUT_WIDTH / 2, bottom + 26
        start = top + _height(by_place["shortcut"]) - GAP if by_place["shortcut"] else top
        bend = f"V{y - 12:.1f} Q{side} {y:.1f} {side - 12} {y:.1f} H{MIDDLE + 13}"
        head = f"M{MIDDLE + 20} {y - 5:.1f} L{MIDDLE + 12} {y:.1f} L{MIDDLE + 20} {y + 5:.1f}"
        parts += [path(f"M{side} {start:.1f} {bend}", colour, 2.5, dash), path(head, colour, 2.5)]
        parts.append(plus(MIDDLE, y, colour, t.page))
    return parts
