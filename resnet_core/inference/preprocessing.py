"""From an RGB picture to what a network sees: resize, crop, normalise, as its weights ask for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from resnet_core.weights.library import Preprocessing

# Resizing a 1 x 20000 picture to 256 x 5,120,000 would take 4 GB; what the crop leaves out may as well go first.
MAX_ASPECT = 20
# The paper's ten crops of 224 are taken at 256 (He et al. 2015, section 3.4, after Krizhevsky et al. 2012).
TEN_CROP_MARGIN = 256 / 224
# The middle; then where ten crops lie before they are mirrored: four corners and the middle. 0 is left or top.
CENTRE = (0.5, 0.5)
FIVE_PLACES = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), CENTRE)

Frame = tuple[float, float, float, float]  # left, top, right, bottom, as shares of a picture's width and height


def resize_shortest(image: Image.Image, size: int, preprocessing: Preprocessing) -> Image.Image:
    """Scale so that the shorter side has `size` pixels; the longer is rounded down, as torchvision does.

    Pillow filters while it scales down (antialiasing), which is what torchvision's weights were measured with.
    """
    target = _resized_size(image.size, size)
    if target == image.size:
        return image
    return image.resize(target, Image.Resampling[preprocessing.interpolation.upper()])


def seen_image(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """The picture after resize and central crop, before normalisation: crop_size x crop_size, RGB or grey."""
    return view_at(image, preprocessing, preprocessing.resize_size, *CENTRE)


def view_at(image: Image.Image, preprocessing: Preprocessing, shorter: int, x: float, y: float) -> Image.Image:
    """The same with the shorter side at `shorter` pixels and the crop at (x, y), from 0 (left, top) to 1."""
    resized = resize_shortest(_prepare(image, preprocessing), shorter, preprocessing)
    return _crop(resized, preprocessing.crop_size, x, y)


def ten_crops(image: Image.Image, preprocessing: Preprocessing) -> tuple[Image.Image, ...]:
    """Four corners and the centre, then their mirror images, each crop_size x crop_size.

    Weights that use the whole picture (resize_size equal to crop_size) get it 8/7 larger first: without a margin
    all crops of a square would be one.
    """
    resized = resize_shortest(_prepare(image, preprocessing), resize_for(preprocessing, 10), preprocessing)
    five = tuple(_crop(resized, preprocessing.crop_size, x, y) for x, y in FIVE_PLACES)
    return five + tuple(ImageOps.mirror(crop) for crop in five)


def resize_for(preprocessing: Preprocessing, crops: int = 1) -> int:
    """Pixels of the shorter side before 1 or 10 crops are cut out."""
    if crops == 1:
        return preprocessing.resize_size
    return max(preprocessing.resize_size, round(preprocessing.crop_size * TEN_CROP_MARGIN))


def crop_frames(size: tuple[int, int], preprocessing: Preprocessing, crops: int = 1) -> tuple[Frame, ...]:
    """Where the crops lie on a picture of `size` (width, height): the central one, or the five that get mirrored."""
    kept = _kept_size(size)
    resized = _resized_size(kept, resize_for(preprocessing, crops))
    return tuple(
        _frame(size, kept, resized, preprocessing.crop_size, place)
        for place in ((CENTRE,) if crops == 1 else FIVE_PLACES)
    )


def to_batch(crops: Sequence[Image.Image], preprocessing: Preprocessing) -> Tensor:
    """Crops of one size as a normalised float32 batch (N, C, H, W)."""
    pixels = np.stack([np.asarray(crop) for crop in crops])
    images = torch.from_numpy(pixels.reshape(*pixels.shape[:3], -1)).permute(0, 3, 1, 2)  # grey has no channel axis
    mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in (preprocessing.mean, preprocessing.std))
    return ((images.float() / 255 - mean) / std).contiguous()


def _prepare(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    if len(preprocessing.mean) == 1:
        image = image.convert("L")
    kept = _kept_size(image.size)
    return image if kept == image.size else ImageOps.fit(image, kept)


def _kept_size(size: tuple[int, int]) -> tuple[int, int]:
    limit = MAX_ASPECT * min(size)
    return min(size[0], limit), min(size[1], limit)


def _resized_size(size: tuple[int, int], shorter: int) -> tuple[int, int]:
    width, height = size
    other = int(shorter * max(size) / min(size))
    return (shorter, other) if width <= height else (other, shorter)


def _corner(size: tuple[int, int], crop: int, x: float, y: float) -> tuple[int, int]:
    return round((size[0] - crop) * x), round((size[1] - crop) * y)


def _crop(image: Image.Image, size: int, x: float, y: float) -> Image.Image:
    left, top = _corner(image.size, size, x, y)
    return image.crop((left, top, left + size, top + size))


def _frame(
    size: tuple[int, int], kept: tuple[int, int], resized: tuple[int, int], crop: int, place: tuple[float, float]
) -> Frame:
    """Back from the resized picture to the whole one, of which `kept` pixels in the middle were resized."""
    edges = []
    for full, part, scaled, start in zip(size, kept, resized, _corner(resized, crop, *place), strict=True):
        edges.append(tuple(((full - part) / 2 + part * edge / scaled) / full for edge in (start, start + crop)))
    (left, right), (top, bottom) = edges
    return left, top, right, bottom
