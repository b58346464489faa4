"""Pictures with more than 8 bits a pixel in grey: which of their numbers is black, and which is white."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

LOOKED_AT = 2**22  # pixels that the range is taken from
LOW, HIGH = 0.5, 99.5  # percent
WHITE_16_BIT = 65535
WHITE_12_BIT = 4095

Values = npt.NDArray[np.float64]


class Range(NamedTuple):
    """What is shown as black and as white, and what a visitor should know about it."""

    black: float
    white: float
    note: str


def is_deep(image: Image.Image) -> bool:
    """Whether the picture is grey with 16 or 32 bits a pixel."""
    return image.mode in ("I", "F") or image.mode.startswith("I;16")


def range_of(image: Image.Image) -> Range:
    """16 bits go from 0 to 65,535. Other numbers have no agreed white: their own range, without odd ones out."""
    values = _sample(image)
    if image.mode.startswith("I;16"):
        return Range(0, WHITE_16_BIT, _dark_note(values))
    finite = values[np.isfinite(values)]
    if not finite.size:
        return Range(0, 1, "This picture holds no numbers at all, so all of it is black.")
    black, white = _robust(_without_nodata(finite))
    outside = (values < black) | (values > white) | ~np.isfinite(values)
    return Range(black, white, _range_note(black, white, outside.mean()))


def stretch(image: Image.Image, given: Range) -> Image.Image:
    """The picture as 8-bit grey; what is no number is black. Takes 8 bytes a pixel: pass it by strips."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float64), nan=given.black, posinf=np.inf, neginf=-np.inf)
    values -= given.black
    values *= 255 / max(given.white - given.black, 1e-300)
    return Image.fromarray(np.rint(values.clip(0, 255, out=values), out=values).astype(np.uint8))


def _sample(image: Image.Image) -> Values:
    """All values (N,), or of a large picture an even selection."""
    every = int(np.ceil((image.width * image.height / LOOKED_AT) ** 0.5))
    if every > 1:
        image = image.resize((max(1, image.width // every), max(1, image.height // every)), Image.Resampling.NEAREST)
    return np.asarray(image, dtype=np.float64).ravel()


def _without_nodata(finite: Values) -> Values:
    """Without a lowest or highest value that many pixels share and that lies farther off than the rest is wide.

    So maps mark places without a measurement: -9999, -32768, 3.4e38. Zero is a value like others.
    """
    for marked in (finite.min(), finite.max()):
        rest = finite[finite != marked]
        if marked == 0 or len(finite) - len(rest) < 2 or not rest.size:
            continue
        low, high = np.percentile(rest, (LOW, HIGH), method="nearest")
        if high > low and min(abs(marked - low), abs(marked - high)) > high - low:
            finite = rest
    return finite


def _robust(values: Values) -> tuple[float, float]:
    """The lowest and the highest value, but none farther from 99 % of them than these are wide."""
    low, high = np.percentile(values, (LOW, HIGH), method="nearest")
    width = high - low
    if width > 0:
        values = values[(values >= low - width) & (values <= high + width)]
    return float(values.min()), float(values.max())


def _range_note(black: float, white: float, outside: float) -> str:
    if black == white:
        return f"All its numbers are {black:,.4g}, so all of it is black."
    note = f"Its numbers have no agreed white: {black:,.4g} is shown as black, {white:,.4g} as white"
    if not outside:
        return f"{note}."
    share = "less than 0.1 %" if outside < 1e-3 else f"{outside:.1%}".replace("%", " %")
    return f"{note}; {share} of the pixels lie outside or hold no number."


def _dark_note(values: Values) -> str:
    highest = int(values.max())
    if not 0 < highest <= WHITE_12_BIT:
        return ""
    return (
        f"Its brightest pixel is {highest:,} of {WHITE_16_BIT:,}, as where a camera's 12 bits are kept in 16: "
        "it is shown as dark as that says."
    )
