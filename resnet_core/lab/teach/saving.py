"""A taught network as a file, safetensors or ONNX, with the note that says its classes and its crop inside."""

from __future__ import annotations

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

from safetensors.torch import save

from resnet_core.atomic import write_atomically
from resnet_core.errors import DataError
from resnet_core.lab.teach.held_out import HeldOut
from resnet_core.models.codegen.onnx_file import check_onnx, onnx_bytes
from resnet_core.models.network import ResNet
from resnet_core.weights.record import Weights


def taught_note(weights: Weights, held_out: HeldOut) -> dict[str, Any]:
    """The note of a taught network, in the keys that `read_note` knows."""
    prepared = weights.preprocessing
    return {
        "model": weights.spec.name, "classes": list(weights.classes), "image_size": prepared.crop_size,
        "resize_size": prepared.resize_size, "interpolation": prepared.interpolation, "mean": list(prepared.mean),
        "std": list(prepared.std), "source": weights.origin,
        "measured": {
            "held_out": str(held_out), "right": held_out.right, "total": held_out.total, "groups": held_out.groups,
            "interval": held_out.interval, "confusion": held_out.confusion.tolist(),
        },
    }  # fmt: skip


def taught_bytes(model: ResNet, weights: Weights, held_out: HeldOut) -> bytes:
    """The file's bytes, in safetensors."""
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    return save(state, {"note": json.dumps(taught_note(weights, held_out))})


def taught_onnx(model: ResNet, weights: Weights, held_out: HeldOut) -> bytes:
    """The file's bytes, in ONNX: normalised pictures (N, C, H, W) in, logits out, with the same note.

    Raises:
        DataError: without the packages onnx and onnxscript.
    """
    note = json.dumps(taught_note(weights, held_out))
    return onnx_bytes(deepcopy(model).cpu(), weights.preprocessing.crop_size, note, model.spec.in_channels)


WRITERS = {".safetensors": taught_bytes, ".onnx": taught_onnx}


def check_ending(path: Path) -> None:
    """Refuse a file that can't be written, before the work begins.

    Raises:
        DataError: for another ending than .safetensors or .onnx, or without the packages that write ONNX.
    """
    if path.suffix not in WRITERS:
        raise DataError(
            f"{path.name} can't be written: its ending must be {' or '.join(WRITERS)}, which says the format."
        )
    if path.suffix == ".onnx":
        check_onnx()


def save_taught(model: ResNet, weights: Weights, held_out: HeldOut, path: Path) -> Path:
    """Write it, whole or not at all, in the format that its ending says.

    Raises:
        DataError: if it can't be written there, or not in that format.
    """
    check_ending(path)
    write_atomically(path, WRITERS[path.suffix](model, weights, held_out))
    return path
