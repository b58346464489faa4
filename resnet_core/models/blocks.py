"""The residual blocks, and ShortcutAdd, the addition that all of this is about.

Every call has its own module and none works in place, so that a forward hook on each sees each tensor once.
Attribute names are torchvision's or timm's, because they are the keys of their checkpoints.
"""

from __future__ import annotations

from typing import cast

from torch import Tensor, nn

from resnet_core.models.attention import SelectiveKernel, SplitAttention, SqueezeExcite
from resnet_core.models.layers import conv1x1, conv3x3, norm
from resnet_core.models.shortcuts import SHORTCUTS, shortcut_kind
from resnet_core.models.spec import ModelSpec


class ShortcutAdd(nn.Module):
    """y = F(x) + shortcut(x). A module without parameters, so that hooks see the addition."""

    def forward(self, residual: Tensor, shortcut: Tensor) -> Tensor:
        return residual + shortcut


class ResidualBlock(nn.Module):
    """What the blocks share: y = relu(F(x) + shortcut(x)). A plain block has no addition: y = relu(F(x)).

    A subclass defines `residual`, which is F, and calls `_finish` last in its constructor.
    `forward` is `join(*terms(x))`, so that what is added can be looked at, or left out, without a hook.
    """

    downsample: nn.Module | None
    add: ShortcutAdd | None
    se: SqueezeExcite | None
    relu: nn.ReLU

    def _finish(self, spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> None:
        kind = shortcut_kind(spec, in_channels, out_channels, stride)
        builder = SHORTCUTS.get(kind)  # None where x passes as it is, and where there is no shortcut
        self.se = SqueezeExcite(out_channels) if spec.squeeze_excite else None
        self.downsample = builder(spec, in_channels, out_channels, stride) if builder else None
        self.add = None if kind == "none" else ShortcutAdd()
        self.relu = nn.ReLU()

    def residual(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def shortcut(self, x: Tensor) -> Tensor:
        return x if self.downsample is None else cast(Tensor, self.downsample(x))

    def terms(self, x: Tensor) -> tuple[Tensor, Tensor | None]:
        """F(x), and what the shortcut brings to the addition: None where there is no addition."""
        out = self.residual(x)
        if self.se is not None:
            out = self.se(out)
        return out, None if self.add is None else self.shortcut(x)

    def join(self, residual: Tensor, shortcut: Tensor | None) -> Tensor:
        """What leaves the block, of its two terms."""
        out = residual if self.add is None else self.add(residual, shortcut)
        return cast(Tensor, self.relu(out))

    def forward(self, x: Tensor) -> Tensor:
        return self.join(*self.terms(x))


class BasicBlock(ResidualBlock):
    """Two 3x3 convolutions (ResNet-18 and 34, all CIFAR nets). (N, C, H, W) -> (N, width, H/stride, W/stride)."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1 = conv3x3(spec, in_channels, width, stride)
        self.bn1 = norm(spec, width)
        self.relu1 = nn.ReLU()
        self.conv2 = conv3x3(spec, width, width)
        self.bn2 = norm(spec, width)
        self._finish(spec, in_channels, width, stride)

    def residual(self, x: Tensor) -> Tensor:
        out = self.relu1(self.bn1(self.conv1(x)))
        return cast(Tensor, self.bn2(self.conv2(out)))


def split_stride(spec: ModelSpec, stride: int) -> tuple[int, int]:
    """Strides of a bottleneck's first 1x1 and of its 3x3 convolution.

    The paper strides the first 1x1; torchvision the 3x3, which drops no pixel unread ("v1.5").
    """
    return (stride, 1) if spec.stride_on == "1x1" else (1, stride)


class Bottleneck(ResidualBlock):
    """1x1 down, 3x3, 1x1 up (ResNet-50 and deeper). (N, C, H, W) -> (N, expansion * width, H/stride, W/stride)."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        inner, out_channels = spec.inner_width(width), width * spec.expansion
        stride_1x1, stride_3x3 = split_stride(spec, stride)
        self.conv1 = conv1x1(spec, in_channels, inner, stride_1x1)
        self.bn1 = norm(spec, inner)
        self.relu1 = nn.ReLU()
        self.conv2 = conv3x3(spec, inner, inner, stride_3x3, spec.inner_groups(width))
        self.bn2 = norm(spec, inner)
        self.relu2 = nn.ReLU()
        self.conv3 = conv1x1(spec, inner, out_channels)
        self.bn3 = norm(spec, out_channels)
        self._finish(spec, in_channels, out_channels, stride)

    def residual(self, x: Tensor) -> Tensor:
        out = self.relu1(self.bn1(self.conv1(x)))
        out = self.relu2(self.bn2(self.conv2(out)))
        return cast(Tensor, self.bn3(self.conv3(out)))


class SplitBottleneck(ResidualBlock):
    """ResNeSt: split attention between the 1x1 convolutions; downsampling is left to an average pooling."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        inner, out_channels = spec.inner_width(width), width * spec.expansion
        self.conv1 = conv1x1(spec, in_channels, inner)
        self.bn1 = norm(spec, inner)
        self.relu1 = nn.ReLU()
        self.conv2 = SplitAttention(spec, inner, stride=1)
        self.pool = nn.AvgPool2d(3, stride, padding=1) if stride > 1 else None
        self.conv3 = conv1x1(spec, inner, out_channels)
        self.bn3 = norm(spec, out_channels)
        self._finish(spec, in_channels, out_channels, stride)

    def residual(self, x: Tensor) -> Tensor:
        out = self.conv2(self.relu1(self.bn1(self.conv1(x))))
        if self.pool is not None:
            out = self.pool(out)
        return cast(Tensor, self.bn3(self.conv3(out)))


class _ConvNorm(nn.Module):
    """A 1x1 convolution and its batch norm under one name, as timm's selective-kernel checkpoints have them."""

    def __init__(self, spec: ModelSpec, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv = conv1x1(spec, in_channels, out_channels)
        self.bn = norm(spec, out_channels)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.bn(self.conv(x)))


class SelectiveBottleneck(ResidualBlock):
    """SKNet: a selective kernel between the 1x1 convolutions."""

    def __init__(self, spec: ModelSpec, in_channels: int, width: int, stride: int) -> None:
        super().__init__()
        inner, out_channels = spec.inner_width(width), width * spec.expansion
        self.conv1 = _ConvNorm(spec, in_channels, inner)
        self.relu1 = nn.ReLU()
        self.conv2 = SelectiveKernel(spec, inner, stride)
        self.conv3 = _ConvNorm(spec, inner, out_channels)
        self._finish(spec, in_channels, out_channels, stride)

    def residual(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.conv3(self.conv2(self.relu1(self.conv1(x)))))
