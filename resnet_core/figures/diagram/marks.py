"""The marks that a diagram is made of: compact records that the browser draws, and the same as SVG text.

A mark is a tuple that starts with its kind: ("r", x, y, width, height, fill, stroke, radius), ("p", path, stroke,
width, dash), ("t", x, y, words, colour, size, anchor, weight) or ("c", x, y, radius, fill, stroke). Colours are names
of the palette, so that light and dark share one geometry.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from resnet_core.errors import require
from resnet_core.figures import svg
from resnet_core.figures.svg import Markup
from resnet_core.figures.theme import THEMES, Theme

Mark = tuple[str | float, ...]
Box = tuple[float, float, float, float]  # x, y, width, height
DASHES = {"identity": "", "projection": "7 4", "branch": "7 4", "zero_pad": "2 4", "detached": "1 6", "none": ""}
COLOURS = {
    "identity": "identity", "projection": "projection", "branch": "projection", "zero_pad": "zero_pad",
    "detached": "error",
}  # fmt: skip
PLUS = 9.0  # radius of an addition
LETTER = 7.1  # pixels of a letter of 14 pixels, on average
WIDTH, NARROW = 820.0, 360.0  # of a scene: as wide as a page leaves it on a screen of 1280 pixels, and on a phone
TALL = 316.0  # of a scene on a page: all levels are as tall, so that what is below stays where it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A part as drawn: its number among the scene's parts, the area that answers to a pointer, and its marks."""

    part: int
    area: Box
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One level of a diagram: what lies behind (trunk, rows, notes) and the parts on it."""

    width: float
    height: float
    behind: tuple[Mark, ...]
    drawn: tuple[Drawn, ...]


def rect(x: float, y: float, width: float, height: float, fill: str, stroke: str = "", radius: float = 3) -> Mark:
    """A box."""
    return ("r", _r(x), _r(y), _r(width), _r(height), fill, stroke, radius)


def line(d: str, stroke: str = "muted", width: float = 1.5, dash: str = "") -> Mark:
    """A line along an SVG path."""
    return ("p", d, stroke, width, dash)


def words(
    x: float, y: float, content: str, colour: str = "ink", size: float = 14, anchor: str = "middle", weight: int = 400
) -> Mark:
    """A line of text on the baseline `y`."""
    return ("t", _r(x), _r(y), content, colour, size, anchor, weight)


def plus(x: float, y: float, colour: str) -> list[Mark]:
    """The addition."""
    cross = f"M{_r(x - 4.5)} {_r(y)}h9M{_r(x)} {_r(y - 4.5)}v9"
    return [("c", _r(x), _r(y), PLUS, "page", colour), line(cross, colour, 2)]


# What is drawn inside the circle of a function that joins tensors; an addition's cross is the one of all others.
SIGNS = {"sub": "M-4.5 0h9", "mul": "M-3.5 -3.5l7 7M3.5 -3.5l-7 7", "cat": "M-2.5 -5v10M2.5 -5v10"}


def join(x: float, y: float, kind: str, colour: str) -> list[Mark]:
    """Where tensors are joined: a plus, a minus, a cross, or bars side by side; a square for anything else."""
    if kind in ("matmul", "attention", "stack"):
        return [rect(x - PLUS, y - PLUS, 2 * PLUS, 2 * PLUS, "page", colour, 4)]
    if kind not in SIGNS:
        return plus(x, y, colour)
    return [("c", _r(x), _r(y), PLUS, "page", colour), line(_shifted(SIGNS[kind], x, y), colour, 2)]


def _shifted(d: str, x: float, y: float) -> str:
    """A path whose moves are from the middle of a mark, at that mark."""
    return re.sub(r"M(\S+) ([-\d.]+)", lambda m: f"M{_r(x + float(m[1]))} {_r(y + float(m[2]))}", d)


def palette(theme: str) -> dict[str, str]:
    """Name of each colour that a mark may have -> its value."""
    require(theme in THEMES, "theme", theme, f"one of {', '.join(THEMES)}")
    t: Theme = THEMES[theme]
    kinds = ("residual", "plain", "identity", "projection", "zero_pad")
    names = (*kinds, "error", "ink", "muted", "hairline", "page", "surface")
    stages = {f"stage{i}": colour for i, colour in enumerate(t.stages)}
    return stages | {f"on{i}": colour for i, colour in enumerate(t.on_stages)} | {n: getattr(t, n) for n in names}


def stage_colour_name(stage: str) -> str:
    """Palette name of a stage's fill: stage0 for the stem, stage4 for conv5_x and later, stage5 for the head."""
    if stage == "head":
        return "stage5"
    digits = stage.removeprefix("layer")
    return f"stage{min(int(digits), 4)}" if digits.isdigit() else "stage0"


def as_svg(marks: Iterable[Mark], theme: str) -> Markup:
    """The marks as SVG text."""
    colours = palette(theme) | {"": "none"}
    return svg.together(*(_DRAWERS[str(mark[0])](colours, *mark[1:]) for mark in marks))


def _rect(c: dict[str, str], x: float, y: float, w: float, h: float, fill: str, stroke: str, radius: float) -> Markup:
    return svg.rect(x, y, w, h, c[fill], stroke=c[stroke] if stroke else None, stroke_width=1.5, rx=radius)


def _path(c: dict[str, str], d: str, stroke: str, width: float, dash: str) -> Markup:
    return svg.path(d, c[stroke], width, dash or None)


def _text(
    c: dict[str, str], x: float, y: float, content: str, colour: str, size: float, anchor: str, weight: int
) -> Markup:
    return svg.text(x, y, content, c[colour], size, anchor, font_weight=weight if weight != 400 else None)


def _circle(c: dict[str, str], x: float, y: float, radius: float, fill: str, stroke: str) -> Markup:
    return svg.tag("circle", cx=x, cy=y, r=radius, fill=c[fill], stroke=c[stroke], stroke_width=2)


_DRAWERS: dict[str, Callable[..., Markup]] = {"r": _rect, "p": _path, "t": _text, "c": _circle}


def _r(value: float) -> float:
    """One decimal is a tenth of a pixel; more only makes the page heavier."""
    return round(value, 1)
