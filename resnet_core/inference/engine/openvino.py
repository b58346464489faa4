"""OpenVinoRunner: a forward pass through OpenVINO on the CPU."""

from __future__ import annotations

import threading

import torch
from torch import Tensor

from resnet_core.inference.engine.choice import EngineChoice
from resnet_core.inference.engine.folding import fold_batch_norms
from resnet_core.inference.engine.openvino_device import openvino_core
from resnet_core.models.network import ResNet

# Ours -> OpenVINO's hint.
_HINTS = {"fp32": "f32", "bf16": "bf16", "fp16": "f16"}


class OpenVinoRunner:
    """One compiled network with one request behind a lock: on a CPU it runs one batch after the other anyway.

    A second request would hold a second set of activations, and answer no more pictures in a second.
    """

    def __init__(self, model: ResNet, choice: EngineChoice, input_size: tuple[int, int, int]) -> None:
        from resnet_core.inference.engine.openvino_graph import to_openvino

        settings = {
            "INFERENCE_PRECISION_HINT": _HINTS[choice.precision],
            "PERFORMANCE_HINT": "LATENCY",
            "NUM_STREAMS": 1,
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "ENABLE_CPU_PINNING": False,  # a race that trains beside it needs its core
        }
        compiled = openvino_core().compile_model(to_openvino(fold_batch_norms(model), input_size), "CPU", settings)
        self._request = compiled.create_infer_request()
        self._lock = threading.Lock()
        self(torch.zeros(1, *input_size))  # the first pass writes the kernels

    def __call__(self, batch: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, classes), float32 on the CPU."""
        with self._lock:
            logits = self._request.infer([batch.contiguous().numpy()], share_inputs=True)[0]
        return torch.from_numpy(logits)
