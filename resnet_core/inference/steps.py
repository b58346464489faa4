"""What a picture goes through before a network sees it, in numbers and in sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from resnet_core.inference.preprocessing import resize_for
from resnet_core.weights.record import Preprocessing, Weights

CHANNELS = {1: ("grey",), 3: ("red", "green", "blue")}


@dataclass(frozen=True, slots=True)
class ChannelRange:
    """The values of one channel after normalisation, without a unit: a pixel's distance from the training set's
    mean, in its standard deviations.

    Attributes:
        lowest, mean, highest: of this picture.
        black, white: what a black and a white pixel become.
    """

    channel: str
    lowest: float
    mean: float
    highest: float
    black: float
    white: float


def channel_ranges(seen: Image.Image, preprocessing: Preprocessing) -> tuple[ChannelRange, ...]:
    """The range of each channel of a crop once it is normalised."""
    pixels = np.asarray(seen, dtype=np.float64).reshape(seen.height * seen.width, -1) / 255
    mean, std = np.array(preprocessing.mean), np.array(preprocessing.std)
    low, middle, high, black, white = (
        ((values - mean) / std).tolist() for values in (pixels.min(0), pixels.mean(0), pixels.max(0), 0.0, 1.0)
    )
    names = CHANNELS.get(len(mean), tuple(f"channel {index}" for index in range(len(mean))))
    return tuple(map(ChannelRange, names, low, middle, high, black, white))


def describe_crop(preprocessing: Preprocessing, crops: int = 1) -> str:
    """What is kept of a picture, as a sentence."""
    side, crop = resize_for(preprocessing, crops), preprocessing.crop_size
    resized = f"The shorter side becomes {side} pixels"
    if crops > 1:
        return f"{resized}; the corners and the middle, {crop}×{crop} each, are cut out, and each is mirrored."
    if side == crop:
        return f"{resized}, and the middle {crop}×{crop} are kept: of a square picture, all of it."
    return f"{resized}, and the middle {crop}×{crop} are cut out: {crop / side:.1%} of that side.".replace("%", " %")


def compare_versions(weights: Weights, others: Iterable[Weights]) -> str:
    """How the preprocessing differs from that of other weights for the same network; empty where it does not."""
    mine = weights.preprocessing
    sentences = []
    for other in others:
        theirs = other.preprocessing
        if other.name == weights.name or other.spec != weights.spec or theirs == mine:
            continue
        sides = f"{weights.name} resizes to {mine.resize_size}, {other.name} to {theirs.resize_size}"
        areas = [(p.crop_size / p.resize_size) ** 2 * 100 for p in (mine, theirs)]
        sentences.append(
            f"{sides} before both cut {_sides(mine, theirs)}: of a square picture they see {areas[0]:.0f} % and "
            f"{areas[1]:.0f} % of the area."
        )
    return " ".join(sentences)


def _sides(one: Preprocessing, other: Preprocessing) -> str:
    return str(one.crop_size) if one.crop_size == other.crop_size else f"{one.crop_size} and {other.crop_size}"
