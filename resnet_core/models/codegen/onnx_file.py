"""onnx_bytes(): a network in ONNX, which programs without PyTorch read."""

from __future__ import annotations

import warnings
from importlib.util import find_spec

import torch
from torch import nn

from resnet_core.errors import DataError
from resnet_core.models.network import ResNet

PACKAGES = ("onnx", "onnxscript")
INPUT = "pictures"


def check_onnx() -> None:
    """Refuse where the packages are missing that write ONNX.

    Raises:
        DataError: that says how to install them.
    """
    if missing := [name for name in PACKAGES if find_spec(name) is None]:
        raise DataError(f"ONNX is written by {' and '.join(PACKAGES)}. Install: pip install {' '.join(missing)}")


def onnx_bytes(model: ResNet | nn.Module, side: int, note: str = "", channels: int = 3) -> bytes:
    """The network as a file: normalised pictures (N, channels, side, side) in, logits (N, classes) out.

    Args:
        note: stands in the file's metadata under `note`.

    Raises:
        DataError: without the packages that write it.
    """
    check_onnx()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # Two pictures: of one, the exporter takes the size of the batch for fixed.
        program = torch.onnx.export(
            model, (torch.zeros(2, channels, side, side),), input_names=[INPUT], verbose=False, dynamo=True,
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )  # fmt: skip
    assert program is not None
    proto = program.model_proto
    if note:
        proto.metadata_props.add(key="note", value=note)
    return bytes(proto.SerializeToString())
