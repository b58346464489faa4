"""strip_uri(): a few maps side by side, on one diverging scale, as a picture for a web page."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor

from resnet_core.errors import require
from resnet_core.figures.theme import LIGHT

# The same in both themes, as a photo is: below 0, 0, above 0.
BELOW, ZERO, ABOVE = (np.array(ImageColor.getrgb(colour)) for colour in (LIGHT.plain, "#FFFFFF", LIGHT.residual))
SHADES = 32  # of each sign: as few as the eye does not count, since a page has a hundred of these
_SHARES = np.abs(np.arange(-SHADES, SHADES + 1))[:, None] / SHADES
_ENDS = np.where(np.arange(-SHADES, SHADES + 1)[:, None] < 0, BELOW, ABOVE)
PALETTE = (ZERO + _SHARES * (_ENDS - ZERO)).round().astype(np.uint8)  # (65, 3)


def strip_uri(maps: npt.NDArray[np.floating]) -> str:
    """A PNG as a data: address, one pixel a value: the maps from left to right, white at zero.

    Args:
        maps: (k, height, width). The largest size of a value among them gets the full colour.

    Raises:
        InvalidSpecError: for another shape.
    """
    require(maps.ndim == 3 and maps.size > 0, "maps.shape", maps.shape, "(k, height, width)")
    row = np.concatenate(list(maps), axis=1).astype(np.float32)
    bound = float(np.abs(row).max()) or 1.0
    shades = (np.rint(row / bound * SHADES) + SHADES).astype(np.uint8)
    picture = Image.frombytes("P", shades.shape[::-1], shades.tobytes())
    picture.putpalette(PALETTE.tobytes())
    data = BytesIO()
    picture.save(data, "PNG")
    return f"data:image/png;base64,{b64encode(data.getvalue()).decode()}"
