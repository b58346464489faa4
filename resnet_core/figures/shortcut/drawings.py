"""One addition, its gradient, and what stands in its place in a plain network as pictures, for a notebook."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.errors import require
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.photo.maps import shades
from resnet_core.figures.shortcut.payload import SCALE
from resnet_core.figures.svg import Drawing, Markup, drawing, path, tag, text
from resnet_core.figures.theme import THEMES
from resnet_core.inference.explain.shortcut.addition import Addition, Transformation
from resnet_core.inference.explain.shortcut.split import GradientSplit

Map = npt.NDArray[np.float32]
SIDE, GAP = 160, 36
WIDTH = 640


def addition_drawing(terms: Addition, channel: int = 0, theme: str = "light") -> Drawing:
    """x, F(x), their sum and what goes on, of one channel, on one scale with white at zero.

    Raises:
        InvalidSpecError: for a channel or a theme that does not exist.
    """
    require(0 <= channel < len(terms.x), "channel", channel, f"0 to {len(terms.x) - 1}")
    require(theme in THEMES, "theme", theme, f"one of {', '.join(THEMES)}")
    after = "ReLU" if terms.rectified else "goes on as it is"
    named = [("", "x", terms.x), ("+", "F(x)", terms.branch), ("=", "x + F(x)", terms.sum), ("→", after, terms.out)]
    title = f"The addition of {block_name(terms.block)} in channel {channel}"
    return _in_a_row(named, terms.block, channel, theme, title)


def transformation_drawing(terms: Transformation, channel: int = 0, theme: str = "light") -> Drawing:
    """H(x) of a plain block and what goes on, of one channel, on one scale with white at zero.

    Raises:
        InvalidSpecError: for a channel or a theme that does not exist.
    """
    require(0 <= channel < len(terms.h), "channel", channel, f"0 to {len(terms.h) - 1}")
    require(theme in THEMES, "theme", theme, f"one of {', '.join(THEMES)}")
    named = [("", "H(x)", terms.h), ("→", "ReLU", terms.out)]
    title = f"H(x) of {block_name(terms.block)} in channel {channel}: nothing is added to it"
    return _in_a_row(named, terms.block, channel, theme, title)


def _in_a_row(named: list[tuple[str, str, Map]], block: str, channel: int, theme: str, title: str) -> Drawing:
    """One channel of each map, after the sign that leads to it."""
    t = THEMES[theme]
    shown = [(sign, name, whole[channel]) for sign, name, whole in named]
    bound = max(float(np.quantile(np.abs(one), 0.995)) for *_, one in shown) or 1.0
    parts: list[Markup] = []
    for number, (sign, name, one) in enumerate(shown):
        left = number * (SIDE + GAP)
        parts.append(text(left + SIDE / 2, 18, name, t.ink, 16, "middle", font_weight=600))
        parts.append(_picture(one, bound, left, 28))
        if sign:
            parts.append(
                text(left - GAP / 2, 28 + SIDE / 2 + 8, sign, t.identity if sign == "+" else t.ink, 24, "middle")
            )
    low, high = with_minus(f"{-bound:.2g}"), f"+{bound:.2g}"
    words = f"{block_name(block)}, channel {channel}: orange {low}, white 0, blue {high}"
    parts.append(text(0, 28 + SIDE + 24, words, t.muted, 14))
    return drawing(len(shown) * (SIDE + GAP) - GAP, SIDE + 62, *parts, title=title)


def split_drawing(split: GradientSplit, theme: str = "light") -> Drawing:
    """The shares of a block's gradient as two arrows on one axis, the second beginning where the first ends.

    Raises:
        InvalidSpecError: for a theme that does not exist.
    """
    require(theme in THEMES, "theme", theme, f"one of {', '.join(THEMES)}")
    t, share = THEMES[theme], split.identity_share
    low, high = min(0.0, share) - 0.12, max(1.0, share) + 0.12

    def to(value: float) -> float:
        return (value - low) / (high - low) * WIDTH

    parts: list[Markup] = []
    for value, words in ((0, "0"), (1, "100 %, the gradient at x")):
        parts += [
            path(f"M{to(value):.1f} 0V84", t.hairline, 1),
            text(min(to(value), WIDTH - 88), 102, words, t.muted, 14, "middle"),
        ]
    rows = (
        (0.0, share, 24, t.identity, "through the shortcut", share),
        (share, 1.0, 62, t.residual, "through F", split.branch_share),
    )
    for start, end, y, colour, name, part in rows:
        back = 9 if end >= start else -9
        head = f"M{to(end) - back:.1f} {y - 6}L{to(end):.1f} {y}L{to(end) - back:.1f} {y + 6}"
        middle = min(max((to(start) + to(end)) / 2, 130), WIDTH - 130)
        words = f"{name}, {with_minus(f'{100 * part:.1f}')} %"
        parts += [path(f"M{to(start):.1f} {y}H{to(end):.1f}", colour, 4), path(head, colour, 4)]
        parts.append(text(middle, y - 9, words, t.ink, 15, "middle", font_weight=600))
    stopped = f"The ReLU after the plus stopped {100 * split.stopped:.1f} % of what arrived there."
    parts.append(text(0, 130, stopped, t.muted, 14))
    return drawing(WIDTH, 138, *parts, title=f"The gradient at the input of {block_name(split.block)}, split")


def _picture(values: Map, bound: float, left: float, top: float) -> Markup:
    colours = shades(np.clip(values / bound, -1, 1) / 2 + 0.5, SCALE).round().astype(np.uint8)
    data = BytesIO()
    side = max(1, SIDE // max(values.shape))
    Image.fromarray(colours).resize((values.shape[1] * side, values.shape[0] * side), 0).save(data, "PNG")
    uri = f"data:image/png;base64,{b64encode(data.getvalue()).decode()}"
    return tag("image", x=left, y=top, width=SIDE, height=SIDE, href=uri, preserveAspectRatio="none")
