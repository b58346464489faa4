"""stack_drawing(): a stack of convolutions in which every square's area is its number of weights."""

from __future__ import annotations

from math import sqrt

from resnet_core.anatomy.tables.bottleneck import BottleneckComparison, Term
from resnet_core.figures.svg import Markup, arrow, drawing, path, plus, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme

WIDTH, AXIS, LARGEST, GAP = 250, 82, 104, 22
ROOM = 18  # a smaller square stands further down, so that its two lines of text have room
TITLES = {"bottleneck": "1×1, 3×3, 1×1", "basic": "two 3×3, full width", "equal_cost": "two 3×3, equal cost"}
FADE_IN = (
    "@media (prefers-reduced-motion: no-preference){.term{animation:in .25s ease-out both}"
    "@keyframes in{from{opacity:0;transform:translateY(-6px)}}}"
)


def stack_drawing(comparison: BottleneckComparison, stack: str, theme: str = "light") -> str:
    """An SVG of one stack: "bottleneck", "basic" or "equal_cost". All stacks of a comparison share one scale."""
    t = THEMES[theme]
    scale = LARGEST / sqrt(max(term.params for term in comparison.terms))
    terms = comparison.of(stack)
    sides = [max(sqrt(term.params) * scale, 3.0) for term in terms]
    label_x = AXIS + max(sides) / 2 + 12
    parts, y = [_header(t, comparison, stack), _end(t, 82, terms[0].in_channels)], 88.0
    for index, (term, side) in enumerate(zip(terms, sides, strict=True)):
        colour = t.residual if stack == "bottleneck" else t.stages[2]
        top = y + GAP + max(ROOM - side, 0.0)
        parts += [arrow(AXIS, y, top - 4, t.muted), _term(t, term, top, side, label_x, index, colour)]
        y = top + side
    addition, sums = y + GAP + 4, " + ".join(f"{term.params:,}" for term in terms)
    parts += [
        arrow(AXIS, y, addition - 12, t.muted),
        _identity(t, AXIS - max(sides) / 2 - 20, 94, addition),
        plus(AXIS, addition, t.identity, t.page),
        _end(t, addition + 30, terms[-1].out_channels),
        text(0, addition + 60, sums, t.muted, 14),
    ]
    words = f"{TITLES[stack]}: {' + '.join(term.product for term in terms)} = {comparison.params(stack):,} weights"
    return drawing(WIDTH, addition + 68, *parts, title=words, style=FADE_IN, max_width=320)


def _header(t: Theme, comparison: BottleneckComparison, stack: str) -> Markup:
    total = text(0, 52, f"{comparison.params(stack):,}", t.ink, 30, font_weight=650)
    return together(text(0, 18, TITLES[stack], t.muted, 16), total)


def _end(t: Theme, y: float, channels: int) -> Markup:
    return text(AXIS, y, f"{channels} channels", t.muted, 14, "middle")


def _term(t: Theme, term: Term, y: float, side: float, label_x: float, index: int, colour: str) -> Markup:
    middle = y + side / 2
    square = rect(AXIS - side / 2, y, side, side, colour)
    product = text(label_x, middle - 4, term.product, t.ink, 15)
    count = text(label_x, middle + 15, f"= {term.params:,}", t.ink, 15, font_weight=650)
    return tag("g", square, product, count, class_="term", style=f"animation-delay:{index * 150}ms")


def _identity(t: Theme, left: float, top: float, bottom: float, bend: float = 14) -> Markup:
    """The shortcut: out to the left of the widest square, down, and back into the addition."""
    corners = (
        f"M{AXIS} {top:.1f} H{left + bend:.1f} Q{left:.1f} {top:.1f} {left:.1f} {top + bend:.1f} "
        f"V{bottom - bend:.1f} Q{left:.1f} {bottom:.1f} {left + bend:.1f} {bottom:.1f} H{AXIS - 13}"
    )
    head = f"M{AXIS - 20} {bottom - 5:.1f} L{AXIS - 12} {bottom:.1f} L{AXIS - 20} {bottom + 5:.1f}"
    return together(path(corners, t.identity, 2.5), path(head, t.identity, 2.5))
