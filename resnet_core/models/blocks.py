"""The blocks, smallest part first: shortcuts and the addition, then the two residual blocks of the paper.

Every call has its own module and none works in place, so that a forward hook on each sees each tensor once.
Attribute names are torchvision's, because they are the keys of its checkpoints.
"""

from __future__ import annotations

from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn

from resnet_core.models.spec import ModelSpec


class ShortcutAdd(nn.Module):
    """y = F(x) + shortcut(x). A module without parameters, so that hooks see the addition."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        return residual + shortcut


class ZeroPadShortcut(nn.Module):
    """Option A of the paper: keep every `stride`-th pixel and add channels of zeros. No parameters."""

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.new_channels, self.kernel_size, self.stride = out_channels - in_channels, 1, stride

    def forward(self, x: Tensor) -> Tensor:
        sampled = x[:, :, :: self.stride, :: self.stride]
        return F.pad(sampled, (0, 0, 0, 0, 0, self.new_channels))

    def extra_repr(self) -> str:
        return f"new_channels={self.new_channels}, stride={self.stride}"


def conv3x3(in_channels: int, out_channels: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """A 3x3 convolution that keeps the size at stride 1. No bias: batch norm follows."""
    return nn.Conv2d(in_channels, out_channels, 3, stride, padding=1, groups=groups, bias=False)


def conv1x1(in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    """A 1x1 convolution: a linear map of the channels at each pixel."""
    return nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)


def shortcut_kind(spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> str:
    """What the shortcut of one block is: identity, projection, zero_pad or none."""
    if spec.shortcut == "none":
        return "none"
    if spec.shortcut == "projection_all":
        return "projection"
    return "identity" if stride == 1 and in_channels == out_channels else spec.shortcut


def make_shortcut(kind: str, in_channels: int, out_channels: int, stride: int) -> nn.Module | None:
    """The module on the shortcut, or None where x passes as it is (or where there is no shortcut)."""
    if kind == "projection":
        return nn.Sequential(conv1x1(in_channels, out_channels, stride), nn.BatchNorm2d(out_channels))
    if kind == "zero_pad":
        return ZeroPadShortcut(in_channels, out_channels, stride)
    return None


class ResidualBlock(nn.Module):
    """What the blocks share: y = relu(F(x) + shortcut(x)). A plain block has no addition: y = relu(F(x)).

    A subclass defines `residual`, which is F, and calls `_finish` last in its constructor.
    """

    downsample: nn.Module | None
    add: ShortcutAdd | None
    relu: nn.ReLU

    def _finish(self, spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> None:
        kind = shortcut_kind(spec, in_channels, out_channels, stride)
        self.downsample = make_shortcut(kind, in_channels, out_channels, stride)
        self.add = None if kind == "none" else ShortcutAdd()
        self.relu = nn.ReLU()

    def residual(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def shortcut(self, x: Tensor) -> Tensor:
        return x if self.downsample is None else cast(Tensor, self.downsample(x))

    def forward(self, x: Tensor) -> Tensor:
        out = self.residual(x)
        if self.add is not None:
            out = self.add(out, self.shortcut(x))
        return cast(Tensor, self.relu(out))


class BasicBlock(ResidualBlock):
    """Two 3x3 convolutions (ResNet-18 and 34, all CIFAR nets). (N, C, H, W) -> (N, width, H/stride, W/stride)."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = conv3x3(in_channels, width, stride)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu1 = nn.ReLU()
        self.conv2 = conv3x3(width, width)
        self.bn2 = nn.BatchNorm2d(width)
        self._finish(spec, in_channels, width, stride)

    def residual(self, x: Tensor) -> Tensor:
        out = self.relu1(self.bn1(self.conv1(x)))
        return cast(Tensor, self.bn2(self.conv2(out)))


class Bottleneck(ResidualBlock):
    """1x1 down, 3x3, 1x1 up (ResNet-50 and deeper). (N, C, H, W) -> (N, 4 * width, H/stride, W/stride)."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        inner, out_channels = spec.inner_width(width), width * spec.expansion
        # The paper strides the first 1x1; torchvision the 3x3, which drops no pixel unread ("v1.5").
        stride_1x1, stride_3x3 = (stride, 1) if spec.stride_on == "1x1" else (1, stride)
        self.conv1 = conv1x1(in_channels, inner, stride_1x1)
        self.bn1 = nn.BatchNorm2d(inner)
        self.relu1 = nn.ReLU()
        self.conv2 = conv3x3(inner, inner, stride_3x3, spec.groups)
        self.bn2 = nn.BatchNorm2d(inner)
        self.relu2 = nn.ReLU()
        self.conv3 = conv1x1(inner, out_channels)
        self.bn3 = nn.BatchNorm2d(out_channels)
        self._finish(spec, in_channels, out_channels, stride)

    def residual(self, x: Tensor) -> Tensor:
        out = self.relu1(self.bn1(self.conv1(x)))
        out = self.relu2(self.bn2(self.conv2(out)))
        return cast(Tensor, self.bn3(self.conv3(out)))


BLOCKS: dict[str, type[BasicBlock] | type[Bottleneck]] = {"basic": BasicBlock, "bottleneck": Bottleneck}
