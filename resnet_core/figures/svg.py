"""The few SVG shapes that our drawings are made of, as escaped text. Geometry in, string out."""

from __future__ import annotations

from html import escape
from typing import Any, NewType

from resnet_core.figures.theme import FONT

# Text that is SVG already. What is none, `words` escapes: mypy refuses it as a child of an element.
Markup = NewType("Markup", str)


def words(text: object) -> Markup:
    """Text as the child of an element: shown letter by letter, whatever it holds."""
    return Markup(escape(str(text)))


def together(*parts: Markup) -> Markup:
    """Several elements, one after the other."""
    return Markup("".join(parts))


class Drawing(str):
    """SVG or HTML text that a notebook shows as a picture. It survives nbconvert and needs no script."""

    def _repr_html_(self) -> str:
        return str(self)


def tag(name: str, *children: Markup, **attributes: Any) -> Markup:
    """One element; `stroke_width=2` becomes stroke-width="2", None is left out."""
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_plain(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{pairs}>{together(*children)}</{name}>")


def _plain(value: Any) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def rect(x: float, y: float, width: float, height: float, fill: str, **more: Any) -> Markup:
    """A box with slightly round corners."""
    return tag("rect", x=x, y=y, width=max(width, 0.0), height=max(height, 0.0), fill=fill, **{"rx": 3, **more})


def text(x: float, y: float, line: str, fill: str, size: float = 14, anchor: str = "start", **more: Any) -> Markup:
    """A line of text; `y` is its baseline."""
    return tag("text", words(line), x=x, y=y, fill=fill, font_size=size, text_anchor=anchor, **more)


def path(d: str, stroke: str, width: float = 2, dash: str | None = None, **more: Any) -> Markup:
    """A line without fill."""
    return tag("path", d=d, stroke=stroke, stroke_width=width, stroke_dasharray=dash, **{"fill": "none", **more})


def arrow(x: float, y1: float, y2: float, stroke: str, width: float = 2) -> Markup:
    """A vertical arrow that ends in a small head at y2."""
    head = f"M{x - 4} {y2 - 6} L{x} {y2} L{x + 4} {y2 - 6}"
    return together(path(f"M{x} {y1} V{y2}", stroke, width), path(head, stroke, width))


def plus(x: float, y: float, stroke: str, fill: str, radius: float = 11) -> Markup:
    """The addition: a circle with a plus in it."""
    cross = path(f"M{x - 5} {y} H{x + 5} M{x} {y - 5} V{y + 5}", stroke)
    return together(tag("circle", cx=x, cy=y, r=radius, fill=fill, stroke=stroke, stroke_width=2), cross)


def drawing(
    width: float, height: float, *parts: Markup, title: str, style: str = "", max_width: float = 0, role: str = "img"
) -> Drawing:
    """A complete picture that scales with its column and names itself to a screen reader.

    A page may make it larger than drawn by the style property --large, and keep it low by --tallest.

    Args:
        role: "group" for one that holds something to operate, which a picture hides from a screen reader.
    """
    widest = f"max-width:calc({max_width or width:g}px * var(--large, 1))"
    size = f"width:100%;height:auto;{widest};max-height:var(--tallest, none)"
    look = f"display:block;{size};font-variant-numeric:tabular-nums"
    attributes = {"viewBox": f"0 0 {width:g} {height:g}", "role": role, "font_family": FONT, "style": look}
    name = together(tag("title", words(title)), *([tag("style", Markup(style))] if style else []))
    return Drawing(tag("svg", name, *parts, xmlns="http://www.w3.org/2000/svg", **attributes))
