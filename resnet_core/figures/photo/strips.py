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
    share = np.clip(row / bound, -1, 1)[..., None]
    colours = ZERO + np.abs(share) * (np.where(share < 0, BELOW, ABOVE) - ZERO)
    data = BytesIO()
    Image.fromarray(colours.round().astype(np.uint8)).quantize(64).save(data, "PNG", optimize=True)
    return f"data:image/png;base64,{b64encode(data.getvalue()).decode()}"
