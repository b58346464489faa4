"""EngineChoice: how a forward pass runs, and the order in which the ways to run it are tried."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from resnet_core.errors import require
from resnet_core.inference.engine.openvino_device import openvino_precisions
from resnet_core.models.compute import resolve_precision

BACKENDS = ("auto", "openvino", "cuda_graphs", "eager")
TENSOR_CORES = (7, 0)  # compute capability from which fp16 is fast; bf16 came with (8, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineChoice:
    """How a forward pass runs.

    Attributes:
        device: "cpu", "cuda" or "mps".
        precision: "fp32", "bf16" or "fp16": of weights and activations; the logits are float32 always.
        backend: "openvino", "cuda_graphs" or "eager", which is PyTorch call by call.
        folded: whether batch norms were folded into the convolutions before them.
        memory_format: "contiguous" or "channels_last" of PyTorch, or "blocked", which is OpenVINO's own.
        why: in a sentence.
    """

    device: str
    precision: str
    backend: str
    folded: bool
    memory_format: str
    why: str

    def __str__(self) -> str:
        return f"{self.backend} in {self.precision} on {self.device}"


def choices_for(device: torch.device, precision: str = "auto", backend: str = "auto") -> tuple[EngineChoice, ...]:
    """The ways to run a network on `device`, the best first; the last one works everywhere.

    Measured on two cores with AVX-512 bf16 (`python -m resnet_core bench inference`): of what needs no compiler on
    the user's machine OpenVINO was the fastest at each precision, and ready within a second.

    Raises:
        InvalidSpecError: for a precision or a backend that does not exist, or not on this device.
    """
    require(backend in BACKENDS, "backend", backend, f"one of {', '.join(BACKENDS)}")
    resolved = inference_precision(precision, device)
    ways = {way.backend: way for way in _ways(device, resolved)}
    if backend == "auto":
        return tuple(ways.values())
    require(backend in ways, "backend", backend, f"one of {', '.join(ways)} in {resolved} on this {device.type}")
    return (ways[backend],)


def inference_precision(precision: str, device: torch.device) -> str:
    """As `resolve_precision`; but "auto" on a GPU with tensor cores and no bf16 is fp16, which training would not bear.

    Raises:
        InvalidSpecError: for a precision that does not exist.
    """
    resolved = resolve_precision(precision, device)
    if precision == "auto" and device.type == "cuda" and resolved == "fp32":
        return "fp16" if torch.cuda.get_device_capability(device) >= TENSOR_CORES else "fp32"
    return resolved


def plain_choice(device: torch.device, why: str) -> EngineChoice:
    """The network as it was loaded: ready at once."""
    return EngineChoice(
        device=device.type, precision="fp32", backend="eager", folded=False, memory_format="contiguous", why=why
    )


def _ways(device: torch.device, precision: str) -> list[EngineChoice]:
    eager = EngineChoice(
        device=device.type, precision=precision, backend="eager", folded=True,
        memory_format="contiguous" if device.type == "mps" else "channels_last",
        why=_why_eager(device, precision),
    )  # fmt: skip
    if device.type == "cuda":
        why = "A recorded forward pass replays with one launch in place of some two hundred."
        return [_changed(eager, "cuda_graphs", "channels_last", why), eager]
    if device.type == "cpu" and precision in openvino_precisions():
        why = "OpenVINO is the fastest on a CPU that needs no compiler."
        return [_changed(eager, "openvino", "blocked", why), eager]
    return [eager]


def _changed(choice: EngineChoice, backend: str, memory_format: str, why: str) -> EngineChoice:
    return EngineChoice(
        device=choice.device, precision=choice.precision, backend=backend, folded=True,
        memory_format=memory_format, why=why,
    )  # fmt: skip


def _why_eager(device: torch.device, precision: str) -> str:
    if device.type != "cpu":
        return f"PyTorch runs call by call on {device.type}."
    if not openvino_precisions():
        return "OpenVINO, which is faster, is not installed: pip install openvino."
    if precision not in openvino_precisions():
        return f"OpenVINO has no {precision} on this processor."
    return "PyTorch runs call by call, as was asked for."
