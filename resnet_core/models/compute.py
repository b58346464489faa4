"""On which device and in which number format a network computes, in training and in inference."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

import torch

from resnet_core.errors import InvalidSpecError

DEVICES = ("auto", "cpu", "cuda", "mps")
DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
PRECISIONS = ("auto", *DTYPES)


def pick_device(device: str = "auto") -> torch.device:
    """The device to compute on; "auto" takes CUDA, then Apple's GPU, then the CPU.

    Raises:
        InvalidSpecError: for a name that is no device, or one that this machine does not have.
    """
    if device == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu")
    if device.partition(":")[0] not in DEVICES:
        raise InvalidSpecError(f"device={device!r} is none we know. Choose one of: {', '.join(DEVICES)}.")
    try:
        chosen = torch.device(device)
    except RuntimeError as error:
        raise InvalidSpecError(f"device={device!r} does not work. Choose one of: {', '.join(DEVICES)}.") from error
    if not _is_present(chosen):
        raise InvalidSpecError(f"device={device!r} is not on this machine. Choose 'cpu', or 'auto' for what there is.")
    return chosen


def resolve_precision(precision: str, device: torch.device) -> str:
    """What "auto" means on `device` in inference: bf16 where it is faster, otherwise fp32.

    Raises:
        InvalidSpecError: for a precision that does not exist.
    """
    if precision not in PRECISIONS:
        raise InvalidSpecError(f"precision={precision!r} is none we know. Choose one of: {', '.join(PRECISIONS)}.")
    if precision != "auto":
        return precision
    return "bf16" if has_fast_bf16(device.type) else "fp32"


def training_precision(precision: str, device: torch.device) -> str:
    """As `resolve_precision`, but "auto" asks no clock: a recipe must give the same bytes on a busy machine.

    It is fp32 on a CPU, where bf16 may be three times as fast or slower and only a measurement tells; on a GPU, whose
    kind decides it, bf16 where there is any.

    Raises:
        InvalidSpecError: for a precision that does not exist.
    """
    return "fp32" if precision == "auto" and device.type == "cpu" else resolve_precision(precision, device)


def autocast(precision: str, device: torch.device) -> AbstractContextManager[Any]:
    """Autocast to the 16-bit format, nothing for "fp32". It belongs to the calling thread alone."""
    return nullcontext() if precision == "fp32" else torch.autocast(device.type, DTYPES[precision])


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


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def _is_present(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count()
    return device.type == "cpu" or _has_mps()
