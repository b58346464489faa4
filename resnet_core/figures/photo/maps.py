"""Maps as pictures: a heat map over a photo, a channel in shades, and the scale that goes with either."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image

from resnet_core.figures.svg import drawing, rect, text
from resnet_core.figures.theme import HEAT, THEMES

Map = npt.NDArray[np.float32]
SCALE_WIDTH, SCALE_HEIGHT, STEPS = 260, 34, 26
SIDE = 416  # of a picture, in pixels
QUIET = 0.55  # how far a photo's colours fade under a heat map, so that the map's can be told from them


def square_picture(photo: Image.Image, side: int = SIDE) -> Image.Image:
    """A square photo at `side` pixels; each pixel of a small one as a square, as the network gets it."""
    small = 2 * photo.width <= side
    return photo.convert("RGB").resize((side, side), Image.Resampling.NEAREST if small else Image.Resampling.BICUBIC)


def overlay_picture(photo: Image.Image, heat: Map, opacity: float = 0.7, side: int = SIDE) -> Image.Image:
    """A heat map over a square photo. The hotter a place, the more of the map is seen and the less of the photo.

    Args:
        photo: RGB or grey, of any size.
        heat: (height, width), at least 0; its largest value is the hot end of the scale. Scaled up smoothly.
        opacity: of the hottest place, 0 to 1.
        side: of the result, in pixels.
    """
    base = square_picture(photo, side)
    share = np.clip(_smooth(_share(heat), side), 0, 1)
    pixels = np.asarray(base, np.float32)
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = pixels + (grey - pixels) * QUIET * min(1.0, 2 * opacity)
    cover = (opacity * np.sqrt(share))[..., None]
    return Image.fromarray((pixels * (1 - cover) + shades(share, HEAT) * cover).round().astype(np.uint8))


def channel_pictures(maps: Map, low: float, high: float, theme: str = "light") -> list[Image.Image]:
    """Each channel as a small picture, one pixel per value, in shades from `low` to `high`."""
    values = (np.clip(maps, low, high) - low) / max(high - low, 1e-12)
    return [Image.fromarray(shades(one, _blues(theme)).round().astype(np.uint8)) for one in values]


def scale_drawing(low: str, high: str, kind: str = "heat", theme: str = "light") -> str:
    """An SVG of the scale of "heat" or of a "channel", with words at its ends."""
    t = THEMES[theme]
    colours = shades(np.linspace(0, 1, STEPS, dtype=np.float32), HEAT if kind == "heat" else _blues(theme))
    width = SCALE_WIDTH / STEPS
    bars = [
        rect(index * width, 0, width + 0.5, 12, "#" + "".join(f"{round(c):02X}" for c in colour), rx=0)
        for index, colour in enumerate(colours.tolist())
    ]
    ends = (text(0, 29, low, t.muted, 14), text(SCALE_WIDTH, 29, high, t.muted, 14, "end"))
    return drawing(SCALE_WIDTH, SCALE_HEIGHT, *bars, *ends, title=f"The scale of colours, from {low} to {high}")


def shades(values: Map, ramp: Sequence[str]) -> npt.NDArray[np.float64]:
    """Values from 0 to 1 as colours between those of `ramp`: any shape (...) -> (..., 3), 0 to 255."""
    stops = np.array([[int(colour[i : i + 2], 16) for i in (1, 3, 5)] for colour in ramp])
    places = np.linspace(0, 1, len(ramp))
    return np.stack([np.interp(values, places, stops[:, channel]) for channel in range(3)], axis=-1)


def _blues(theme: str) -> tuple[str, ...]:
    t = THEMES[theme]
    return (t.hairline, *t.stages[:-1])


def _share(heat: Map) -> Map:
    """Of the largest value, 0 to 1; all 0 where nothing is above 0."""
    positive = np.maximum(heat, np.float32(0))
    largest = positive.max()
    return positive / largest if largest > 0 else positive


def _smooth(values: Map, side: int) -> Map:
    image = Image.fromarray(values.astype(np.float32))
    return np.asarray(image.resize((side, side), Image.Resampling.BILINEAR))
