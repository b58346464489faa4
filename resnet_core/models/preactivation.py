"""Pre-activation blocks: batch norm and ReLU before each convolution, nothing after the addition.

Source: He et al. 2016b, "Identity Mappings in Deep Residual Networks", arXiv:1603.05027, Figure 1b.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from resnet_core.models.blocks import ResidualBlock, ShortcutAdd, split_stride
from resnet_core.models.layers import conv1x1, conv3x3, norm
from resnet_core.models.shortcuts import SHORTCUTS, shortcut_kind
from resnet_core.models.spec import ModelSpec


class PreactBlock(ResidualBlock):
    """y = x + F(relu(bn(x))): from block to block the shortcut is a clean identity.

    Where the shapes differ, the shortcut takes the activated x too, as in the authors' code.
    """

    bn1: nn.Module
    relu1: nn.ReLU

    def _finish(self, spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> None:
        kind = shortcut_kind(spec, in_channels, out_channels, stride)
        builder = SHORTCUTS.get(kind)
        self.downsample = builder(spec, in_channels, out_channels, stride) if builder else None
        self.add = None if kind == "none" else ShortcutAdd()

    def terms(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        activated = self.relu1(self.bn1(x))
        out = self.residual(activated)
        if self.add is None:
            return out, None
        return out, x if self.downsample is None else self.downsample(activated)

    def join(self, residual: Tensor, shortcut: Tensor | None) -> Tensor:
        return residual if self.add is None else cast(Tensor, self.add(residual, shortcut))


class PreactBasicBlock(PreactBlock):
    """bn, relu, 3x3, bn, relu, 3x3. (N, C, H, W) -> (N, width, H/stride, W/stride)."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.bn1 = norm(spec, in_channels)
        self.relu1 = nn.ReLU()
        self.conv1 = conv3x3(spec, in_channels, width, stride)
        self.bn2 = norm(spec, width)
        self.relu2 = nn.ReLU()
        self.conv2 = conv3x3(spec, width, width)
        self._finish(spec, in_channels, width, stride)

    def residual(self, x: Tensor) -> Tensor:
        out = self.relu2(self.bn2(self.conv1(x)))
        return cast(Tensor, self.conv2(out))


class PreactBottleneck(PreactBlock):
    """bn, relu, 1x1, bn, relu, 3x3, bn, relu, 1x1. (N, C, H, W) -> (N, 4 * width, H/stride, W/stride)."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        inner, out_channels = spec.inner_width(width), width * spec.expansion
        stride_1x1, stride_3x3 = split_stride(spec, stride)
        self.bn1 = norm(spec, in_channels)
        self.relu1 = nn.ReLU()
        self.conv1 = conv1x1(spec, in_channels, inner, stride_1x1)
        self.bn2 = norm(spec, inner)
        self.relu2 = nn.ReLU()
        self.conv2 = conv3x3(spec, inner, inner, stride_3x3, spec.inner_groups(width))
        self.bn3 = norm(spec, inner)
        self.relu3 = nn.ReLU()
        self.conv3 = conv1x1(spec, inner, out_channels)
        self._finish(spec, in_channels, out_channels, stride)

    def residual(self, x: Tensor) -> Tensor:
        out = self.relu2(self.bn2(self.conv1(x)))
        out = self.relu3(self.bn3(self.conv2(out)))
        return cast(Tensor, self.conv3(out))
