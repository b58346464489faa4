"""How a forward pass is executed: on which device and in which number format."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch

from resnet_core.errors import InvalidSpecError

DEVICES = ("auto", "cpu", "cuda", "mps")
_DTYPES = {"bf16": torch.bfloat16, "fp16": torch.float16}
PRECISIONS = ("auto", "fp32", *_DTYPES)


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
    """What "auto" means on `device`: bf16 on a GPU that computes it in hardware, otherwise fp32.

    Raises:
        InvalidSpecError: for a precision that does not exist.
    """
    if precision not in PRECISIONS:
        raise InvalidSpecError(f"precision={precision!r} is none we know. Choose one of: {', '.join(PRECISIONS)}.")
    if precision != "auto":
        return precision
    fast_bf16 = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    return "bf16" if fast_bf16 else "fp32"


def autocast(precision: str, device: torch.device) -> AbstractContextManager[Any]:
    """Autocast to the 16-bit format, nothing for "fp32". It belongs to the calling thread alone."""
    return torch.autocast(device.type, _DTYPES[precision]) if precision in _DTYPES else nullcontext()


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def _is_present(device: torch.device) -> bool:
    if device.type == "cuda":
        return torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count()
    return device.type == "cpu" or _has_mps()
