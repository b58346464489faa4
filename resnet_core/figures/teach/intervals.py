"""intervals_drawing(): shares of right answers as bars, each with the range in which the true one may lie."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, tag, text, words
from resnet_core.figures.theme import THEMES, Theme

WIDTH, ROW, TOP, RIGHT = 358.0, 62.0, 28.0, 64.0  # as wide as a phone, so that its letters are as large there
NAME, BAR = 26.0, 28.0  # of a row: its name, and below that its bar


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
    x, tops = _x(guessing), [TOP + ROW * at + NAME for at in range(len(shares))]
    chance = tag(
        "g",
        path(" ".join(f"M{x:.1f} {top - 4:.1f} V{top + BAR + 4:.1f}" for top in tops), t.muted, 1.5, "3 4"),
        text(0, 16, f"dotted: guessing {guessing:.0%}".replace("%", " %"), t.muted, 14),
    )
    said = "; ".join(f"{one.name} {100 * one.share:.0f} %" for one in shares)
    return drawing(
        WIDTH, height, *(_bar(one, TOP + ROW * at, t) for at, one in enumerate(shares)), chance,
        title=f"Right answers: {said}", max_width=1.4 * WIDTH,
    )  # fmt: skip


def _x(share: float) -> float:
    return share * (WIDTH - RIGHT)


def _bar(one: Share, y: float, t: Theme) -> Markup:
    low, high = map(_x, one.interval)
    middle = y + NAME + BAR / 2
    return tag(
        "g",
        tag("title", words(f"{one.name}: {100 * one.share:.1f} %, likely {100 * one.interval[0]:.0f} to "
                           f"{100 * one.interval[1]:.0f} %")),
        text(0, y + 18, one.name, t.ink, 15),
        rect(0, y + NAME, max(_x(one.share), 1.0), BAR, t.residual if one.accent else t.stages[1], rx=2),
        path(f"M{low:.1f} {middle:.1f} H{high:.1f} M{low:.1f} {middle - 6:.1f} v12 M{high:.1f} {middle - 6:.1f} v12",
             t.ink, 1.5),
        text(max(high, _x(one.share)) + 10, middle + 5, f"{100 * one.share:.0f} %", t.ink, 15, font_weight=650),
    )  # fmt: skip
