"""shapes_drawing(): what goes into a convolution and what comes out, as slabs in true proportion."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme

WIDTH, HEIGHT = 396, 190
SIDE, DEPTH = 92, 34  # of the larger front and of the deeper slab


def shapes_drawing(
    before: Sequence[int], after: Sequence[int], how: Sequence[str], theme: str = "light", *, told: bool = True
) -> Drawing:
    """An SVG of two slabs with an arrow between: a slab's front is height by width, its depth the channels.

    Args:
        before, after: channels, height, width.
        how: two lines of what stands between, over and under the arrow.
        theme: a name of `THEMES`.
        told: whether what comes out is drawn, or asked.
    """
    t = THEMES[theme]
    size = 15.5 if t.scale == 1 else 17
    scale = SIDE / max(*before[1:], *after[1:]), DEPTH / max(before[0], after[0])
    parts = [
        _slab(t, 72, before, scale, size),
        _slab(t, 332, after, scale, size) if told else _question(t, 332, size),
        path("M146 86 H260 M252 80 L260 86 L252 92", t.ink, 2 if t.scale == 1 else 3),
        text(203, 72, how[0], t.ink, size, "middle"), text(203, 112, how[1], t.ink, size, "middle"),
    ]  # fmt: skip
    out = f"{_words(after)} comes out" if told else "what comes out is the question"
    title = f"{_words(before)} goes in, {', '.join(how)}, {out}"
    return drawing(WIDTH, HEIGHT, *parts, title=title, max_width=520 if t.scale == 1 else 620)


def _words(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


def _slab(t: Theme, x: float, shape: Sequence[int], scale: tuple[float, float], size: float) -> Markup:
    """Front, top and side of a slab around `x`, its shape below."""
    channels, height, width = shape
    w, h, d = width * scale[0], height * scale[0], channels * scale[1]
    left, top = x - (w + d) / 2, 86 - (h - d) / 2
    faces = f"M{left} {top} l{d} {-d} h{w} l{-d} {d} z M{left + w} {top} l{d} {-d} v{h} l{-d} {d} z"
    behind = tag("path", d=faces, fill=t.stages[0], stroke=t.stages[3], stroke_width=1.5)
    front = rect(left, top, w, h, t.stages[1], rx=0, stroke=t.stages[3], stroke_width=1.5)
    return together(behind, front, text(x, HEIGHT - 14, _words(shape), t.ink, size, "middle", font_weight=650))


def _question(t: Theme, x: float, size: float) -> Markup:
    box = rect(x - 40, 46, 80, 80, "none", stroke=t.muted, stroke_width=1.5, stroke_dasharray="5 5")
    mark = text(x, 100, "?", t.ink, 40, "middle", font_weight=650)
    return together(box, mark, text(x, HEIGHT - 14, "? × ? × ?", t.ink, size, "middle", font_weight=650))
