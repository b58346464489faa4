"""Batches as a pure function of (data, seed, step): that is what makes a resumed run equal an unbroken one."""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_core.lab.data.areas import cut_areas, draw_areas, resize
from resnet_core.lab.data.sets import DataSet
from resnet_core.lab.data.streaming import StreamedSet, View, centre_view, draw_views

PAD = 4
WHOLE = (0, 1)

Batch = tuple[Tensor, Tensor]  # normalised pictures (B, C, H, W), channels last, and labels (B,)


def steps_per_epoch(data: DataSet | StreamedSet, batch_size: int) -> int:
    """Full batches in one pass; a rest smaller than a batch is left for another epoch's order."""
    return max(1, len(data.train_labels) // batch_size)


def training_batch(
    data: DataSet | StreamedSet,
    step: int,
    *,
    batch_size: int,
    seed: int,
    augment: bool,
    image_size: int | None = None,
    least_area: float | None = None,
    share: tuple[int, int] = WHOLE,
) -> Batch:
    """The batch of one step, counted from 0.

    Args:
        image_size: side that pictures in memory are resized to, in pixels; those on disk are cut to their set's own.
        least_area: share of a picture that is seen at least, where it is augmented by random parts (`draw_areas`)
            instead of padding; needs `image_size`.
        share: (rank, ranks) of a process in a team, which gets its slice of the batch that one process would get.
    """
    if isinstance(data, StreamedSet):
        now, next_one = (_plan(data, at, batch_size, seed, augment, share) for at in (step, step + 1))
        data.read_soon("train", *now)
        data.read_soon("train", *next_one)  # while the network trains on this one
        return normalise(data.read("train", *now), data), data.train_labels[list(now[0])].to(data.device)
    index = _batch_index(len(data.train_labels), step, batch_size, seed)
    mine = _slice(len(index), share)
    generator = _generator(seed, step, stream=1)
    count, index = len(index), index[mine].to(data.train_labels.device)
    images, labels = data.train_images[index], data.train_labels[index]
    if augment and least_area is not None and image_size is not None:
        height, width = data.image_size
        areas = draw_areas(count, (width, height), least_area, generator)
        return normalise(cut_areas(images, areas[mine], image_size), data), labels
    if augment:
        images = crop_and_flip(images, *(values[mine] for values in _draw_crops(count, generator)))
    return normalise(resize(images, image_size), data), labels


def validation_batch(data: DataSet | StreamedSet, start: int, stop: int, *, image_size: int | None = None) -> Batch:
    """Validation pictures from `start` up to `stop`, without augmentation."""
    labels = data.validation_labels[start:stop]
    if not isinstance(data, StreamedSet):
        return normalise(resize(data.validation_images[start:stop], image_size), data), labels
    index = tuple(range(start, start + len(labels)))
    images = data.read("validation", index, (centre_view(data.side),) * len(index))
    return normalise(images, data), labels.to(data.device)


def crop_and_flip(images: Tensor, top: Tensor, left: Tensor, flip: Tensor) -> Tensor:
    """Pad by 4 black pixels, cut the old size out at (top, left), mirror some (He et al. 2015, section 4.2).

    Args:
        images: (N, C, H, W).
        top, left: 0 to 8, (N, 1).
        flip: 1 to mirror, (N, 1).
    """
    count, _, height, width = images.shape
    rows = top + torch.arange(height)
    columns = left + torch.arange(width)
    columns = torch.where(flip.bool(), columns.flip(1), columns)
    padded = F.pad(images, (PAD, PAD, PAD, PAD)).permute(0, 2, 3, 1)
    pick = torch.arange(count)[:, None, None]
    device = images.device
    return padded[pick.to(device), rows[:, :, None].to(device), columns[:, None, :].to(device)].permute(0, 3, 1, 2)


def normalise(images: Tensor, data: DataSet | StreamedSet) -> Tensor:
    """Pictures of 0 to 255 (N, C, H, W) to float with mean 0 and deviation 1 per channel, channels last."""
    mean, std = (torch.tensor(v, device=images.device).view(1, -1, 1, 1) * 255 for v in (data.mean, data.std))
    return ((images.float() - mean) / std).contiguous(memory_format=torch.channels_last)


def _plan(
    data: StreamedSet, step: int, batch_size: int, seed: int, augment: bool, share: tuple[int, int]
) -> tuple[tuple[int, ...], tuple[View, ...]]:
    """Which pictures a step reads from disk, and how it looks at each."""
    index = _batch_index(len(data.train_labels), step, batch_size, seed)
    if augment:
        views = draw_views(len(index), data.side, _generator(seed, step, stream=1))
    else:
        views = (centre_view(data.side),) * len(index)
    mine = _slice(len(index), share)
    return tuple(index[mine].tolist()), views[mine]


def _batch_index(count: int, step: int, batch_size: int, seed: int) -> Tensor:
    epoch, position = divmod(step, max(1, count // batch_size))
    return _epoch_order(count, seed, epoch)[position * batch_size : (position + 1) * batch_size]


def _slice(count: int, share: tuple[int, int]) -> slice:
    rank, ranks = share
    return slice(rank * count // ranks, (rank + 1) * count // ranks)


def _draw_crops(count: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    """Top, left and flip of each picture, each (count, 1)."""
    return tuple(torch.randint(high, (count, 1), generator=generator) for high in (2 * PAD + 1, 2 * PAD + 1, 2))


@lru_cache(maxsize=8)
def _epoch_order(count: int, seed: int, epoch: int) -> Tensor:
    """The order of the pictures in one epoch (count,). Kept, because each step of the epoch reads a part of it."""
    return torch.randperm(count, generator=_generator(seed, epoch, stream=0))


def _generator(seed: int, counter: int, *, stream: int) -> torch.Generator:
    """A generator of its own for each purpose (stream) and moment (counter): no global state, safe in threads."""
    return torch.Generator().manual_seed((seed * 2_000_003 + counter) * 2 + stream)
