"""softmax_drawing(): from ten logits to ten shares, one step a column."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from resnet_core.errors import InvalidSpecError
from resnet_core.figures.svg import Drawing, Markup, drawing, path, rect, text, together
from resnet_core.figures.theme import THEMES, Theme

WIDE, NARROW = 880, 358
ROW, TOP = 30, 44
SMALL, LARGE = 14, 16  # letters on a phone, and where a wide picture is drawn smaller than it is


def softmax_drawing(
    labels: Sequence[str], logits: Sequence[float], temperature: float = 1.0, theme: str = "light", *,
    narrow: bool = False,
) -> Drawing:  # fmt: skip
    """An SVG with a row for each class, largest logit first: the logit, e to the power of it, its share.

    Args:
        labels, logits: in the same order.
        temperature: what the logits are divided by.
        narrow: for a phone; without the middle column.

    Raises:
        InvalidSpecError: for a temperature that is not above 0.
    """
    if not temperature > 0:
        raise InvalidSpecError(f"temperature={temperature} does not work: it must be above 0; 1 changes nothing.")
    t, width = THEMES[theme], NARROW if narrow else WIDE
    order = [int(one) for one in np.argsort(-np.asarray(logits), kind="stable")]
    scaled = [logits[one] / temperature for one in order]
    powers = [math.exp(one) for one in scaled]
    rows = list(zip((labels[one] for one in order), scaled, powers, strict=True))
    columns = _columns(t, rows, temperature, narrow)
    best, share = rows[0][0], powers[0] / sum(powers)
    title = f"Logits and shares of {len(rows)} classes. The largest share: {best}, {share * 100:.1f} %"
    return drawing(width, TOP + ROW * len(rows) + 8, columns, title=title, max_width=width if narrow else 1040)


def _columns(t: Theme, rows: Sequence[tuple[str, float, float]], temperature: float, narrow: bool) -> Markup:
    reach, total = max(abs(logit) for _, logit, _ in rows) or 1.0, sum(power for _, _, power in rows)
    name, zero, half, middle, share, full = (0, 148, 32, 0, 224, 66) if narrow else (0, 240, 90, 500, 540, 250)
    over, size = "" if temperature == 1 else " / T", SMALL if narrow else LARGE
    heads = [(zero, f"logit{over}", "middle"), (share, "share", "start")]
    heads += [] if narrow else [(middle, f"e to the power of {'it' if not over else 'that'}", "end")]
    parts = [text(x, 20, words, t.muted, size, anchor) for x, words, anchor in heads]
    for number, (label, logit, power) in enumerate(rows):
        y = TOP + ROW * number
        base, weight = y + 15, 650 if number == 0 else 400
        colour = t.residual if logit >= 0 else t.plain
        length = abs(logit) / reach * half
        parts.append(text(name, base, label, t.ink, size + narrow, font_weight=weight))
        parts.append(rect(zero if logit >= 0 else zero - length, y + 2, length, 16, colour, rx=1))
        beside = (zero - length - 6, "end") if logit < 0 else (zero + length + 6, "start")
        parts.append(text(beside[0], base, f"{logit:.1f}".replace("-", "−"), t.ink, size, beside[1]))
        if not narrow:
            parts.append(text(middle, base, _power(power), t.ink, size, "end"))
        parts.append(rect(share, y + 2, power / total * full, 16, t.residual if number == 0 else t.stages[2], rx=1))
        beyond = share + power / total * full + 6
        parts.append(text(beyond, base, f"{power / total * 100:.1f} %", t.ink, size, font_weight=weight))
    return together(path(f"M{zero} {TOP - 6} V{TOP + ROW * len(rows)}", t.hairline, 1), *parts)


def _power(value: float) -> str:
    """ "1,234", "12.3", "0.0012": three digits and a separator."""
    return f"{value:,.0f}" if value >= 100 else f"{value:#.3g}"
