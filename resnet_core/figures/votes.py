"""votes_html(): how a class answered, as bars, before and after it talked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from resnet_core.figures.theme import FONT, THEMES, Theme


def votes_html(
    labels: Sequence[str], counts: Sequence[Sequence[int]], right: Sequence[bool] = (), theme: str = "light"
) -> str:
    """A row for each answer: what it says, how many gave it. A tick and the second colour mark what is right.

    Its sizes are in rem, so that it grows with the page's own type.

    Args:
        labels: the answers, in their order.
        counts: for each answer, how many gave it in each round; a round before the last is a thin line over it.
        right: for each answer whether it is right; none of them where that is not known.
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    most = max((count for row in counts for count in row), default=0) or 1
    marks = right or [False] * len(labels)
    rows = "".join(_row(*row, most, t) for row in zip(labels, counts, marks, strict=True))
    look = f"width:100%;border-collapse:collapse;font:1rem/1.4 {escape(FONT, quote=True)};color:{t.ink}"
    return f'<table style="{look};font-variant-numeric:tabular-nums">{rows}</table>'


def _row(label: str, counts: Sequence[int], right: bool, most: int, t: Theme) -> str:
    *before, last = counts
    colour, weight = (t.identity, 650) if right else (t.stages[2], 400)
    lines = "".join(_bar(count, most, colour, 0.35, f"first vote: {count}") for count in before)
    name = f"✓ {escape(label)}" if right else escape(label)
    return (
        f'<tr style="font-weight:{weight}"><td style="width:38%;padding:.3rem .75rem .3rem 0;border:0">{name}</td>'
        f'<td style="padding:.3rem 0;border:0">{lines}{_bar(last, most, colour, 1.25)}</td>'
        f'<td style="width:3rem;text-align:right;padding:.3rem 0;border:0">{last}</td></tr>'
    )


def _bar(count: int, most: int, colour: str, height: float, title: str = "") -> str:
    said = f' title="{title}"' if title else ""
    size = f"width:{100 * count / most:.1f}%;min-width:2px;height:{height}rem;margin:2px 0"
    return f'<div{said} style="{size};background:{colour};border-radius:3px"></div>'
