"""The engines that a forward pass is compared with, each as its users run it, on the CPU or torchvision's on a GPU."""

from __future__ import annotations

import os
import shutil
import sysconfig
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from resnet_core.inference.engine.openvino_device import openvino_precisions

Run = Callable[[Tensor], object]


@dataclass(frozen=True, slots=True)
class Peer:
    """An engine that is ready to answer.

    Attributes:
        engine, precision: as in BenchRow.
        run: (N, 3, H, W) float32 on the CPU -> logits.
        ready_s: from torchvision's network in memory to the first answer, in seconds.
    """

    engine: str
    precision: str
    run: Run
    ready_s: float


def peers(network: nn.Module, device: torch.device, side: int) -> Iterator[Peer | str]:
    """Each peer, or a sentence on why it is missing.

    Args:
        network: torchvision's, in eval mode.
        side: of the pictures, in pixels.
    """
    ways: list[tuple[str, str, str, Callable[[], Run]]] = [
        ("torchvision-eager", "fp32", "", lambda: _eager(network, device)),
    ]
    if device.type == "cpu":
        onnx_wants = _not_installed("onnxruntime", "onnx", "onnxscript")
        ways += [
            *(
                ("torch-compile", precision, _no_compiler(), lambda to=to: _compiled(network, to))
                for precision, to in (("fp32", None), ("bf16", torch.bfloat16))
                if precision in (openvino_precisions() or {"fp32"})
            ),
            ("onnxruntime", "fp32", onnx_wants, lambda: _onnxruntime(network, side)),
            *(
                ("openvino", precision, _not_installed("openvino"), lambda hint=hint: _openvino(network, side, hint))
                for precision, hint in (("fp32", "f32"), ("bf16", "bf16"), ("fp16", "f16"))
                if precision in (openvino_precisions() or {"fp32"})
            ),
        ]
    else:
        yield f"torch.compile, onnxruntime and openvino are compared on the CPU, not on {device.type}."
    for engine, precision, wants, make in ways:
        if wants:
            yield f"{engine} {precision} is not measured, for want of {wants}."
            continue
        started = time.perf_counter()
        run = make()
        run(torch.zeros(1, 3, side, side))
        yield Peer(engine, precision, run, time.perf_counter() - started)


def _not_installed(*packages: str) -> str:
    missing = [name for name in packages if find_spec(name) is None]
    return f"{', '.join(missing)}: pip install {' '.join(missing)}" if missing else ""


def _no_compiler() -> str:
    """What torch.compile lacks to turn its code into machine code."""
    if not shutil.which(os.environ.get("CXX", "g++")):
        return "a C++ compiler: install g++, or set CXX to one"
    headers = Path(sysconfig.get_paths()["include"], "Python.h")
    return "" if headers.exists() else f"Python's headers ({headers}): install python3-dev"


def _eager(network: nn.Module, device: torch.device) -> Run:
    network = network.to(device)

    def run(batch: Tensor) -> object:
        with torch.no_grad():
            return network(batch.to(device)).cpu()

    return run


def _compiled(network: nn.Module, precision: torch.dtype | None) -> Run:
    """torch.compile with freezing, which folds the batch norms; each new size of batch is compiled anew."""
    channels_last = deepcopy(network).to(memory_format=torch.channels_last)
    compiled = torch.compile(channels_last, dynamic=False, options={"freezing": True})

    def run(batch: Tensor) -> object:
        with torch.no_grad(), torch.autocast("cpu", precision, enabled=precision is not None):
            return compiled(batch).float()

    return run


def _onnxruntime(network: nn.Module, side: int) -> Run:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Two pictures: of one, the exporter takes the size of the batch for fixed.
            torch.onnx.export(
                network, (torch.zeros(2, 3, side, side),), path, input_names=["pictures"], verbose=False,
                dynamic_shapes=({0: torch.export.Dim("batch")},),
            )  # fmt: skip
        session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return lambda batch: session.run(None, {"pictures": batch.numpy()})


def _openvino(network: nn.Module, side: int, hint: str) -> Run:
    import openvino

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its converter uses what PyTorch calls deprecated
        converted = openvino.convert_model(network, example_input=torch.zeros(1, 3, side, side))
    converted.reshape([-1, 3, side, side])
    settings: dict[str, Any] = {
        "INFERENCE_PRECISION_HINT": hint,
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
    }
    request = openvino.Core().compile_model(converted, "CPU", settings).create_infer_request()
    return lambda batch: request.infer([batch.numpy()], share_inputs=True)
