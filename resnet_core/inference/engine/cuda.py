"""CudaGraphRunner: a forward pass on an NVIDIA GPU, recorded once for each size of batch and then replayed."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import torch
from torch import Tensor

from resnet_core.inference.engine.choice import EngineChoice
from resnet_core.inference.engine.eager import EagerRunner
from resnet_core.models.network import ResNet

LARGEST_RECORDED = 16  # above it the GPU computes for longer than the launches take
WARM_UPS = 3  # cuDNN picks its kernels in the first passes, which must not be recorded


@dataclass(frozen=True, slots=True)
class _Recording:
    graph: torch.cuda.CUDAGraph
    pictures: Tensor
    logits: Tensor


class CudaGraphRunner:
    """Small batches replay a graph, padded up to a power of two; large ones run call by call. Threads may share it.

    All graphs draw on one pool of memory. A recording reads and writes memory of its own, hence the lock.
    """

    def __init__(self, model: ResNet, choice: EngineChoice, input_size: tuple[int, int, int]) -> None:
        self._eager = EagerRunner(model, choice, input_size)
        self._input_size = input_size
        self._recordings: dict[int, _Recording] = {}
        self._lock = threading.Lock()
        self._stream = torch.cuda.Stream(self._eager.device)  # type: ignore[no-untyped-call]
        self._pool = torch.cuda.graph_pool_handle()
        self(torch.zeros(1, *input_size))

    def __call__(self, batch: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, classes), float32 on the CPU."""
        if len(batch) > LARGEST_RECORDED:
            return self._eager(batch)
        with self._lock, torch.inference_mode(), torch.cuda.device(self._eager.device):
            size = recorded_size(len(batch))
            if size not in self._recordings:
                self._recordings[size] = self._record(size)
            recording = self._recordings[size]
            with torch.cuda.stream(self._stream):
                recording.pictures[: len(batch)].copy_(batch)
                recording.graph.replay()
                return recording.logits[: len(batch)].float().cpu()

    def _record(self, size: int) -> _Recording:
        pictures = torch.zeros(
            size, *self._input_size, device=self._eager.device, dtype=self._eager.dtype
        ).contiguous(memory_format=self._eager.memory_format)  # fmt: skip
        self._stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._stream):
            for _ in range(WARM_UPS):
                self._eager.forward(pictures)
        self._stream.synchronize()
        graph = torch.cuda.CUDAGraph()
        # "thread_local": what other visitors' threads do on the GPU meanwhile is not forbidden to them.
        with torch.cuda.graph(graph, pool=self._pool, stream=self._stream, capture_error_mode="thread_local"):
            logits = self._eager.forward(pictures)
        return _Recording(graph, pictures, logits)


def recorded_size(batch: int) -> int:
    """The size of the recording that a batch is padded to: the next power of two."""
    return int(1 << (batch - 1).bit_length())
