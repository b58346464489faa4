"""What a network sees of a picture: the crops framed on it, and the range of the values after normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw

from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.figures.svg import Markup, drawing, rect, tag, text
from resnet_core.figures.theme import THEMES, Theme

if TYPE_CHECKING:
    from resnet_core.inference.preprocessing import Frame
    from resnet_core.inference.steps import ChannelRange

VEIL = 0.55  # of the page's colour, over what no crop sees
ROW, LABEL, PLOT, WIDTH = 26.0, 44.0, 152.0, 200.0


def framed_picture(image: Image.Image, frames: Sequence[Frame], theme: str = "light") -> Image.Image:
    """A copy with each crop framed in the accent colour, and what lies outside of all of them veiled.

    Args:
        frames: left, top, right, bottom as shares of the picture's width and height.
    """
    t = THEMES[theme]
    boxes = [_pixels(frame, image.size) for frame in frames]
    outside = Image.new("L", image.size, round(255 * VEIL))
    for box in boxes:
        outside.paste(0, box)
    framed = image.copy()
    framed.paste(t.page, mask=outside)
    pen, width = ImageDraw.Draw(framed), max(1, round(max(image.size) / 160))
    for left, top, right, bottom in boxes:
        pen.rectangle((left, top, right - 1, bottom - 1), outline=t.page, width=2 * width)
        pen.rectangle((left, top, right - 1, bottom - 1), outline=t.residual, width=width)
    return framed


def ranges_drawing(ranges: Sequence[ChannelRange], theme: str = "light") -> str:
    """An SVG with a bar for each channel from the lowest to the highest value, a tick at the mean and a line at 0."""
    t = THEMES[theme]
    low, high = min(one.black for one in ranges), max(one.white for one in ranges)
    scale = PLOT / (high - low)
    rows = [_channel(one, ROW * index, low, scale, t) for index, one in enumerate(ranges)]
    foot = ROW * len(ranges)
    zero = LABEL + (0 - low) * scale
    marks = [
        tag("line", x1=zero, x2=zero, y1=0, y2=foot, stroke=t.muted, stroke_width=1, stroke_dasharray="2 3"),
        *(part for row in rows for part in row),
        text(zero, foot + 15, "0", t.muted, 16, "middle"),
        text(LABEL, foot + 15, _number(low), t.muted, 16, "start"),
        text(LABEL + PLOT, foot + 15, _number(high), t.muted, 16, "end"),
    ]
    title = "; ".join(f"{one.channel} {_number(one.lowest)} to {_number(one.highest)}" for one in ranges)
    return drawing(WIDTH, foot + 20, *marks, title=f"Values after normalisation: {title}")


def _channel(one: ChannelRange, y: float, low: float, scale: float, t: Theme) -> list[Markup]:
    left, right, mean = (LABEL + (value - low) * scale for value in (one.lowest, one.highest, one.mean))
    return [
        text(0, y + 17, one.channel, t.ink, 16),
        rect(LABEL, y + 8, PLOT, 10, t.hairline, rx=2),
        rect(left, y + 8, max(right - left, 2), 10, t.stages[2], rx=2),
        rect(mean - 1.5, y + 4, 3, 18, t.ink, rx=1),
    ]


def _pixels(frame: Frame, size: tuple[int, int]) -> tuple[int, int, int, int]:
    left, top, right, bottom = (round(share * side) for share, side in zip(frame, (*size, *size), strict=True))
    return left, top, max(right, left + 1), max(bottom, top + 1)


def _number(value: float) -> str:
    return with_minus(f"{value:.2f}")
