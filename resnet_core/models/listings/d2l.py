"""D2L's ResNet-18 (document 002): convolutions keep their biases, ReLUs and the addition are invisible to hooks."""

from __future__ import annotations

from collections.abc import Collection
from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn


class Residual(nn.Module):
    """Two 3x3 convolutions; a 1x1 convolution without batch norm on the shortcut where shapes differ."""

    def __init__(self, in_channels: int, channels: int, use_1x1conv: bool, bias: bool) -> None:
        super().__init__()
        stride = 2 if use_1x1conv else 1
        self.conv1 = nn.Conv2d(in_channels, channels, 3, stride, padding=1, bias=bias)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=bias)
        # No batch norm follows this one: its bias has work to do and stays.
        self.conv3 = nn.Conv2d(in_channels, channels, 1, stride) if use_1x1conv else None
        self.bn1 = nn.BatchNorm2d(channels)
        self.bn2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.conv3 is not None:
            x = self.conv3(x)
        y += x
        return F.relu(y)


class D2LResNet(nn.Module):
    """(N, 1, H, W) -> logits (N, 10). Stages are named b2 to b5, as in the chapter."""

    def __init__(self, depths: tuple[int, ...], fix: Collection[str]) -> None:
        super().__init__()
        bias = "idle_biases" not in fix
        stem = nn.Conv2d(1, 64, 7, stride=2, padding=3, bias=bias)
        self.net = nn.Sequential(
            nn.Sequential(stem, nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, stride=2, padding=1))
        )
        channels = 64
        for stage, depth in enumerate(depths):
            width = 64 * 2**stage
            blocks = [Residual(channels, width, stage > 0, bias)]
            blocks += [Residual(width, width, False, bias) for _ in range(depth - 1)]
            self.net.add_module(f"b{stage + 2}", nn.Sequential(*blocks))
            channels = width
        head = nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(channels, 10))
        self.net.add_module("last", head)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.net(x))
