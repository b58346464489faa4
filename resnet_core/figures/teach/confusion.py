"""confusion_html(): what photos show, against what they were called."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

from resnet_core.figures.theme import FONT, THEMES, Theme

LONGEST = 16  # letters of a name in the head of a column


def confusion_html(classes: Sequence[str], counts: npt.NDArray[np.integer], theme: str = "light") -> str:
    """A table: a row for what a photo shows, a column for what it was called; right answers lie on the diagonal.

    Args:
        classes: names.
        counts: (classes, classes) photos.
    """
    t = THEMES[theme]
    largest = max(int(counts.max()), 1) if counts.size else 1
    heads = "".join(f"<th scope='col' style='{_head(t)}'>{escape(_short(name))}</th>" for name in classes)
    rows = "".join(
        f"<tr><th scope='row' style='{_head(t)};text-align:right;overflow-wrap:anywhere'>{escape(name)}</th>"
        + "".join(_cell(int(count), row == column, largest, t) for column, count in enumerate(counts[row]))
        + "</tr>"
        for row, name in enumerate(classes)
    )
    font = f"font:{15 * t.scale:g}px/1.3 {escape(FONT, quote=True)}"
    look = f"border-collapse:separate;border-spacing:3px;{font};color:{t.ink}"
    caption = f"<caption style='text-align:left;color:{t.muted};padding-bottom:4px'>shown ↓ &nbsp; called →</caption>"
    return (
        f"<div style='overflow-x:auto'><table style='{look};font-variant-numeric:tabular-nums'>{caption}"
        f"<tr><td></td>{heads}</tr>{rows}</table></div>"
    )


def _head(t: Theme) -> str:
    return f"font-weight:400;color:{t.muted};padding:2px 8px;border:0"


def _cell(count: int, right: bool, largest: int, t: Theme) -> str:
    """Blue where it is right, red-bordered where it is not; deeper for more photos."""
    step = min(round(3 * count / largest), 3)
    colour = t.stages[step] if right and count else t.surface
    ink = t.on_stages[step] if right and count else t.ink if count else t.muted
    edge = f"box-shadow:inset 0 0 0 2px {t.error};" if count and not right else ""
    weight = 650 if count else 400
    return (
        f"<td style='{edge}background:{colour};color:{ink};font-weight:{weight};min-width:56px;text-align:center;"
        f"padding:8px;border:0;border-radius:4px'>{count or '·'}</td>"
    )


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
