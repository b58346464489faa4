"""Which picture formats are read, by which endings, and what any other file seems to be by its first bytes."""

from __future__ import annotations

import re

from PIL import features

# Pillow's name of each format that is read, with the endings under which its files go. The one list of them:
# pages, commands and training ask here. What a file is, its bytes decide; an ending only says what to look at.
READ_FORMATS: dict[str, tuple[str, ...]] = {
    "PNG": (".png", ".apng"),
    "JPEG": (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"),
    "WEBP": (".webp",),
    "BMP": (".bmp",),
    "GIF": (".gif",),
    "TIFF": (".tif", ".tiff"),
}
if features.check("avif"):  # Pillow may be built without
    READ_FORMATS["AVIF"] = (".avif", ".avifs")
ENDINGS = tuple(ending for endings in READ_FORMATS.values() for ending in endings)

# Endings of pictures that are not read, but for which `decode_image` has a sentence that helps.
EXPLAINED_ENDINGS = (
    ".heic", ".heif", ".hif", ".avif", ".jxl", ".jp2", ".j2k", ".svg", ".psd", ".ico", ".pdf", ".eps",
)  # fmt: skip

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

# Brands in the first box of an ISO media file (ISO/IEC 14496-12), the telling ones first: a still picture's file
# often has the general brand mif1 (msf1 of a series) in front and says only further on how it is coded.
_BRANDS: tuple[tuple[frozenset[bytes], str], ...] = (
    (frozenset((b"avif", b"avis")), "an AVIF picture"),
    (
        frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs")),
        "a HEIC photo, as iPhones take them",
    ),
    (frozenset((b"mif1", b"msf1")), "a HEIF picture"),
)


def readable_format(data: bytes) -> str | None:
    """The format of ours that `data` begins like, e.g. "PNG"; whether it is whole is another question."""
    if "AVIF" in READ_FORMATS and _describe_media(data) == _BRANDS[0][1]:
        return "AVIF"
    return next((name for offset, magic, name in _READABLE if data[offset:].startswith(magic)), None)


def describe_bytes(data: bytes) -> str | None:
    """A phrase such as "a PDF document", or None for bytes that look like nothing known."""
    head = data[:2048]
    for offset, magic, phrase in _SIGNATURES:
        if head[offset:].startswith(magic):
            return phrase
    return _describe_media(head) or _describe_text(head)


def _describe_media(head: bytes) -> str | None:
    """By major and compatible brands of an ISO media file; "a film" where none is a picture's."""
    if head[4:8] != b"ftyp":
        return None
    end = max(12, min(int.from_bytes(head[:4], "big"), len(head), 2048))
    brands = {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}
    return next((phrase for known, phrase in _BRANDS if known & brands), "a film")


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
