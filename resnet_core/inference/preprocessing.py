"""From an RGB picture to what a network sees: resize, crop, normalise, as its weights ask for it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from resnet_core.models.weights import Preprocessing

# Resizing a 1 x 20000 picture to 256 x 5,120,000 would take 4 GB; what the crop leaves out may as well go first.
MAX_ASPECT = 20
# The paper's ten crops of 224 are taken at 256 (He et al. 2015, section 3.4, after Krizhevsky et al. 2012).
TEN_CROP_MARGIN = 256 / 224


def resize_shortest(image: Image.Image, size: int, preprocessing: Preprocessing) -> Image.Image:
    """Scale so that the shorter side has `size` pixels; the longer is rounded down, as torchvision does.

    Pillow filters while it scales down (antialiasing), which is what torchvision's weights were measured with.
    """
    width, height = image.size
    short, long = min(width, height), max(width, height)
    other = int(size * long / short)
    target = (size, other) if width <= height else (other, size)
    if target == image.size:
        return image
    return image.resize(target, Image.Resampling[preprocessing.interpolation.upper()])


def seen_image(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    """The picture after resize and central crop, before normalisation: crop_size x crop_size, RGB or grey."""
    resized = resize_shortest(_prepare(image, preprocessing), preprocessing.resize_size, preprocessing)
    return _crop(resized, preprocessing.crop_size, 0.5, 0.5)


def ten_crops(image: Image.Image, preprocessing: Preprocessing) -> tuple[Image.Image, ...]:
    """Four corners and the centre, then their mirror images, each crop_size x crop_size.

    Weights that use the whole picture (resize_size equal to crop_size) get it 8/7 larger first: without a margin
    all crops of a square would be one.
    """
    size = max(preprocessing.resize_size, round(preprocessing.crop_size * TEN_CROP_MARGIN))
    resized = resize_shortest(_prepare(image, preprocessing), size, preprocessing)
    places = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5))
    five = tuple(_crop(resized, preprocessing.crop_size, x, y) for x, y in places)
    return five + tuple(ImageOps.mirror(crop) for crop in five)


def to_batch(crops: Sequence[Image.Image], preprocessing: Preprocessing) -> Tensor:
    """Crops of one size as a normalised float32 batch (N, C, H, W)."""
    pixels = np.stack([np.asarray(crop) for crop in crops])
    images = torch.from_numpy(pixels.reshape(*pixels.shape[:3], -1)).permute(0, 3, 1, 2)  # grey has no channel axis
    mean, std = (torch.tensor(v).view(1, -1, 1, 1) for v in (preprocessing.mean, preprocessing.std))
    return ((images.float() / 255 - mean) / std).contiguous()


def _prepare(image: Image.Image, preprocessing: Preprocessing) -> Image.Image:
    if len(preprocessing.mean) == 1:
        image = image.convert("L")
    width, height = image.size
    limit = MAX_ASPECT * min(width, height)
    if max(width, height) <= limit:
        return image
    return ImageOps.fit(image, (min(width, limit), min(height, limit)))


def _crop(image: Image.Image, size: int, x: float, y: float) -> Image.Image:
    left, top = round((image.width - size) * x), round((image.height - size) * y)
    return image.crop((left, top, left + size, top + size))
