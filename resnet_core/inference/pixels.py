"""Any of Pillow's modes as 8-bit RGB, by strips, so that no large copy lies beside the picture."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PIL import Image

from resnet_core.inference.deep import is_deep, range_of, stretch

STRIP_PIXELS = 2**20


def to_rgb(image: Image.Image) -> Image.Image:
    """8-bit RGB: transparency on white, deep grey scaled to 0..255, which `info["note"]` then explains."""
    if is_deep(image):
        found = range_of(image)
        rgb = _by_strips(image, "L", partial(stretch, given=found)).convert("RGB")
        rgb.info = dict(image.info) | ({"note": found.note} if found.note else {})
        return rgb
    if not image.has_transparency_data:
        return image.convert("RGB")
    return _by_strips(image, "RGB", _on_white)


def _on_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("RGBA")
    white = Image.new("RGB", rgba.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _by_strips(image: Image.Image, mode: str, change: Callable[[Image.Image], Image.Image]) -> Image.Image:
    out = Image.new(mode, image.size)
    rows = max(1, STRIP_PIXELS // image.width)
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(top + rows, image.height)))
        out.paste(change(strip), (0, top))
    return out
