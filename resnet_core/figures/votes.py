"""votes_html(), spread_html(): how a class answered, as bars, before and after it talked."""

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


def spread_html(
    edges: Sequence[float], counts: Sequence[Sequence[int]], right: Sequence[bool] = (), theme: str = "light"
) -> str:
    """How numbers are spread: a column for each stretch, their edges below. Else as `votes_html`.

    Args:
        edges: where the stretches begin, and at last where they end: one more than there are columns.
    """
    t = THEMES[theme]
    most = max((count for row in counts for count in row), default=0) or 1
    marks = right or [False] * len(counts)
    columns = "".join(_column(*row, most, t) for row in zip(edges, counts, marks, strict=False))
    look = f"display:flex;align-items:flex-end;font:1rem/1.4 {escape(FONT, quote=True)};color:{t.ink}"
    end = f'<div style="width:0;white-space:nowrap"><span style="{_CENTRED}">{edges[-1]:g}</span></div>'
    return f'<div style="{look};font-variant-numeric:tabular-nums;padding:0 1.2rem 0 .5rem">{columns}{end}</div>'


_CENTRED = "display:inline-block;transform:translateX(-50%)"


def _column(edge: float, counts: Sequence[int], right: bool, most: int, t: Theme) -> str:
    *before, last = counts
    colour = t.identity if right else t.stages[2]
    thin = "".join(_upright(count, most, colour, "flex:1", f"first vote: {count}") for count in before)
    said = f"✓ {last}" if right else str(last or "")
    return (
        f'<div style="flex:1;min-width:0"><div style="text-align:center;font-weight:{650 if right else 400}">{said}'
        f'</div><div style="display:flex;align-items:flex-end;gap:2px;padding:0 3px;border-bottom:1px solid {t.muted}">'
        f'{thin}{_upright(last, most, colour, "flex:3")}</div><span style="{_CENTRED}">{edge:g}</span></div>'
    )


def _upright(count: int, most: int, colour: str, width: str, title: str = "") -> str:
    said = f' title="{title}"' if title else ""
    return f'<div{said} style="{width};height:{6 * count / most:.2f}rem;background:{colour}"></div>'
