"""From the bytes of an upload to a safe RGB picture, or a sentence that says why not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from resnet_core.errors import ImageError
from resnet_core.inference.colours import to_srgb
from resnet_core.inference.deep import is_deep
from resnet_core.inference.filetypes import READ_FORMATS, describe_bytes, readable_format
from resnet_core.inference.jpeg_markers import finished, read_markers
from resnet_core.inference.limits import (
    FORMAT_PIXELS,
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SCANS,
    MAX_SIDE,
    MAX_STORED_BYTES,
)
from resnet_core.inference.pixels import to_rgb
from resnet_core.inference.png_chunks import without_large_texts

__all__ = ["FORMATS", "MAX_BYTES", "MAX_PIXELS", "MAX_SIDE", "READER", "decode_image", "open_image", "to_rgb"]

FORMATS = tuple(READ_FORMATS)
ADVISED = "PNG, JPEG, WebP, BMP, GIF or TIFF"  # what every program can save as

# Raised by one whenever another picture comes out of the same bytes, so that none is kept from before.
READER = 2

# What Pillow's readers raise on damaged files. No bare Exception: a mistake of ours must still be seen.
_DAMAGED = (
    OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error, zlib.error,
    RuntimeError, MemoryError,
)  # fmt: skip

# Modes whose pixels may be averaged as they are; a palette's indices and transparent colours may not.
_BLENDABLE = ("L", "RGB", "CMYK", "YCbCr")
_WITH_PROFILE = ("L", "LA", "RGB", "RGBA", "P")

# EXIF's Orientation, tag 0x0112: what to do to see the picture upright.
_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_BITS_TAG = 258  # TIFF's BitsPerSample: one number a channel


def decode_image(data: bytes, shorter: int = MAX_SIDE) -> Image.Image:
    """Decode an upload to 8-bit RGB, upright, without metadata.

    The header is checked before any pixel is read: at most 20 MB and 50 megapixels (25 of a WebP or AVIF picture, and
    of a TIFF with more than 32 bits a pixel), and of a JPEG at most 100 scans. The formats are those of
    `filetypes.READ_FORMATS`. EXIF orientation is applied and all metadata then dropped; transparency is laid on
    white; deep grey is scaled, not clipped; colours with a profile become sRGB, except that CMYK is converted
    without its own. Of an animation the first frame is taken. `info["note"]` says what a visitor should know of this.
    A side longer than 4096 pixels is scaled down to that, so that a picture takes at most 67 MB.

    Args:
        shorter: pixels of the shorter side that are enough. A JPEG may then be read at a half, a quarter or an eighth
            of its size, in a fraction of the time; never smaller than asked for, unless it is so itself.

    Raises:
        ImageError: for anything else, with a sentence that a user can act on.
    """
    if len(data) > MAX_BYTES:
        raise ImageError(
            f"The file has {len(data) / 1e6:.1f} MB; at most {MAX_BYTES / 1e6:.0f} MB are read. "
            "Save the picture smaller, or as JPEG, and try again."
        )
    if not data:
        raise ImageError("The file is empty (0 bytes). Choose another one, or copy it again from where it came.")
    try:
        with Image.open(BytesIO(_mended(data)), formats=FORMATS) as image:
            _check_size(image)
            return _decode(image, shorter)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageError(_too_many_pixels("far too many pixels")) from error
    except UnidentifiedImageError as error:
        raise ImageError(_not_a_picture(data)) from error
    except _DAMAGED as error:
        name = readable_format(data) or "picture"
        raise ImageError(
            f"This {name} file is damaged or incomplete, so it can't be shown in full. "
            "Copy or download it again, or open it in a picture viewer and save it anew."
        ) from error


def open_image(path: str | Path, shorter: int = MAX_SIDE) -> Image.Image:
    """Decode a picture on disk as `decode_image` does.

    Raises:
        ImageError: if the file can't be read or is no picture; the message begins with its name.
    """
    path = Path(path)
    if path.is_dir():
        raise ImageError(f"{path} is a folder, not a picture.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImageError(
            f"{path} can't be read ({error.strerror or error}). Check the name and that it is a file of yours."
        ) from error
    if len(data) > MAX_BYTES:
        raise ImageError(f"{path} has more than {MAX_BYTES / 1e6:.0f} MB, which is the most that is read.")
    try:
        return decode_image(data, shorter)
    except ImageError as error:
        raise ImageError(f"{path}: {error}") from error


def _mended(data: bytes) -> bytes:
    """Without what keeps Pillow from a picture that is whole.

    Raises:
        ImageError: for a JPEG of too many scans.
    """
    kind = readable_format(data)
    if kind == "PNG":
        return without_large_texts(data)
    if kind != "JPEG":
        return data
    if read_markers(data).scans > MAX_SCANS:
        raise ImageError(
            f"This JPEG is drawn in more than {MAX_SCANS} passes over the whole picture, where cameras and programs "
            "make ten or so. Open it in a picture viewer and save it anew."
        )
    return data if _has_too_many_pixels(data) else finished(data)


def _has_too_many_pixels(data: bytes) -> bool:
    with Image.open(BytesIO(data), formats=FORMATS) as image:
        return image.width * image.height > MAX_PIXELS


def _decode(image: Image.Image, shorter: int) -> Image.Image:
    notes = [_first_frame_note(image)]
    image.draft(None, _shown_size(image.size, shorter))  # JPEG alone can be read smaller; others ignore it
    frame = _first_frame_box(image)
    image.load()
    orientation, profile = _orientation(image), _profile(image)
    if image.mode in _BLENDABLE and not image.has_transparency_data and frame is None:
        image.thumbnail((MAX_SIDE, MAX_SIDE))  # before to_rgb copies it: half the memory
    rgb = to_rgb(image) if frame is None else _alone_on_white(image, frame)
    notes.append(rgb.info.get("note", ""))
    image.close()  # a large one goes before the next copy comes
    rgb.thumbnail((MAX_SIDE, MAX_SIDE))
    return _as_meant(rgb, orientation, profile, notes)


def as_meant(image: Image.Image) -> Image.Image:
    """An opened picture as decode_image() gives its file: RGB, upright and in sRGB, as far as it still says how.

    The picture itself stays as it is. It is read as large as it is, and one without metadata is taken as it stands.

    Raises:
        OSError: if its pixels can't be read.
    """
    orientation, profile = _orientation(image), _profile(image)
    rgb = to_rgb(image)
    if not profile and orientation not in _UPRIGHT:
        return rgb
    return _as_meant(rgb, orientation, profile, [rgb.info.get("note", "")])


def _as_meant(rgb: Image.Image, orientation: int, profile: bytes, notes: list[str]) -> Image.Image:
    """Colours in sRGB, then upright; without metadata, but with what a visitor should know of it all."""
    if profile:
        rgb, note = to_srgb(rgb, profile)
        notes = [*notes, note]
    if orientation in _UPRIGHT:
        rgb = rgb.transpose(_UPRIGHT[orientation])
    rgb.info = {"note": " ".join(filter(None, notes))} if any(notes) else {}
    return rgb


def _shown_size(size: tuple[int, int], shorter: int) -> tuple[int, int]:
    """Scaled down, where needed, until the longer side fits and the shorter one is what is enough."""
    scale = min(1.0, MAX_SIDE / max(size), shorter / min(size))
    return max(1, int(size[0] * scale)), max(1, int(size[1] * scale))


def _first_frame_box(image: Image.Image) -> tuple[int, int, int, int] | None:
    """Where the first frame of a GIF lies, if it does not cover the picture."""
    tiles = getattr(image, "tile", None)
    if image.format != "GIF" or not tiles:
        return None
    left, top, right, bottom = tiles[0][1]
    return None if (left, top, right, bottom) == (0, 0, *image.size) else (left, top, right, bottom)


def _alone_on_white(image: Image.Image, frame: tuple[int, int, int, int]) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    white.paste(to_rgb(image.crop(frame)), frame[:2])
    return white


def _check_size(image: Image.Image) -> None:
    width, height = image.size
    allowed = FORMAT_PIXELS.get(image.format or "", MAX_PIXELS)
    if image.format == "TIFF":
        bits = image.getexif().get(_BITS_TAG, 1)
        allowed = min(allowed, MAX_STORED_BYTES * 8 // max(1, sum(bits) if isinstance(bits, tuple) else bits))
    if width * height > allowed:
        raise ImageError(_too_many_pixels(f"{width:,} x {height:,} pixels, too many", allowed))


def _too_many_pixels(given: str, allowed: int = MAX_PIXELS) -> str:
    of_kind = "" if allowed == MAX_PIXELS else " of this kind"
    return (
        f"The picture has {given}; at most {allowed / 1e6:.0f} megapixels{of_kind} are read. "
        "Scale it down and try again: the network looks at a small copy anyway."
    )


def _not_a_picture(data: bytes) -> str:
    name = readable_format(data)
    if name:
        article = "an" if name[0] in "AEIO" else "a"
        return f"The file begins like {article} {name} picture, but its header is damaged. Copy or download it again."
    found = describe_bytes(data)
    given = f"This is {found}, not a picture we can read" if found else "This is not a picture in a format we know"
    return f"{given}. Save or export it as {ADVISED}, and try again: the ending of the file's name does not matter."


def _first_frame_note(image: Image.Image) -> str:
    if image.format == "MPO" or not getattr(image, "is_animated", False):  # MPO: a phone's JPEG with its depth map
        return ""
    kind = "page of this document" if image.format == "TIFF" else "frame of this animation"
    return f"Only the first {kind} is used."


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except _DAMAGED:  # a picture with broken metadata is still a picture
        return 1


def _profile(image: Image.Image) -> bytes:
    """The colour profile of a picture whose numbers it may be about; empty where there is none."""
    found = image.info.get("icc_profile")
    return found if isinstance(found, bytes) and (image.mode in _WITH_PROFILE or is_deep(image)) else b""
