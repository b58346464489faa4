"""A taught network as a file: safetensors, with the note that says its classes and its crop inside."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from safetensors.torch import save

from resnet_core.atomic import write_atomically
from resnet_core.lab.teach.held_out import HeldOut
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
    """The file's bytes."""
    state = {name: value.detach().cpu().contiguous() for name, value in model.state_dict().items()}
    return save(state, {"note": json.dumps(taught_note(weights, held_out))})


def save_taught(model: ResNet, weights: Weights, held_out: HeldOut, path: Path) -> Path:
    """Write it, whole or not at all.

    Raises:
        DataError: if it can't be written there.
    """
    write_atomically(path, taught_bytes(model, weights, held_out))
    return path
