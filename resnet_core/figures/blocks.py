"""blocks_drawing(): a plain block beside a residual one, and what each has to learn."""

from __future__ import annotations

from resnet_core.figures.svg import Drawing, Markup, arrow, drawing, path, plus, rect, text, together
from resnet_core.figures.theme import THEMES, Theme

WIDTH, HEIGHT = 408, 372  # half a page's width at 1280 pixels; leaves room for a wider font than ours
BOX_WIDTH, BOX_HEIGHT = 112, 36
SMALL = 14.5


def blocks_drawing(theme: str = "light") -> Drawing:
    """An SVG of two blocks with the same layers; the second adds its input to its result."""
    t = THEMES[theme]
    return drawing(
        WIDTH, HEIGHT, _block(t, 90, residual=False), _block(t, 264, residual=True), max_width=480,
        title="A plain block has to learn H(x). A residual block adds its input, so it learns only the difference F(x)",
    )  # fmt: skip


def _block(t: Theme, x: float, residual: bool) -> Markup:
    colour = t.residual if residual else t.plain
    parts = [
        text(x, 16, "residual block" if residual else "plain block", colour, 16, "middle", font_weight=650),
        text(x, 44, "x", t.ink, 17, "middle", font_style="italic"),
        arrow(x, 52, 84, t.muted),
        _box(t, x, 86, "weights", colour),
        arrow(x, 122, 148, t.muted),
        text(x + 10, 140, "relu", t.muted, SMALL),
        _box(t, x, 150, "weights", colour),
        *(_addition(t, x) if residual else (arrow(x, 186, 266, t.muted), text(x + 10, 232, "relu", t.muted, SMALL))),
    ]
    formula = "y = F(x) + x" if residual else "y = H(x)"
    lesson = "learns only the difference" if residual else "learns the whole mapping"
    copy = ("copies x with all", "weights at zero") if residual else ("must learn weights", "that copy x")
    return together(
        *parts,
        text(x, 290, formula, t.ink, 19, "middle", font_style="italic"),
        text(x, 318, lesson, t.ink, SMALL, "middle"),
        *(text(x, 339 + 18 * line, words, t.muted, SMALL, "middle") for line, words in enumerate(copy)),
    )


def _addition(t: Theme, x: float) -> tuple[Markup, ...]:
    return (
        arrow(x, 186, 215, t.muted),
        plus(x, 228, t.identity, t.page),
        arrow(x, 240, 266, t.muted),
        text(x + 10, 258, "relu", t.muted, SMALL),
        path(f"M{x} 64 C{x + 114} 64 {x + 114} 228 {x + 14} 228", t.identity, 3),
        path(f"M{x + 21} 223 L{x + 13} 228 L{x + 21} 233", t.identity, 3),
        text(x + 92, 140, "x,", t.identity, SMALL),
        text(x + 92, 157, "as it is", t.identity, SMALL),
    )


def _box(t: Theme, x: float, y: float, words: str, colour: str) -> Markup:
    box = rect(x - BOX_WIDTH / 2, y, BOX_WIDTH, BOX_HEIGHT, t.surface, stroke=colour, stroke_width=2)
    return together(box, text(x, y + 23, words, t.ink, 15, "middle"))
