"""tiles_html(): pictures of one size with captions, in as many columns as fit."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from html import escape
from io import BytesIO

from PIL import Image

from resnet_core.figures.theme import FONT, THEMES

GAP = 16  # pixels
SMALL = 64  # a picture up to this side goes as it is, and the browser draws its pixels as squares


def tiles_html(
    tiles: Sequence[tuple[Image.Image, str]], theme: str = "light", smallest: int = 150, largest: int = 240
) -> str:
    """A grid of pictures, each named by its caption for those who can't see it; a phone gets two columns.

    Args:
        tiles: pictures with their captions.
        theme: "light" or "dark".
        smallest, largest: width of a tile, in pixels.
    """
    t = THEMES[theme]
    widest = len(tiles) * largest + (len(tiles) - 1) * GAP
    grid = f"display:grid;grid-template-columns:repeat(auto-fit,minmax({smallest}px,1fr));gap:{GAP}px"
    caption = f"font:14px {FONT};color:{t.muted};text-align:center;margin-top:6px"
    figures = "".join(
        f"<figure style='margin:0'><img src='{_data_uri(picture)}' alt='{escape(words, quote=True)}' "
        f"style='display:block;width:100%;border-radius:4px;image-rendering:{_rendering(picture)}'>"
        f"<figcaption style='{escape(caption, quote=True)}'>{escape(words)}</figcaption></figure>"
        for picture, words in tiles
    )
    return f"<div style='{grid};max-width:{widest}px'>{figures}</div>"


def _rendering(picture: Image.Image) -> str:
    return "pixelated" if max(picture.size) <= SMALL else "auto"


def _data_uri(picture: Image.Image) -> str:
    data, kind = BytesIO(), "PNG" if max(picture.size) <= SMALL else "JPEG"
    picture.convert("RGB").save(data, kind, quality=88)
    return f"data:image/{kind.lower()};base64,{b64encode(data.getvalue()).decode()}"
