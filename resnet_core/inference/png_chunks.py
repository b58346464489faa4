"""A PNG without those texts and profiles that are too large to unpack: the pixels need none of them."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from resnet_core.inference.limits import MAX_TEXT_BYTES, MAX_TEXTS

_SIGNATURE_BYTES = 8
_FRAME_BYTES = 12  # length, kind and check sum of a chunk
_TEXTS = (b"tEXt", b"zTXt", b"iTXt", b"iCCP")


def without_large_texts(data: bytes) -> bytes:
    """The PNG without its texts and profiles above 1 MiB unpacked, or all beyond the thirty-second.

    Each is unpacked up to that bound at most, so that a small file can't make much work.
    """
    texts = [(at, end, kind) for at, end, kind in _chunks(data) if kind in _TEXTS]
    dropped = [
        (at, end)
        for number, (at, end, kind) in enumerate(texts)
        if number >= MAX_TEXTS or _is_large(kind, data[at + 8 : end - 4])
    ]
    kept, place = [], 0
    for at, end in dropped:
        kept.append(data[place:at])
        place = end
    return b"".join([*kept, data[place:]]) if dropped else data


def _chunks(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(begin, end, kind) of each whole chunk, in bytes from the file's begin."""
    at = _SIGNATURE_BYTES
    while at + _FRAME_BYTES <= len(data):
        end = at + _FRAME_BYTES + int.from_bytes(data[at : at + 4], "big")
        if end > len(data):
            return
        yield at, end, data[at + 4 : at + 8]
        at = end


def _is_large(kind: bytes, body: bytes) -> bool:
    """PNG specification, 11.3.3: a keyword, a zero, what the kind adds, and the text, packed or not."""
    _, _, rest = body.partition(b"\0")
    if kind == b"iTXt":
        packed, (_, _, rest) = rest[:1] == b"\1", _three(rest[2:])
    else:
        packed, rest = kind != b"tEXt", rest[1:]
    if not packed:
        return len(rest) > MAX_TEXT_BYTES
    try:
        return len(zlib.decompressobj().decompress(rest, MAX_TEXT_BYTES + 1)) > MAX_TEXT_BYTES
    except zlib.error:  # Pillow knows what to do with those
        return False


def _three(rest: bytes) -> tuple[bytes, bytes, bytes]:
    language, _, rest = rest.partition(b"\0")
    translated, _, text = rest.partition(b"\0")
    return language, translated, text
