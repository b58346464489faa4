"""small_shot(): a photo as it is kept for a visit: large enough for every network, small enough for hundreds."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from resnet_core.errors import ImageError
from resnet_core.inference.images import decode_image
from resnet_core.lab.teach.photos import Shot, exif_of, taken_s

SHORTER, LONGER = 384, 1536  # pixels; the networks here look at 32 to 288
QUALITY = 92


def small_shot(data: bytes, name: str, seen_s: float | None = None) -> Shot:
    """A photo of any size as a small JPEG with the time at which it was taken, as far as its file tells it.

    Args:
        data: the file.
        name: for messages.
        seen_s: when it was taken, where the file can't know.

    Raises:
        ImageError: if it can't be read, by its name.
    """
    try:
        image = decode_image(data, SHORTER)
    except ImageError as error:
        raise ImageError(f"{name}: {error}") from error
    scale = min(1.0, SHORTER / min(image.size), LONGER / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    file = BytesIO()
    when = taken_s(data) if seen_s is None else seen_s
    small = image.resize(size, Image.Resampling.LANCZOS)
    small.save(file, "JPEG", quality=QUALITY, subsampling=0, exif=exif_of(when))
    return Shot(file.getvalue(), when, name)
