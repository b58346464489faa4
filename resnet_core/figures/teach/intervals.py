"""intervals_drawing(): shares of right answers as bars, each with the range in which the true one may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, tag, text, words
from resnet_core.figures.theme import THEMES, Theme

WIDTH, ROW, TOP, LEFT, RIGHT = 600.0, 44.0, 30.0, 220.0, 64.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One bar.

    Attributes:
        name: what was measured.
        share: right answers, 0 to 1.
        interval: the lowest and the highest share that is likely.
        accent: whether it is the one that the others are compared with.
    """

    name: str
    share: float
    interval: tuple[float, float]
    accent: bool = False


def intervals_drawing(shares: Sequence[Share], guessing: float, theme: str = "light") -> Drawing:
    """An SVG of bars from 0 to 100 %, in the order given, with a line where guessing would be.

    Args:
        guessing: the share that is right by chance, 0 to 1.
    """
    t = THEMES[theme]
    height = TOP + ROW * len(shares) + 8
    x = _x(guessing)
    chance = tag(
        "g",
        path(f"M{x:.1f} {TOP - 6:.1f} V{height:.1f}", t.muted, 1.5, "3 4"),
        text(x, 16, f"guessing {guessing:.0%}".replace("%", " %"), t.muted, 14, "middle"),
    )
    said = "; ".join(f"{one.name} {100 * one.share:.0f} %" for one in shares)
    return drawing(
        WIDTH, height, *(_bar(one, TOP + ROW * at, t) for at, one in enumerate(shares)), chance,
        title=f"Right answers: {said}", max_width=1.2 * WIDTH,
    )  # fmt: skip


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _bar(one: Share, y: float, t: Theme) -> Markup:
    low, high = map(_x, one.interval)
    middle = y + ROW / 2
    return tag(
        "g",
        tag("title", words(f"{one.name}: {100 * one.share:.1f} %, likely {100 * one.interval[0]:.0f} to "
                           f"{100 * one.interval[1]:.0f} %")),
        text(LEFT - 12, middle + 5, one.name, t.ink, 15, "end"),
        rect(LEFT, y + 8, max(_x(one.share) - LEFT, 1.0), ROW - 16, t.residual if one.accent else t.stages[1], rx=2),
        path(f"M{low:.1f} {middle:.1f} H{high:.1f} M{low:.1f} {middle - 6:.1f} v12 M{high:.1f} {middle - 6:.1f} v12",
             t.ink, 1.5),
        text(max(high, _x(one.share)) + 10, middle + 5, f"{100 * one.share:.0f} %", t.ink, 15, font_weight=650),
    )  # fmt: skip
