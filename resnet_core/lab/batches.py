"""Batches as a pure function of (data, seed, step): that is what makes a resumed run equal an unbroken one."""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from resnet_core.lab.data import DataSet

PAD = 4


def steps_per_epoch(data: DataSet, batch_size: int) -> int:
    """Full batches in one pass; a rest smaller than a batch is left for another epoch's order."""
    return max(1, len(data.train_labels) // batch_size)


def training_batch(data: DataSet, step: int, *, batch_size: int, seed: int, augment: bool) -> tuple[Tensor, Tensor]:
    """Pictures (B, C, H, W), float, normalised, channels last, and labels (B,) of one step, counted from 0."""
    epoch, position = divmod(step, steps_per_epoch(data, batch_size))
    order = _epoch_order(len(data.train_labels), seed, epoch)
    index = order[position * batch_size : (position + 1) * batch_size].to(data.train_labels.device)
    images = data.train_images[index]
    if augment:
        images = crop_and_flip(images, _generator(seed, step, stream=1))
    return normalise(images, data), data.train_labels[index]


def crop_and_flip(images: Tensor, generator: torch.Generator) -> Tensor:
    """Pad by 4 black pixels, cut the old size out at random, mirror half of them (He et al. 2015, section 4.2)."""
    count, _, height, width = images.shape
    top, left, flip = (torch.randint(high, (count, 1), generator=generator) for high in (2 * PAD + 1, 2 * PAD + 1, 2))
    rows = top + torch.arange(height)
    columns = left + torch.arange(width)
    columns = torch.where(flip.bool(), columns.flip(1), columns)
    padded = F.pad(images, (PAD, PAD, PAD, PAD)).permute(0, 2, 3, 1)
    pick = torch.arange(count)[:, None, None]
    device = images.device
    return padded[pick.to(device), rows[:, :, None].to(device), columns[:, None, :].to(device)].permute(0, 3, 1, 2)


def normalise(images: Tensor, data: DataSet) -> Tensor:
    """uint8 (N, C, H, W) to float with mean 0 and deviation 1 per channel, channels last."""
    mean, std = (torch.tensor(v, device=images.device).view(1, -1, 1, 1) * 255 for v in (data.mean, data.std))
    return ((images.float() - mean) / std).contiguous(memory_format=torch.channels_last)


@lru_cache(maxsize=8)
def _epoch_order(count: int, seed: int, epoch: int) -> Tensor:
    """The order of the pictures in one epoch (count,). Kept, because each step of the epoch reads a part of it."""
    return torch.randperm(count, generator=_generator(seed, epoch, stream=0))


def _generator(seed: int, counter: int, *, stream: int) -> torch.Generator:
    """A generator of its own for each purpose (stream) and moment (counter): no global state, safe in threads."""
    return torch.Generator().manual_seed((seed * 2_000_003 + counter) * 2 + stream)
