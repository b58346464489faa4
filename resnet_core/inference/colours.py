"""Colour profiles: what a picture's numbers mean, put into sRGB's, which networks were trained on."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image, ImageCms

BROKEN = "Its colour profile can't be used, so its colours are shown without it."
SAME_LEVELS = 2  # of 255: a profile that moves no colour farther is sRGB by another name

_MODES = {"RGB ": "RGB", "GRAY": "L"}


def to_srgb(image: Image.Image, profile: bytes) -> tuple[Image.Image, str]:
    """An RGB picture in sRGB's colours, and a note where the profile is broken.

    A profile for RGB or grey is followed; CMYK's and others' say nothing about what has become RGB by now.
    """
    try:
        mode, transform = _transform(profile)
    except (ImageCms.PyCMSError, OSError, ImportError, TypeError, ValueError):
        return image, BROKEN
    if transform is None:
        return image, ""
    changed = transform.apply(image.convert(mode))
    changed.info = image.info
    return changed, ""


@lru_cache(maxsize=8)
def _transform(profile: bytes) -> tuple[str, ImageCms.ImageCmsTransform | None]:
    """The mode that a profile is for, and the way to sRGB; none where there is nothing to do."""
    source = ImageCms.ImageCmsProfile(BytesIO(profile))
    mode = _MODES.get(source.profile.xcolor_space)
    if mode is None:
        return "", None
    transform = ImageCms.buildTransform(source, ImageCms.createProfile("sRGB"), mode, "RGB")
    colours = _some_colours()
    moved = np.asarray(transform.apply(colours.convert(mode)), dtype=int) - np.asarray(
        colours.convert(mode).convert("RGB"), dtype=int
    )
    return mode, transform if np.abs(moved).max() > SAME_LEVELS else None


def _some_colours() -> Image.Image:
    """Colours from all over the cube, 9 levels of each channel, as one picture."""
    levels = np.linspace(0, 255, 9).round().astype(np.uint8)
    return Image.fromarray(np.stack(np.meshgrid(levels, levels, levels), -1).reshape(27, 27, 3))
