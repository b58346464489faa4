"""Attention inside a block: squeeze-and-excitation, selective kernels, split attention.

All three squeeze the map to one number per channel, pass it through two narrow layers and weigh channels with
the result. Every sum and product is a module, so that hooks see it. Attribute names are timm's checkpoint keys.
"""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from resnet_core.models.channels import attention_width, selective_width, squeeze_width
from resnet_core.models.layers import conv, conv1x1, norm
from resnet_core.models.spec import ModelSpec


def split_channels(x: Tensor, radix: int) -> Tensor:
    """(N, radix * C, H, W) -> (N, radix, C, H, W)."""
    return x.reshape(len(x), radix, -1, *x.shape[2:])


class ChannelScale(nn.Module):
    """Each channel times its weight: (N, C, H, W) x (N, C, 1, 1) -> (N, C, H, W)."""

    def forward(self, x: Tensor, weights: Tensor) -> Tensor:
        return x * weights


class ChannelSlice(nn.Module):
    """Channels `start` to `stop`: (N, C, H, W) -> (N, stop - start, H, W)."""

    def __init__(self, start: int, stop: int) -> None:
        super().__init__()
        self.start, self.stop = start, stop

    def forward(self, x: Tensor) -> Tensor:
        return x[:, self.start : self.stop]


class Concatenate(nn.Module):
    """Two maps, one after the other in the channels: twice (N, C, H, W) -> (N, 2C, H, W)."""

    def forward(self, first: Tensor, second: Tensor) -> Tensor:
        return torch.cat((first, second), dim=1)


class SplitSum(nn.Module):
    """The splits added up: (N, radix * C, H, W) -> (N, C, H, W)."""

    def __init__(self, radix: int) -> None:
        super().__init__()
        self.radix = radix

    def forward(self, x: Tensor) -> Tensor:
        return split_channels(x, self.radix).sum(dim=1)


class SplitSoftmax(nn.Module):
    """Weights that add up to 1 over the splits, for each channel: (N, radix * C, 1, 1), same shape out."""

    def __init__(self, radix: int, cardinality: int = 1) -> None:
        super().__init__()
        self.radix, self.cardinality = radix, cardinality

    def forward(self, x: Tensor) -> Tensor:
        by_group = x.reshape(len(x), self.cardinality, self.radix, -1)  # grouped convolutions put the group first
        return by_group.transpose(1, 2).softmax(dim=1).reshape(x.shape)


class WeightedSum(nn.Module):
    """The splits added up by their weights: (N, radix * C, H, W), (N, radix * C, 1, 1) -> (N, C, H, W)."""

    def __init__(self, radix: int) -> None:
        super().__init__()
        self.radix = radix

    def forward(self, x: Tensor, weights: Tensor) -> Tensor:
        return split_channels(x * weights, self.radix).sum(dim=1)


class SqueezeExcite(nn.Module):
    """Weigh each channel by a number between 0 and 1 (Hu et al. 2017, arXiv:1709.01507). Same shape out."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        narrow = squeeze_width(channels)
        self.squeeze = nn.AdaptiveAvgPool2d((1, 1))
        self.fc1 = nn.Conv2d(channels, narrow, 1)
        self.relu = nn.ReLU()
        self.fc2 = nn.Conv2d(narrow, channels, 1)
        self.gate = nn.Sigmoid()
        self.scale = ChannelScale()

    def forward(self, x: Tensor) -> Tensor:
        out = self.relu(self.fc1(self.squeeze(x)))
        return cast(Tensor, self.scale(x, self.gate(self.fc2(out))))


class SplitAttention(nn.Module):
    """ResNeSt's 3x3 convolution: `radix` splits, weighed against each other (Zhang et al. 2020, arXiv:2004.08955).

    (N, C, H, W) -> (N, C, H/stride, W/stride).
    """

    def __init__(self, spec: ModelSpec, channels: int, stride: int) -> None:
        super().__init__()
        radix, groups, narrow = spec.radix, spec.groups, attention_width(channels, spec.radix)
        self.conv = conv(spec, channels, channels * radix, 3, stride, groups * radix)
        self.bn0 = norm(spec, channels * radix)
        self.relu0 = nn.ReLU()
        self.sum = SplitSum(radix)
        self.squeeze = nn.AdaptiveAvgPool2d((1, 1))
        self.fc1 = nn.Conv2d(channels, narrow, 1, groups=groups)
        self.bn1 = norm(spec, narrow)
        self.relu1 = nn.ReLU()
        self.fc2 = nn.Conv2d(narrow, channels * radix, 1, groups=groups)
        # A single split has no rival to be weighed against: its channels get a gate of their own.
        self.choose = SplitSoftmax(radix, groups) if radix > 1 else nn.Sigmoid()
        self.weigh = WeightedSum(radix)

    def forward(self, x: Tensor) -> Tensor:
        splits = self.relu0(self.bn0(self.conv(x)))
        squeezed = self.squeeze(self.sum(splits))
        out = self.relu1(self.bn1(self.fc1(squeezed)))
        return cast(Tensor, self.weigh(splits, self.choose(self.fc2(out))))


class KernelPath(nn.Module):
    """One path of a selective kernel: half the channels in, a 3x3 convolution of its own reach, all channels out."""

    def __init__(self, spec: ModelSpec, channels: int, stride: int, number: int) -> None:
        super().__init__()
        half = channels // 2
        self.slice = ChannelSlice(number * half, (number + 1) * half)
        self.conv = conv(spec, half, channels, 3, stride, spec.groups, dilation=number + 1)
        self.bn = norm(spec, channels)
        self.relu = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.relu(self.bn(self.conv(self.slice(x)))))


class KernelChoice(nn.Module):
    """How much of each path to take, for each channel: (N, 2C, H, W) -> weights (N, 2C, 1, 1)."""

    def __init__(self, spec: ModelSpec, channels: int) -> None:
        super().__init__()
        narrow = selective_width(channels)
        self.sum = SplitSum(2)
        self.squeeze = nn.AdaptiveAvgPool2d((1, 1))
        self.fc_reduce = conv1x1(spec, channels, narrow)
        self.bn = norm(spec, narrow)
        self.relu = nn.ReLU()
        self.fc_select = conv1x1(spec, narrow, channels * 2)
        self.choose = SplitSoftmax(2)

    def forward(self, paths: Tensor) -> Tensor:
        out = self.relu(self.bn(self.fc_reduce(self.squeeze(self.sum(paths)))))
        return cast(Tensor, self.choose(self.fc_select(out)))


class SelectiveKernel(nn.Module):
    """Two 3x3 convolutions of different reach, weighed against each other (Li et al. 2019, arXiv:1903.06586).

    As timm has it: each path reads half of the channels, and the 5x5 kernel is a 3x3 with dilation 2.
    (N, C, H, W) -> (N, C, H/stride, W/stride).
    """

    def __init__(self, spec: ModelSpec, channels: int, stride: int) -> None:
        super().__init__()
        self.paths = nn.ModuleList([KernelPath(spec, channels, stride, number) for number in (0, 1)])
        self.join = Concatenate()
        self.attn = KernelChoice(spec, channels)
        self.weigh = WeightedSum(2)

    def forward(self, x: Tensor) -> Tensor:
        paths = self.join(*(path(x) for path in self.paths))
        return cast(Tensor, self.weigh(paths, self.attn(paths)))
