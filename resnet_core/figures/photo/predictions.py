"""predictions_html(): the likeliest classes of one picture, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from resnet_core.figures.svg import Drawing
from resnet_core.figures.theme import FONT, THEMES, Theme
from resnet_core.notation import percent


def predictions_html(labels: Sequence[str], probabilities: Sequence[float], theme: str = "light") -> Drawing:
    """A list: each class and its probability over a bar from 0 to 100 %, likeliest first and in the accent colour.

    Args:
        labels: class names, shown letter by letter whatever they hold.
        probabilities: 0 to 1, in the same order; with six digits where a pointer rests.
        theme: "light" or "dark", or either with " large" for the wall.
    """
    t = THEMES[theme]
    rows = "".join(
        _row(label, share, t.stages[1] if later else t.residual, t)
        for later, (label, share) in enumerate(zip(labels, probabilities, strict=True))
    )
    own = f"color:{t.ink};background:{t.page};box-shadow:0 0 0 8px {t.page}"  # also in a notebook of the other theme
    look = f"font:{16 * t.scale:g}px/1.3 {escape(FONT, quote=True)};{own};display:grid;gap:.6em"
    return Drawing(f"<div role='list' style='{look}'>{rows}</div>")


def _row(label: str, share: float, colour: str, t: Theme) -> str:
    said = "display:flex;justify-content:space-between;gap:1em;font-variant-numeric:tabular-nums"
    bar = f"width:{100 * share:.4g}%;min-width:2px;height:100%;background:{colour};border-radius:2px"
    return (
        f"<div role='listitem' title='{share:.6f}'><div style='{said}'>"
        f"<span style='overflow-wrap:anywhere'>{escape(label)}</span>"
        f"<span style='white-space:nowrap'>{percent(share)}</span></div>"
        f"<div style='height:.5em;margin-top:.2em;background:{t.hairline};border-radius:2px'>"
        f"<div style='{bar}'></div></div></div>"
    )
