"""matrix_peak(): what this processor reaches at the work it is best at, multiplying two large matrices."""

from __future__ import annotations

import time

import torch

from resnet_core.models.compute import DTYPES

SIDES = {"cpu": 2048, "cuda": 8192, "mps": 4096}  # large enough to keep all cores busy for milliseconds
REPEATS = 8


def matrix_peak(device: torch.device, precision: str) -> float:
    """The fastest of some products of square matrices, in multiply-adds per second."""
    side = SIDES[device.type]
    left, right = (torch.ones(side, side, dtype=DTYPES[precision], device=device) for _ in range(2))
    times = []
    for _ in range(REPEATS + 1):
        _wait(device)
        started = time.perf_counter()
        left @ right
        _wait(device)
        times.append(time.perf_counter() - started)
    return side**3 / min(times[1:])  # the first one prepares the kernel


def _wait(device: torch.device) -> None:
    if device.type != "cpu":
        torch.accelerator.synchronize(device)
