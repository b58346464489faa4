"""stack_drawing(): a stack of convolutions in which every square's area is its number of weights."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any, Literal

from resnet_core.anatomy.tables.bottleneck import BottleneckComparison, Term
from resnet_core.figures.svg import Markup, arrow, drawing, path, plus, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where things stand, in the drawing's own units.

    Attributes:
        axis: where the arrows run.
        largest: side of the largest square.
        room: a smaller square stands further down by what it lacks to this, so that its text has room.
        names: baselines of the stack's name, of its total, and of the channels that come in.
        sizes: of the stack's name, of its total, of the channels, of a term.
        lines: in which a term is written.
    """

    width: int
    axis: float
    largest: float
    room: float
    names: tuple[float, float, float]
    sizes: tuple[float, float, float, float]
    lines: Literal[1, 2]


PAGE = _Layout(width=250, axis=82, largest=104, room=18, names=(18, 52, 82), sizes=(16, 30, 14, 15), lines=2)
WALL = _Layout(width=440, axis=90, largest=78, room=22, names=(24, 66, 104), sizes=(26, 38, 24, 26), lines=1)
GAP = 22
TITLES = {"bottleneck": "1×1, 3×3, 1×1", "basic": "two 3×3, full width", "equal_cost": "two 3×3, equal cost"}
FADE_IN = (
    "@media (prefers-reduced-motion: no-preference){.term{animation:in .25s ease-out both}"
    "@keyframes in{from{opacity:0;transform:translateY(-6px)}}}"
)


def stack_drawing(comparison: BottleneckComparison, stack: str, theme: str = "light") -> str:
    """An SVG of one stack: "bottleneck", "basic" or "equal_cost". All stacks of a comparison share one scale."""
    t = THEMES[theme]
    at = PAGE if t.scale == 1 else WALL
    scale = at.largest / sqrt(max(term.params for term in comparison.terms))
    terms, small = comparison.of(stack), at.sizes[2]
    sides = [max(sqrt(term.params) * scale, 3.0) for term in terms]
    label_x = at.axis + max(sides) / 2 + 12
    first = at.names[2] + 6
    parts, y = [_header(t, at, comparison, stack), _end(t, at, at.names[2], terms[0].in_channels)], first
    for index, (term, side) in enumerate(zip(terms, sides, strict=True)):
        colour = t.residual if stack == "bottleneck" else t.stages[2]
        top = y + GAP + max(at.room - side, 0.0)
        parts += [arrow(at.axis, y, top - 4, t.muted), _term(t, at, term, top, side, label_x, index, colour)]
        y = top + side
    addition, sums = y + GAP + 4, " + ".join(f"{term.params:,}" for term in terms)
    end = addition + 16 + small
    parts += [
        arrow(at.axis, y, addition - 12, t.muted),
        _identity(t, at.axis, at.axis - max(sides) / 2 - 20, first + 6, addition),
        plus(at.axis, addition, t.identity, t.page),
        _end(t, at, end, terms[-1].out_channels),
        text(0, end + 16 + small, sums, t.muted, small),
    ]
    words = f"{TITLES[stack]}: {' + '.join(term.product for term in terms)} = {comparison.params(stack):,} weights"
    height = end + 24 + small
    return drawing(at.width, height, *parts, title=words, style=FADE_IN, max_width=max(320, at.width))


def stack_layout() -> dict[str, Any]:
    """Where things stand in a drawing of this kind, for a page that draws it itself."""
    return asdict(PAGE) | {"gap": GAP}


def _header(t: Theme, at: _Layout, comparison: BottleneckComparison, stack: str) -> Markup:
    name, total = at.sizes[:2]
    count = text(0, at.names[1], f"{comparison.params(stack):,}", t.ink, total, font_weight=650)
    return together(text(0, at.names[0], TITLES[stack], t.muted, name), count)


def _end(t: Theme, at: _Layout, y: float, channels: int) -> Markup:
    return text(at.axis, y, f"{channels} channels", t.muted, at.sizes[2], "middle")


def _term(t: Theme, at: _Layout, term: Term, y: float, side: float, label_x: float, index: int, colour: str) -> Markup:
    middle, size = y + side / 2, at.sizes[3]
    square = rect(at.axis - side / 2, y, side, side, colour)
    if at.lines == 1:
        words = [text(label_x, middle + size / 3, f"{term.product} = {term.params:,}", t.ink, size)]
    else:
        count = text(label_x, middle + size, f"= {term.params:,}", t.ink, size, font_weight=650)
        words = [text(label_x, middle - 4, term.product, t.ink, size), count]
    return tag("g", square, *words, class_="term", style=f"animation-delay:{index * 150}ms")


def _identity(t: Theme, axis: float, left: float, top: float, bottom: float, bend: float = 14) -> Markup:
    """The shortcut: out to the left of the widest square, down, and back into the addition."""
    corners = (
        f"M{axis} {top:.1f} H{left + bend:.1f} Q{left:.1f} {top:.1f} {left:.1f} {top + bend:.1f} "
        f"V{bottom - bend:.1f} Q{left:.1f} {bottom:.1f} {left + bend:.1f} {bottom:.1f} H{axis - 13}"
    )
    head = f"M{axis - 20} {bottom - 5:.1f} L{axis - 12} {bottom:.1f} L{axis - 20} {bottom + 5:.1f}"
    return together(path(corners, t.identity, 2.5), path(head, t.identity, 2.5))
