"""votes_html(), spread_html(): how a class answered, as bars or columns, before and after it talked."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from resnet_core.figures.theme import FONT, THEMES, Theme


def votes_html(
    labels: Sequence[str], counts: Sequence[Sequence[int]], right: Sequence[bool] = (), theme: str = "light"
) -> str:
    """A row for each answer: what it says, how many gave it. A tick and the second colour mark what is right.

    Where there is little room an answer stands above its bar. A page may say how large its type is, by the style
    property --votes: all grows with it.

    Args:
        labels: the answers, in their order.
        counts: for each answer, how many gave it in each round; a round before the last is a thin line over it.
        right: for each answer whether it is right; none of them where that is not known.
        theme: "light" or "dark".
    """
    t, most = THEMES[theme], _most(counts)
    rows = "".join(
        f'<li style="display:flex;flex-wrap:wrap;align-items:center;gap:0 .75em;padding:.2em 0;{_weight(one)}">'
        f'<div style="flex:1 1 16em">{_tick(one)}{escape(label)}</div>'
        f'<div style="flex:2 1 20em;display:flex;align-items:center">'
        f'<div style="flex:1">{_marks(row, most, one, t, upright=False)}</div>'
        f'<div style="width:3em;text-align:right">{row[-1]}</div></div></li>'
        for label, row, one in zip(labels, counts, right or [False] * len(counts), strict=True)
    )
    return f'<ul style="list-style:none;margin:0;padding:0;{_type(t)}">{rows}</ul>'


def spread_html(
    edges: Sequence[float], counts: Sequence[Sequence[int]], right: Sequence[bool] = (), theme: str = "light"
) -> str:
    """How numbers are spread: a column for each stretch, their edges below. Else as `votes_html`.

    A page may say how high the highest column is, by the style property --column.

    Args:
        edges: where the stretches begin, and at last where they end: one more than there are columns.
    """
    t, most = THEMES[theme], _most(counts)
    columns = "".join(
        f'<div style="flex:1;min-width:0"><div style="text-align:center;{_weight(one)}">'
        f"{_tick(one)}{row[-1] if row[-1] or one else ''}</div>"
        f'<div style="display:flex;align-items:flex-end;gap:2px;padding:0 3px;border-bottom:1px solid {t.muted}">'
        f'{_marks(row, most, one, t, upright=True)}</div><span style="{_CENTRED}">{edge:g}</span></div>'
        for edge, row, one in zip(edges[:-1], counts, right or [False] * len(counts), strict=True)
    )
    end = f'<div style="width:0;white-space:nowrap"><span style="{_CENTRED}">{edges[-1]:g}</span></div>'
    return f'<div style="display:flex;align-items:flex-end;padding:0 1.2rem 0 .5rem;{_type(t)}">{columns}{end}</div>'


_CENTRED = "display:inline-block;transform:translateX(-50%)"


def _most(counts: Sequence[Sequence[int]]) -> int:
    return max((count for row in counts for count in row), default=0) or 1


def _marks(counts: Sequence[int], most: int, right: bool, t: Theme, *, upright: bool) -> str:
    """One answer's bars or columns: a thin one for each round before the last."""
    drawn, colour = [], t.identity if right else t.stages[2]
    for turn, count in enumerate(counts, 1 - len(counts)):
        share, said = count / most, f' title="first vote: {count}"' if turn else ""
        if upright:
            size = f"flex:{1 if turn else 3};height:calc(var(--column, 6rem)*{share:.3f})"
        else:
            size = f"width:{100 * share:.1f}%;min-width:2px;height:{0.35 if turn else 1}em;margin:2px 0"
        drawn.append(f'<div{said} style="{size};border-radius:{0 if upright else 3}px;background:{colour}"></div>')
    return "".join(drawn)


def _tick(right: bool) -> str:
    return "✓ " if right else ""


def _weight(right: bool) -> str:
    return f"font-weight:{650 if right else 400}"


def _type(t: Theme) -> str:
    return f"font:var(--votes,1rem)/1.35 {escape(FONT, quote=True)};color:{t.ink};font-variant-numeric:tabular-nums"
