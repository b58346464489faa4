"""layer_times(): how long each layer of a network really takes on this machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import torch
from torch import Tensor, nn

from resnet_core.errors import require
from resnet_core.inference.explain.full_gpu import survive_full_gpu
from resnet_core.inference.explain.twin import twin
from resnet_core.inference.explain.walk import steps_of
from resnet_core.models.network import ResNet

WARM_UP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerTime:
    """One call of one layer: path of the module, and the median of its durations in milliseconds."""

    path: str
    duration_ms: float


@survive_full_gpu
def layer_times(model: ResNet, input_size: tuple[int, int, int, int] | None = None, passes: int = 9) -> list[LayerTime]:
    """Run a picture of noise some times and take the median for each layer, in the order of the calls.

    The layers run one by one, eagerly, in the weights' number format: what an engine gains by fusing them is not in
    it. The clock hangs on a twin of the network, so other visitors' passes are neither measured nor slowed.

    Args:
        input_size: (N, C, H, W); by default one picture of the spec's size.
        passes: after two more that warm up.

    Raises:
        InvalidSpecError: for passes below 1, or a network that `build_model` did not make.
        QueueFullError: if the network's GPU is full.
    """
    require(passes >= 1, "passes", passes, "at least 1")
    steps_of(model)  # refuses what is none of ours
    own, clock = twin(model), _Clock()
    for path, module in own.named_modules():
        if not any(module.children()):
            module.register_forward_pre_hook(clock.start)
            module.register_forward_hook(clock.stop(path))
    weight = next(own.parameters())
    size = input_size or (1, model.spec.in_channels, *model.spec.input_size)
    x = torch.randn(size, generator=torch.Generator().manual_seed(0)).to(weight)
    runs = []
    with torch.no_grad():
        for _ in range(WARM_UP + passes):
            clock.calls = []
            own(x)
            runs.append(clock.calls)
    return [
        LayerTime(path=calls[0][0], duration_ms=median(duration for _, duration in calls))
        for calls in zip(*runs[WARM_UP:], strict=True)
    ]


class _Clock:
    """Start and stop times of the calls of one pass."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, float]] = []
        self.started = 0.0

    def start(self, _module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        _wait_for(inputs[0].device)
        self.started = time.perf_counter()

    def stop(self, path: str) -> Callable[..., None]:
        def record(_module: nn.Module, _inputs: Any, output: Tensor) -> None:
            _wait_for(output.device)
            self.calls.append((path, (time.perf_counter() - self.started) * 1000))

        return record


def _wait_for(device: torch.device) -> None:
    """A GPU answers before it has computed."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()
