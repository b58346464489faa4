"""known_html(): what a network knows, as a grid of groups with their classes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from resnet_core.figures.theme import FONT, THEMES

COLUMN = 210  # pixels, at least


def known_html(groups: Sequence[tuple[str, Sequence[str]]], answered: str = "", theme: str = "light") -> str:
    """A box for each group: its name, how many classes it has, and their names.

    Args:
        groups: names with the names of their classes.
        answered: a group or a class that is marked, by a bar and by bold type.
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    grid = f"display:grid;grid-template-columns:repeat(auto-fill,minmax({COLUMN}px,1fr));gap:8px 24px"
    boxes = "".join(_box(name, classes, answered, t.residual, t.hairline, t.muted) for name, classes in groups)
    return f"<div style=\"font:14px/1.45 {escape(FONT, quote=True)};color:{t.ink};{grid}\" role='list'>{boxes}</div>"


def _box(name: str, classes: Sequence[str], answered: str, accent: str, hairline: str, muted: str) -> str:
    here = answered and (name == answered or answered in classes)
    width, inner, colour = (4, 8, accent) if here else (1, 11, hairline)
    bar = f"border-left:{width}px solid {colour};padding-left:{inner}px"
    listed = ", ".join(f"<b>{escape(one)}</b>" if one == answered else escape(one) for one in classes)
    title = f"<b>{escape(name)}</b> <span style='color:{muted}'>{len(classes)}</span>"
    return f"<div role='listitem' style='{bar}'>{title}<br><span style='color:{muted}'>{listed}</span></div>"
