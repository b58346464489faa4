"""trays_html(): the photos of each class in a row, those marked that were called something else."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from io import BytesIO

from PIL import Image

from resnet_core.figures.theme import FONT, THEMES, Theme

SIDE = 40  # pixels of a photo on the page
MOST = 40  # photos of a row that are drawn
FIVE = 5  # photos that stay together, so that a line has five, ten or more in full


@dataclass(frozen=True, slots=True, kw_only=True)
class Tray:
    """One row.

    Attributes:
        name: of the class; "" where it stands elsewhere.
        pictures: of `thumb_uri`.
        called: number of a photo -> what it was called wrongly.
        says: what stands under the name.
    """

    name: str = ""
    pictures: Sequence[str] = ()
    called: Mapping[int, str] = field(default_factory=dict)
    says: str = ""


def thumb_uri(picture: Image.Image, side: int = 2 * SIDE) -> str:
    """The middle square of a picture as a small JPEG in a data: address."""
    edge = min(picture.size)
    left, top = (picture.width - edge) // 2, (picture.height - edge) // 2
    square = picture.convert("RGB").crop((left, top, left + edge, top + edge))
    data = BytesIO()
    square.resize((side, side), Image.Resampling.BICUBIC).save(data, "JPEG", quality=82)
    return f"data:image/jpeg;base64,{b64encode(data.getvalue()).decode()}"


def trays_html(trays: Sequence[Tray], theme: str = "light") -> str:
    """A list of rows: the name of a class, then its photos; a wrong one has a bar and a cross, and says its answer."""
    t = THEMES[theme]
    rows = "".join(_row(tray, t) for tray in trays)
    look = f"font:{15 * t.scale:g}px/1.4 {escape(FONT, quote=True)};color:{t.ink};display:grid;gap:12px"
    return f"<div role='list' style='{look}'>{rows}</div>"


def _row(tray: Tray, t: Theme) -> str:
    said = f"<div style='color:{t.muted};font-size:.93em'>{escape(tray.says)}</div>" if tray.says else ""
    head = f"<div style='flex:0 0 {104 * t.scale:g}px;overflow-wrap:anywhere'><b>{escape(tray.name)}</b>{said}</div>"
    each = [_photo(uri, tray.called.get(at, ""), t) for at, uri in enumerate(tray.pictures[:MOST])]
    fives = ("".join(each[at : at + FIVE]) for at in range(0, len(each), FIVE))
    photos = "".join(f"<span style='display:flex;gap:6px'>{five}</span>" for five in fives)
    if (rest := len(tray.pictures) - MOST) > 0:
        photos += f"<span style='align-self:center;color:{t.muted};padding-left:4px'>and {rest:,} more</span>"
    grid = "display:flex;flex-wrap:wrap;gap:6px;flex:1 1 200px"
    row = "display:flex;flex-wrap:wrap;gap:8px 12px;align-items:center"
    label = escape(tray.name or "photos", quote=True)
    return (
        f"<div role='listitem' aria-label='{label}, {len(tray.pictures)} photos' style='{row}'>"
        f"{head if tray.name else ''}<div style='{grid}'>{photos}</div></div>"
    )


def _photo(uri: str, called: str, t: Theme) -> str:
    side = SIDE * t.scale**0.5  # on the wall a row stays a row
    size = f"width:{side:g}px;height:{side:g}px"
    words = escape(f"called {called}" if called else "", quote=True)
    look = f"{size};display:block;border-radius:4px;box-shadow:0 0 0 1px {t.hairline}"
    picture = f"<img src='{uri}' alt='{words}' title='{words}' style='{look}'>"
    if not called:
        return picture
    cross = (
        f"position:absolute;right:-5px;top:-7px;width:16px;height:16px;border-radius:8px;background:{t.error};"
        f"color:{t.page};font:700 11px/16px sans-serif;text-align:center"
    )
    return (
        f"<span title='{words}' style='position:relative;outline:2px solid {t.error};outline-offset:1px;"
        f"border-radius:4px'>{picture}<span aria-hidden='true' style='{cross}'>✕</span></span>"
    )
