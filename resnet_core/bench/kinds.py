"""KINDS: twelve networks, no two of one kind, that a tool for any network must take; and what goes into each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn


@dataclass(frozen=True, slots=True)
class Kind:
    """A network to look into.

    Attributes:
        build: makes it.
        give: makes what goes in.
    """

    build: Callable[[], nn.Module]
    give: Callable[[], Tensor]


def _torchvision(name: str, **options: Any) -> Callable[[], nn.Module]:
    def build() -> nn.Module:
        from torchvision import models

        model: nn.Module = models.get_model(name, weights=None, **options)
        return model

    return build


def _pictures(*shape: int) -> Callable[[], Tensor]:
    return lambda: torch.zeros(1, *shape)


class UNet(nn.Module):
    """Halves three times and doubles three times, with what was before beside what comes up."""

    def __init__(self, width: int = 16) -> None:
        super().__init__()
        widths = [width * 2**n for n in range(4)]
        self.pool = nn.MaxPool2d(2)
        self.down = nn.ModuleList(_twice(a, b) for a, b in zip([3, *widths], widths, strict=False))
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, 2) for w in widths[2::-1])
        self.merge = nn.ModuleList(_twice(2 * w, w) for w in widths[2::-1])
        self.out = nn.Conv2d(width, 2, 1)

    def forward(self, x: Tensor) -> Tensor:
        kept = [x := self.down[0](x)]
        for layer in self.down[1:]:
            kept.append(x := layer(self.pool(x)))
        for up, merge, before in zip(self.up, self.merge, kept[-2::-1], strict=True):
            x = merge(torch.cat([up(x), before], 1))
        return self.out(x)  # type: ignore[no-any-return]  # a module's call is untyped


def _twice(ins: int, out: int) -> nn.Sequential:
    first = (nn.Conv2d(ins, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU())
    return nn.Sequential(*first, nn.Conv2d(out, out, 3, padding=1), nn.BatchNorm2d(out), nn.ReLU())


class TextClassifier(nn.Module):
    """Words, an LSTM that reads them in both directions, and an answer from its last state."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(10_000, 128)
        self.lstm = nn.LSTM(128, 128, num_layers=2, bidirectional=True, batch_first=True)
        self.answer = nn.Linear(256, 4)

    def forward(self, tokens: Tensor) -> Tensor:
        _, (last, _) = self.lstm(self.words(tokens))
        return self.answer(torch.cat([last[-2], last[-1]], 1))  # type: ignore[no-any-return]  # as above


def _encoder() -> nn.Module:
    return nn.TransformerEncoder(nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True), 4)


PICTURE = _pictures(3, 224, 224)
KINDS: dict[str, Kind] = {
    "resnet50": Kind(_torchvision("resnet50"), PICTURE),
    "densenet121": Kind(_torchvision("densenet121"), PICTURE),
    "googlenet": Kind(_torchvision("googlenet", init_weights=False), PICTURE),
    "mobilenet_v3_large": Kind(_torchvision("mobilenet_v3_large"), PICTURE),
    "efficientnet_b0": Kind(_torchvision("efficientnet_b0"), PICTURE),
    "convnext_tiny": Kind(_torchvision("convnext_tiny"), PICTURE),
    "vit_b_16": Kind(_torchvision("vit_b_16"), PICTURE),
    "swin_t": Kind(_torchvision("swin_t"), PICTURE),
    "r3d_18": Kind(_torchvision("r3d_18"), _pictures(3, 8, 112, 112)),
    "unet": Kind(UNet, _pictures(3, 128, 128)),
    "lstm_text": Kind(TextClassifier, lambda: torch.zeros(1, 64, dtype=torch.long)),
    "transformer_encoder": Kind(_encoder, _pictures(64, 256)),
}
