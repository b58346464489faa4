"""blocks_drawing(): a plain block beside a residual one, and what each has to learn."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_core.figures.svg import Drawing, Markup, arrow, drawing, path, plus, rect, text, together
from resnet_core.figures.theme import THEMES, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where things stand, in the drawing's own units.

    Attributes:
        columns: the middle of the plain and of the residual block.
        box: width and height of a layer; `tops` where the two of them begin.
        names: baselines of the block's name, of x and of the formula; `addition` the middle of the plus.
        sizes: of the block's name and x, of the formula, of a layer's name, of all else.
        bow: how far the shortcut reaches out.
        lessons: baseline of what a block learns; None where there is no room for it.
    """

    width: int
    height: int
    columns: tuple[float, float]
    box: tuple[float, float]
    tops: tuple[float, float]
    names: tuple[float, float, float]
    addition: float
    sizes: tuple[float, float, float, float]
    bow: float
    lessons: float | None


# A phone's width, so that its words are legible there.
PAGE = _Layout(
    width=366, height=388, columns=(70, 230), box=(108, 36), tops=(86, 150), names=(16, 44, 290), addition=228,
    sizes=(16, 19, 15, 14.5), bow=104, lessons=318,
)  # fmt: skip
WALL = _Layout(  # what a block learns is said beside it there
    width=600, height=396, columns=(104, 348), box=(170, 50), tops=(98, 186), names=(24, 56, 386), addition=284,
    sizes=(26, 30, 26, 24), bow=204, lessons=None,
)  # fmt: skip


def blocks_drawing(theme: str = "light") -> Drawing:
    """An SVG of two blocks with the same layers; the second adds its input to its result."""
    t = THEMES[theme]
    at = PAGE if t.scale == 1 else WALL
    plain, residual = at.columns
    return drawing(
        at.width, at.height, _block(t, at, plain, residual=False), _block(t, at, residual, residual=True),
        max_width=max(440, at.width),
        title="A plain block has to learn H(x). A residual block adds its input, so it learns only the difference F(x)",
    )  # fmt: skip


def _block(t: Theme, at: _Layout, x: float, residual: bool) -> Markup:
    colour = t.residual if residual else t.plain
    (name, formula, *_), (first, second), height = at.sizes, at.tops, at.box[1]
    end = at.names[2] - formula - 5
    said = _addition(t, at, x, end) if residual else (
        arrow(x, second + height, end, t.muted), _relu(t, at, x, (second + height + end) / 2),
    )  # fmt: skip
    return together(
        text(x, at.names[0], "residual block" if residual else "plain block", colour, name, "middle", font_weight=650),
        text(x, at.names[1], "x", t.ink, name + 1, "middle", font_style="italic"),
        arrow(x, at.names[1] + 8, first - 2, t.muted),
        _box(t, at, x, first, colour),
        arrow(x, first + height, second - 2, t.muted),
        _relu(t, at, x, (first + height + second) / 2),
        _box(t, at, x, second, colour),
        *said,
        text(x, at.names[2], "y = F(x) + x" if residual else "y = H(x)", t.ink, formula, "middle", font_style="italic"),
        *_lesson(t, at, x, residual),
    )


def _lesson(t: Theme, at: _Layout, x: float, residual: bool) -> tuple[Markup, ...]:
    if at.lessons is None:
        return ()
    learns = ("learns only", "the difference") if residual else ("learns", "the whole mapping")
    copies = ("copies x with all", "weights at zero") if residual else ("must learn weights", "that copy x")
    said = (*((line, t.ink) for line in learns), *((line, t.muted) for line in copies))
    return tuple(
        text(x, at.lessons + 18 * n + 3 * (n > 1), line, ink, at.sizes[3], "middle")
        for n, (line, ink) in enumerate(said)
    )


def _addition(t: Theme, at: _Layout, x: float, end: float) -> tuple[Markup, ...]:
    y, small, bottom = at.addition, at.sizes[3], at.tops[1] + at.box[1]
    top, bow = at.names[1] + 20, at.bow
    beside = x + 0.75 * bow + small / 2
    return (
        arrow(x, bottom, y - 13, t.muted),
        plus(x, y, t.identity, t.page),
        arrow(x, y + 12, end, t.muted),
        _relu(t, at, x, (y + 12 + end) / 2),
        path(f"M{x} {top} C{x + bow} {top} {x + bow} {y} {x + 14} {y}", t.identity, 3),
        path(f"M{x + 21} {y - 5} L{x + 13} {y} L{x + 21} {y + 5}", t.identity, 3),
        text(beside, (top + y) / 2 - 6, "x,", t.identity, small),
        text(beside, (top + y) / 2 + small - 4, "as it is", t.identity, small),
    )


def _relu(t: Theme, at: _Layout, x: float, middle: float) -> Markup:
    return text(x + 10, middle + at.sizes[3] / 3, "relu", t.muted, at.sizes[3])


def _box(t: Theme, at: _Layout, x: float, y: float, colour: str) -> Markup:
    width, height = at.box
    box = rect(x - width / 2, y, width, height, t.surface, stroke=colour, stroke_width=2)
    return together(box, text(x, y + height / 2 + at.sizes[2] / 3, "weights", t.ink, at.sizes[2], "middle"))
