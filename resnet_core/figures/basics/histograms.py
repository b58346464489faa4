"""norm_drawing(): the values of each channel over a batch, before and after batch norm, on two common axes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, text, together
from resnet_core.figures.theme import THEMES, Theme
from resnet_core.lab.basics.normed import Channel

BEFORE, AFTER = (-60.0, 140.0), (-5.0, 5.0)  # the axes' ends
TICKS = {BEFORE: (-50, 0, 50, 100), AFTER: (-4, -2, 0, 2, 4)}
BINS, ROW, TOP, NAMES, HALF, GAP = 50, 84, 36, 124, 372, 52
NARROW = (358, 318)  # width of the picture and of one half on a phone
SMALL, LARGE = 14, 16  # letters on a phone, and where a wide picture is drawn smaller than it is


def norm_drawing(channels: Sequence[Channel], theme: str = "light", *, narrow: bool = False) -> Drawing:
    """An SVG with a row for each channel: left before, right after batch norm; on a phone one under the other.

    A bar's height is the share of values in it, up to a quarter of them. What the ReLU would make zero is drawn pale.

    Args:
        channels: of `lab.basics.normed.normed_channels`.
    """
    t = THEMES[theme]
    tall = TOP + ROW * len(channels) + 30
    if narrow:
        (width, half), height = NARROW, 2 * tall
        places = ((20.0, 0.0), (20.0, float(tall)))
    else:
        width, half, height = NAMES + 2 * HALF + GAP, HALF, tall
        places = ((NAMES, 0.0), (NAMES + HALF + GAP, 0.0))
    before = _side(t, places[0], half, BEFORE, "before batch norm", [(c.name, c.before) for c in channels], True)
    after = _side(t, places[1], half, AFTER, "after batch norm", [(c.name, c.after) for c in channels], narrow)
    return drawing(width, height, before, after, title=_title(channels), max_width=width if narrow else 1040)


def _side(
    t: Theme, place: tuple[float, float], width: float, axis: tuple[float, float], title: str,
    rows: Sequence[tuple[str, NDArray[np.float64]]], named: bool,
) -> Markup:  # fmt: skip
    left, top = place
    low, high = axis
    narrow = left < NAMES
    size = SMALL if narrow else LARGE

    def x(value: float) -> float:
        return left + (value - low) / (high - low) * width

    bottom = top + TOP + ROW * len(rows)
    parts = [text(left, top + 18, title, t.ink, 16, font_weight=650)]
    parts += [path(f"M{x(tick):.1f} {top + TOP:.1f} V{bottom:.1f}", t.hairline, 1) for tick in TICKS[axis]]
    parts += [text(x(tick), bottom + 20, f"{tick}".replace("-", "−"), t.muted, size, "middle") for tick in TICKS[axis]]
    for number, (name, values) in enumerate(rows):
        foot = top + TOP + ROW * (number + 1)
        parts.append(_bars(t, values, axis, left, width, foot))
        parts.append(path(f"M{left:.1f} {foot:.1f} h{width:.1f}", t.hairline, 1))
        words = f"mean {_one(values.mean())}, spread {_one(values.std())}"
        halo = {"stroke": t.page, "stroke_width": 4, "paint_order": "stroke"}
        parts.append(text(left + width, foot - 52, words, t.ink, size, "end", **halo))
        if named:
            parts.append(
                text(left if narrow else left - 16, foot - (52 if narrow else 12), name, t.ink, LARGE - narrow,
                     "start" if narrow else "end", font_weight=600, **halo)
            )  # fmt: skip
    return together(*parts)


def _one(value: float) -> str:
    """With one decimal, and without a minus before 0.0."""
    return f"{round(float(value), 1) + 0.0:.1f}".replace("-", "−")


def _bars(
    t: Theme, values: NDArray[np.float64], axis: tuple[float, float], left: float, width: float, foot: float
) -> Markup:
    counts, edges = np.histogram(np.clip(values, *axis), BINS, axis)
    step, tallest = width / BINS, ROW - 30
    parts = []
    for number, (count, edge) in enumerate(zip(counts, edges[1:], strict=False)):
        if count:
            height = min(count / len(values) / 0.25, 1.0) * tallest
            opacity = None if edge > 1e-9 else 0.35
            bar = rect(
                left + number * step + 0.5, foot - height, step - 1, height, t.residual, rx=0, fill_opacity=opacity
            )
            parts.append(bar)
    return together(*parts)


def _title(channels: Sequence[Channel]) -> str:
    told = "; ".join(
        f"{c.name}: mean {c.before.mean():.1f}, spread {c.before.std():.1f}, then {c.after.mean():.1f} and "
        f"{c.after.std():.1f}"
        for c in channels
    )
    return f"Values of each channel before and after batch norm. {told}"
