"""The card that a class joins from: a QR code, the address, and the code in letters that the last row can read."""

from __future__ import annotations

from html import escape

import segno

import resnet_core as rc
from pages.room.address import readable


def join_card(address: str, code: str, theme: str) -> str:
    """The card as HTML; on a narrow screen its two halves stand below each other."""
    colours = rc.figures.palette(theme)
    short = escape(readable(address.rpartition("/room/")[0]))
    row = "display:flex;flex-wrap:wrap;gap:8px 48px;align-items:center"
    code = f"<div style='font-size:var(--code,4.5rem);font-weight:650;letter-spacing:.12em'>{escape(code)}</div>"
    return (
        f"<div style='font:1.25rem/1.4 var(--st-font);color:{colours['ink']}'>"
        f"Open <b style='overflow-wrap:anywhere'>{short}/join</b> and type"
        f"<div style='{row}'>{code}{qr_code(address)}</div></div>"
    )


def qr_code(address: str) -> str:
    """An address as a QR code, dark on light in either theme, as cameras want it."""
    light = rc.figures.palette("light")
    svg = segno.make(address, error="m").svg_inline(
        scale=4, border=3, dark=light["ink"], light=light["page"], omitsize=True
    )
    label = escape(f"QR code of {address}", quote=True)
    look = "flex:0 1 240px;border-radius:6px;overflow:hidden;line-height:0"
    return f"<div role='img' aria-label='{label}' style='{look}'>{svg}</div>"
