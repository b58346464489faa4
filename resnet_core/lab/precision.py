"""Which device and which number format a run computes in."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import torch

from resnet_core.errors import InvalidSpecError


def pick_device(device: str = "auto") -> torch.device:
    """The device to train on: CUDA, then Apple's GPU, then the CPU.

    Raises:
        InvalidSpecError: if a named device is not on this machine.
    """
    if device == "auto":
        return torch.device(
            "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
        )
    try:
        return torch.empty(0, device=device).device
    # torch raises an AssertionError where it was built without CUDA
    except (RuntimeError, AssertionError) as error:
        raise InvalidSpecError(f"device={device!r} does not work here: {error}. Use auto, cpu, cuda or mps.") from error


def resolve_precision(precision: str, device: torch.device) -> str:
    """ "fp32" or "bf16": what "auto" means on this machine."""
    if precision != "auto":
        return precision
    return "bf16" if has_fast_bf16(device.type) else "fp32"


def autocast(precision: str, device: torch.device) -> AbstractContextManager[Any]:
    """bfloat16 autocast for "bf16", nothing for "fp32"."""
    return torch.autocast(device.type, torch.bfloat16) if precision == "bf16" else nullcontext()


@cache
def has_fast_bf16(device_type: str) -> bool:
    """Whether bfloat16 convolutions are faster than float32 ones.

    On a CPU the instruction set does not tell: with AVX-512 bf16 but without AMX some machines are three
    times faster and some a quarter slower. So it is measured once, in some 50 ms.
    """
    if device_type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # The instruction set rules out only: where it lacks bf16, the emulation is too slow even to be measured.
    if device_type != "cpu" or not torch.cpu._is_avx512_bf16_supported():
        return False
    return _convolution_s(torch.bfloat16) < 0.9 * _convolution_s(torch.float32)


def _convolution_s(dtype: torch.dtype, repeats: int = 5) -> float:
    """The fastest of some 3x3 convolutions of the size that training a CIFAR network runs, in seconds."""
    images = torch.ones(64, 32, 16, 16, dtype=dtype).to(memory_format=torch.channels_last)
    weight = torch.ones(32, 32, 3, 3, dtype=dtype)
    times = []
    with torch.inference_mode():
        for _ in range(repeats + 1):  # the first one prepares the kernel
            started = time.perf_counter()
            torch.nn.functional.conv2d(images, weight, padding=1)
            times.append(time.perf_counter() - started)
    return min(times[1:])
