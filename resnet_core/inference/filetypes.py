"""What a file that is no picture of ours seems to be, by its first bytes."""

from __future__ import annotations

import re

# Phrases that continue "This is ...". Offsets and bytes: the formats' own specifications.
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF", "a PDF document"),
    (0, b"%!PS", "a PostScript drawing"),
    (0, b"PK\x03\x04", "a ZIP archive or an Office document"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"\x00\x00\x01\x00", "a Windows icon"),
    (0, b"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (0, b"\x7fELF", "a program"),
    (0, b"MZ", "a program"),
    (0, b"\x1aE\xdf\xa3", "a film"),
    (0, b"ID3", "a sound recording"),
    (0, b"OggS", "a sound recording or a film"),
    (8, b"WAVE", "a sound recording"),
    (8, b"AVI ", "a film"),
    (4, b"ftypavi", "an AVIF picture"),
    (4, b"ftyphei", "a HEIC photo, as iPhones take them"),
    (4, b"ftyphev", "a HEIC photo, as iPhones take them"),
    (4, b"ftypmif1", "a HEIC photo, as iPhones take them"),
    (4, b"ftyp", "a film"),
)  # fmt: skip

_READABLE: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "PNG"),
    (0, b"\xff\xd8\xff", "JPEG"),
    (8, b"WEBP", "WEBP"),
    (0, b"BM", "BMP"),
    (0, b"GIF8", "GIF"),
    (0, b"II*\x00", "TIFF"),
    (0, b"MM\x00*", "TIFF"),
)


def readable_format(data: bytes) -> str | None:
    """The format of ours that `data` begins like, e.g. "PNG"; whether it is whole is another question."""
    return next((name for offset, magic, name in _READABLE if data[offset:].startswith(magic)), None)


def describe_bytes(data: bytes) -> str | None:
    """A phrase such as "a PDF document", or None for bytes that look like nothing known."""
    head = data[:2048]
    for offset, magic, phrase in _SIGNATURES:
        if head[offset:].startswith(magic):
            return phrase
    return _describe_text(head)


def _describe_text(head: bytes) -> str | None:
    text = head.removeprefix(b"\xef\xbb\xbf").decode("latin-1").lstrip().lower()
    if re.search(r"<svg[\s>]", text):
        return "an SVG drawing"
    if text.startswith(("<!doctype html", "<html")):
        return "a web page"
    if text.startswith("<?xml"):
        return "an XML document"
    printable = sum(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head)
    return "a text" if head and printable == len(head) else None
