"""shapes_drawing(): what goes into a convolution and what comes out, as slabs in true proportion."""

from __future__ import annotations

from collections.abc import Sequence

from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, tag, text, together
from resnet_core.figures.theme import THEMES, Theme

WIDTH, HEIGHT, SIDE = 396, 190, 92  # of the picture, and of the larger slab's front, in the drawing's own units


def shapes_drawing(
    before: Sequence[int], after: Sequence[int] | None, how: Sequence[str], theme: str = "light"
) -> Drawing:
    """An SVG of two slabs with an arrow between: a slab's front is height by width, its depth the channels.

    Args:
        before, after: channels, height, width; `after` is None where that is the question.
        how: two lines of what stands between, over and under the arrow.
        theme: a name of `THEMES`.
    """
    t = THEMES[theme]
    size = 15 if t.scale == 1 else 17.5
    largest = max(*before[1:], *(after or before)[1:])
    deepest = max(before[0], (after or before)[0])
    parts = [
        _slab(t, 74, before, SIDE / largest, 34 / deepest, size),
        _question(t, 330, size) if after is None else _slab(t, 330, after, SIDE / largest, 34 / deepest, size),
        path("M142 86 H262", t.ink, 2 * t.scale), path("M254 80 L262 86 L254 92", t.ink, 2 * t.scale),
        text(202, 72, how[0], t.ink, size, "middle"), text(202, 112, how[1], t.ink, size, "middle"),
    ]  # fmt: skip
    out = "what comes out is the question" if after is None else f"{_words(after)} comes out"
    title = f"{_words(before)} goes in, {', '.join(how)}, {out}"
    return drawing(WIDTH, HEIGHT, *parts, title=title, max_width=520 if t.scale == 1 else 620)


def _words(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


def _slab(t: Theme, x: float, shape: Sequence[int], per_pixel: float, per_channel: float, size: float) -> Markup:
    """Front, top and side of a slab around `x`, its shape below."""
    channels, height, width = shape
    w, h, d = width * per_pixel, height * per_pixel, channels * per_channel
    left, top = x - (w + d) / 2, 86 - (h - d) / 2
    faces = [
        f"M{left} {top} l{d} {-d} h{w} l{-d} {d} z",
        f"M{left + w} {top} l{d} {-d} v{h} l{-d} {d} z",
    ]
    drawn = [tag("path", d=d, fill=t.stages[0], stroke=t.stages[3], stroke_width=1.5) for d in faces]
    front = rect(left, top, w, h, t.stages[1], rx=0, stroke=t.stages[3], stroke_width=1.5)
    return together(*drawn, front, text(x, HEIGHT - 14, _words(shape), t.ink, size, "middle", font_weight=650))


def _question(t: Theme, x: float, size: float) -> Markup:
    box = rect(x - 40, 46, 80, 80, "none", stroke=t.muted, stroke_width=1.5 * t.scale, stroke_dasharray="5 5")
    mark = text(x, 100, "?", t.ink, 40, "middle", font_weight=650)
    return together(box, mark, text(x, HEIGHT - 14, "? × ? × ?", t.ink, size, "middle", font_weight=650))
