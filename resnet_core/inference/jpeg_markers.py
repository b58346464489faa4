"""What a JPEG's markers say: how many scans it has, and whether it lacks only its end."""

from __future__ import annotations

import re
from io import BytesIO
from typing import NamedTuple

from PIL import Image, ImageChops

from resnet_core.inference.limits import MAX_SCANS

# ITU-T T.81, annex B. In coded data a 0xFF byte is followed by 0 or a restart marker (D0 to D7), never by these.
# Of several 0xFF the last one is the marker's. Python seeks the first byte of a pattern by memchr: `\xff+` finds the
# same in sixteen times the time.
_MARKER = re.compile(rb"\xff([\x01-\xcf\xd8-\xfe])")
_SOI, _EOI, _SOS, _TEM = 0xD8, 0xD9, 0xDA, 0x01
_FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
_COEFFICIENTS = 64
# Coded data that decodes to something: where a picture lacks data, this shows.
_FILLER = bytes((0x5A, 0xA5, 0x3C, 0xC6)) * 64


class Markers(NamedTuple):
    """Of one JPEG: its scans, counted up to one more than are allowed; whether an end marker came; whether the scans
    hold every coefficient of every component to its last bit."""

    scans: int
    ended: bool
    complete: bool


def read_markers(data: bytes) -> Markers:
    """Walk from marker to marker, as a decoder does. Thumbnails in the header and what follows the end don't count."""
    scans, missing, at = 0, {-1: 1}, 0
    while scans <= MAX_SCANS and (found := _MARKER.search(data, at)):
        marker, at = found[1][0], found.end()
        if marker == _EOI:
            return Markers(scans, True, not any(missing.values()))
        if marker in (_SOI, _TEM):
            continue
        length = int.from_bytes(data[at : at + 2], "big")
        body, at = data[at + 2 : at + length], at + max(length, 2)
        if marker in _FRAMES:
            missing = {body[6 + 3 * i]: 2**_COEFFICIENTS - 1 for i in range(len(body[6:]) // 3)}
        elif marker == _SOS:
            scans += 1
            _take_off(missing, body)
    return Markers(scans, False, not any(missing.values()))


def finished(data: bytes) -> bytes:
    """The JPEG with an end marker, if it lacks nothing else; otherwise as it is.

    Whether the coded data reaches to the last row is tried: more data must change nothing.
    """
    markers = read_markers(data)
    if markers.ended or not markers.complete:
        return data
    ended = [data + more + b"\xff\xd9" for more in (b"", _FILLER)]
    with Image.open(BytesIO(ended[0]), formats=["JPEG"]) as one, Image.open(BytesIO(ended[1]), formats=["JPEG"]) as two:
        for image in (one, two):
            image.draft(None, (max(1, image.width // 8), max(1, image.height // 8)))
        return data if ImageChops.difference(one, two).getbbox() else ended[0]


def _take_off(missing: dict[int, int], body: bytes) -> None:
    """Strike out what a scan brings to its last bit: its header holds n, n components, Ss, Se, Ah and Al."""
    if len(body) < 4 or body[-1] & 15:
        return
    first, last = body[-3], min(body[-2], _COEFFICIENTS - 1)
    brought = sum(1 << k for k in range(first, last + 1))
    for component in body[1:-3:2]:
        missing[component] = missing.get(component, 0) & ~brought
