"""EagerRunner: a forward pass through PyTorch, call by call."""

from __future__ import annotations

import torch
from torch import Tensor

from resnet_core.inference.engine.choice import EngineChoice
from resnet_core.inference.engine.folding import fold_batch_norms
from resnet_core.models.compute import DTYPES
from resnet_core.models.network import ResNet

_FORMATS = {"contiguous": torch.contiguous_format, "channels_last": torch.channels_last}


class EagerRunner:
    """A network on its device, in one number format throughout; threads may share it.

    It computes where the network lies: `choice.device` is for reading.
    """

    def __init__(self, model: ResNet, choice: EngineChoice, input_size: tuple[int, int, int]) -> None:
        self.device = next(model.parameters()).device
        self.dtype, self.memory_format = DTYPES[choice.precision], _FORMATS[choice.memory_format]
        self.model = model
        if choice.folded:
            self.model = fold_batch_norms(model).to(self.device, self.dtype).to(memory_format=self.memory_format)

    def __call__(self, batch: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, classes), float32 on the CPU."""
        with torch.inference_mode():
            return self.forward(batch).float().cpu()

    def forward(self, batch: Tensor) -> Tensor:
        """The same on the device, in its number format."""
        logits: Tensor = self.model(batch.to(self.device, self.dtype, memory_format=self.memory_format))
        return logits
