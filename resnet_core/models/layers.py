"""Convolution and normalisation as a spec wants them: with or without bias, with or without batch norm."""

from __future__ import annotations

from torch import nn

from resnet_core.models.spec import ModelSpec


def conv(
    spec: ModelSpec,
    in_channels: int,
    out_channels: int,
    kernel_size: int,
    stride: int = 1,
    groups: int = 1,
    dilation: int = 1,
) -> nn.Conv2d:
    """A convolution that keeps the size at stride 1. A bias only where no batch norm would make it idle."""
    padding = dilation * (kernel_size // 2)
    return nn.Conv2d(
        in_channels, out_channels, kernel_size, stride, padding, dilation, groups=groups, bias=spec.has_bias
    )


def conv3x3(spec: ModelSpec, in_channels: int, out_channels: int, stride: int = 1, groups: int = 1) -> nn.Conv2d:
    """A 3x3 convolution: looks at a pixel and its eight neighbours."""
    return conv(spec, in_channels, out_channels, 3, stride, groups)


def conv1x1(spec: ModelSpec, in_channels: int, out_channels: int, stride: int = 1) -> nn.Conv2d:
    """A 1x1 convolution: a linear map of the channels at each pixel."""
    return conv(spec, in_channels, out_channels, 1, stride)


def norm(spec: ModelSpec, channels: int) -> nn.Module:
    """Batch norm, or nothing where the spec has none."""
    return nn.BatchNorm2d(channels) if spec.norm == "batch" else nn.Identity()
