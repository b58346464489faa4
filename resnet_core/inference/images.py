"""From the bytes of an upload to a safe RGB picture, or a sentence that says why not."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from resnet_core.errors import ImageError
from resnet_core.inference.filetypes import describe_bytes, readable_format

MAX_BYTES = 20 * 10**6
MAX_PIXELS = 8192 * 6144  # what the largest phone cameras save
MAX_SIDE = 4096
FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")

ALLOWED = "PNG, JPEG, WebP, BMP, GIF or TIFF"

# What Pillow's readers raise on damaged files. No bare Exception: a mistake of ours must still be seen.
_DAMAGED = (
    OSError, EOFError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, struct.error, zlib.error,
    RuntimeError, MemoryError,
)  # fmt: skip

# Modes whose pixels may be averaged as they are; a palette's indices may not.
_BLENDABLE = ("L", "LA", "RGB", "RGBA", "CMYK", "YCbCr")

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


def decode_image(data: bytes) -> Image.Image:
    """Decode an upload to 8-bit RGB, upright, without metadata.

    The header is checked before any pixel is read: at most 20 MB, 50 megapixels, PNG, JPEG, WebP, BMP, GIF or
    TIFF. EXIF orientation is applied and all metadata then dropped; transparency is laid on white; 16-bit grey
    is scaled, not clipped; CMYK is converted without its colour profile. Of an animation the first frame is
    taken, and `info["note"]` says so. A side longer than 4096 pixels is scaled down to that, so that a picture
    takes at most 67 MB.

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
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            _check_size(image.size)
            return _decode(image)
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


def open_image(path: str | Path) -> Image.Image:
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
        return decode_image(data)
    except ImageError as error:
        raise ImageError(f"{path}: {error}") from error


def to_rgb(image: Image.Image) -> Image.Image:
    """Any of Pillow's modes as 8-bit RGB: transparency on white, deep grey scaled to 0..255."""
    if image.mode.startswith("I;16"):
        image = _stretch(image, 0, 65535)
    elif image.mode in ("I", "F"):  # no agreed white: the picture's own range
        values = np.nan_to_num(np.asarray(image, dtype=np.float32))
        image = _stretch(image, float(values.min()), float(values.max()))
    if not image.has_transparency_data:
        return image.convert("RGB")
    rgba = image.convert("RGBA")
    white = Image.new("RGB", rgba.size, "white")
    white.paste(rgba, mask=rgba.getchannel("A"))
    return white


def _decode(image: Image.Image) -> Image.Image:
    note = _first_frame_note(image)
    image.draft(None, (MAX_SIDE, MAX_SIDE))  # JPEG alone can be read smaller; others ignore it
    image.load()
    orientation = _orientation(image)
    if image.mode in _BLENDABLE:  # before to_rgb copies it: half the memory
        image.thumbnail((MAX_SIDE, MAX_SIDE))
    rgb = to_rgb(image)
    rgb.thumbnail((MAX_SIDE, MAX_SIDE))
    if orientation in _UPRIGHT:
        rgb = rgb.transpose(_UPRIGHT[orientation])
    rgb.info = {"note": note} if note else {}
    return rgb


def _check_size(size: tuple[int, int]) -> None:
    width, height = size
    if width * height > MAX_PIXELS:
        raise ImageError(_too_many_pixels(f"{width:,} x {height:,} pixels, too many"))


def _too_many_pixels(given: str) -> str:
    return (
        f"The picture has {given}; at most {MAX_PIXELS / 1e6:.0f} megapixels are read. "
        "Scale it down and try again: the network looks at a small copy anyway."
    )


def _not_a_picture(data: bytes) -> str:
    name = readable_format(data)
    if name:
        return f"The file begins like a {name} picture, but its header is damaged. Copy or download it again."
    found = describe_bytes(data)
    given = f"This is {found}, not a picture we can read" if found else "This is not a picture in a format we know"
    return f"{given}. Save or export it as {ALLOWED}, and try again: the ending of the file's name does not matter."


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


def _stretch(image: Image.Image, black: float, white: float) -> Image.Image:
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    values -= black  # in place: a deep picture of 50 megapixels takes 200 MB here
    values *= 255 / max(white - black, 1e-12)
    return Image.fromarray(np.rint(values.clip(0, 255, out=values), out=values).astype(np.uint8))
