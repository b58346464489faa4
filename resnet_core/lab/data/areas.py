"""Random parts of pictures at one size (Szegedy et al. 2014, section 6), and whole pictures as Classify sees them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from resnet_core.inference.preprocessing import seen_image
from resnet_core.weights.record import Preprocessing

ASPECTS = (3 / 4, 4 / 3)  # of a part, width to height
TRIES = 10  # until a part fits into its picture; then the whole picture is taken
FILTER = Image.Resampling[Preprocessing().interpolation.upper()]


@dataclass(frozen=True, slots=True)
class Area:
    """A part of a picture in its pixels, and whether it is mirrored."""

    left: float
    top: float
    width: float
    height: float
    mirrored: bool


def draw_areas(count: int, size: tuple[int, int], least: float, generator: torch.Generator) -> tuple[Area, ...]:
    """A random part of each of `count` pictures of `size` (width, height), half of them mirrored.

    A part has from `least` to all of the area, evenly drawn, and an aspect in ASPECTS, drawn by its logarithm.
    """
    wide, high = size
    shares = least + (1 - least) * torch.rand(count, TRIES, generator=generator, dtype=torch.float64)
    low, up = map(math.log, ASPECTS)
    aspects = (low + (up - low) * torch.rand(count, TRIES, generator=generator, dtype=torch.float64)).exp()
    x, y = torch.rand(2, count, generator=generator, dtype=torch.float64).tolist()
    mirrored = torch.randint(2, (count,), generator=generator).bool().tolist()
    widths, heights = (wide * high * shares * aspects).sqrt(), (wide * high * shares / aspects).sqrt()
    fits = (widths <= wide) & (heights <= high)
    first = torch.where(fits.any(1), fits.int().argmax(1), -1).tolist()  # argmax: the first of equals
    areas = []
    for i, at in enumerate(first):
        w, h = (float(wide), float(high)) if at < 0 else (float(widths[i, at]), float(heights[i, at]))
        areas.append(Area((wide - w) * x[i], (high - h) * y[i], w, h, mirrored[i]))
    return tuple(areas)


def cut_areas(images: Tensor, areas: Sequence[Area], side: int) -> Tensor:
    """These parts of pictures (N, C, H, W), uint8, each resized to (C, side, side) by the filter that Classify uses."""
    return _from_pictures([_cut(one, area, side) for one, area in zip(_pictures(images), areas, strict=True)], images)


def resize(images: Tensor, side: int | None) -> Tensor:
    """Pictures (N, C, H, W), uint8, as Classify shows them to a network of `side` pixels; as they are for None.

    The shorter side gets `side` pixels, and the middle is cut out: `seen_image` itself does it, to the same bytes.
    """
    if side is None or images.shape[2:] == (side, side):
        return images
    mean = (0.5,) * images.shape[1]  # of one channel: a grey picture
    how = Preprocessing(resize_size=side, crop_size=side, mean=mean, std=mean)
    return _from_pictures([seen_image(picture, how) for picture in _pictures(images)], images)


def _cut(picture: Image.Image, area: Area, side: int) -> Image.Image:
    box = (area.left, area.top, area.left + area.width, area.top + area.height)
    cut = picture.resize((side, side), FILTER, box=box)
    return ImageOps.mirror(cut) if area.mirrored else cut


def _pictures(images: Tensor) -> list[Image.Image]:
    """On the CPU, wherever the tensor is: Pillow computes there."""
    pixels = images.permute(0, 2, 3, 1).contiguous().cpu().numpy()
    return [Image.fromarray(one[:, :, 0] if one.shape[2] == 1 else one) for one in pixels]


def _from_pictures(pictures: Sequence[Image.Image], like: Tensor) -> Tensor:
    pixels = np.stack([np.asarray(picture) for picture in pictures])
    return torch.from_numpy(pixels.reshape(*pixels.shape[:3], -1)).permute(0, 3, 1, 2).to(like.device)
