"""The hook blog's ResNet (document 000), defects included: each is a flag that `fix` turns off."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import cast

from torch import Tensor, nn


class BlogBlock(nn.Module):
    """What both blocks share: the shortcut, cut off from the gradient as published, and the in-place addition."""

    expansion: int

    def __init__(self, downsample: nn.Module | None, fix: Collection[str]) -> None:
        super().__init__()
        self.identity_downsample = downsample
        self.detached = "detached_shortcut" not in fix
        self.relu = nn.ReLU()

    def branch(self, x: Tensor) -> Tensor:
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        identity = x.detach().clone() if self.detached else x
        x = self.branch(x)
        if self.identity_downsample is not None:
            identity = self.identity_downsample(identity)
        x += identity
        return cast(Tensor, self.relu(x))


class BlogBottleneck(BlogBlock):
    """1x1, 3x3, 1x1, each with its batch norm in a Sequential of its own."""

    expansion = 4

    def __init__(
        self, in_channels: int, channels: int, downsample: nn.Module | None, stride: int, fix: Collection[str]
    ) -> None:
        super().__init__(downsample, fix)
        out_channels = channels * self.expansion
        self.conv1x1_1 = nn.Sequential(*_conv_norm(in_channels, channels, 1), nn.ReLU())
        self.conv3x3 = nn.Sequential(*_conv_norm(channels, channels, 3, stride), nn.ReLU())
        self.conv1x1_2 = nn.Sequential(*_conv_norm(channels, out_channels, 1))

    def branch(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.conv1x1_2(self.conv3x3(self.conv1x1_1(x))))


class BlogBasicBlock(BlogBlock):
    """Not in the document: the basic block that it would take, once `block` is heeded."""

    expansion = 1

    def __init__(
        self, in_channels: int, channels: int, downsample: nn.Module | None, stride: int, fix: Collection[str]
    ) -> None:
        super().__init__(downsample, fix)
        self.conv3x3_1 = nn.Sequential(*_conv_norm(in_channels, channels, 3, stride), nn.ReLU())
        self.conv3x3_2 = nn.Sequential(*_conv_norm(channels, channels, 3))

    def branch(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.conv3x3_2(self.conv3x3_1(x)))


class BlogResNet(nn.Module):
    """(N, 3, H, W) -> logits (N, 1000). Asked for basic blocks it builds bottlenecks, unless "ignored_block" is fixed.

    Args:
        depths: blocks per stage.
        basic: whether the caller asks for basic blocks (ResNet-18 and 34).
        fix: names of the defects to repair.
    """

    def __init__(self, depths: tuple[int, ...], basic: bool, fix: Collection[str]) -> None:
        super().__init__()
        block = BlogBasicBlock if basic and "ignored_block" in fix else BlogBottleneck
        self.conv1 = nn.Sequential(*_stem(fix))
        channels = 64
        for stage, depth in enumerate(depths):
            width, stride = 64 * 2**stage, 1 if stage == 0 else 2
            self.add_module(f"conv{stage + 2}_x", _stage(block, channels, width, depth, stride, fix))
            channels = width * block.expansion
        features = channels if "fixed_classifier" in fix else 2048
        self.classifiers = nn.Sequential(nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(features, 1000))

    def forward(self, x: Tensor) -> Tensor:
        for step in self.children():
            x = step(x)
        return x


def _stem(fix: Collection[str]) -> Iterator[nn.Module]:
    yield nn.Conv2d(3, 64, kernel_size=7, stride=2, padding=3, bias="idle_stem_bias" not in fix)
    yield nn.BatchNorm2d(64)
    if "stem_without_relu" in fix:
        yield nn.ReLU()
    yield nn.MaxPool2d(3, stride=2, padding=1 if "max_pool_padding" in fix else 0)


def _conv_norm(in_channels: int, out_channels: int, kernel: int, stride: int = 1) -> Iterator[nn.Module]:
    yield nn.Conv2d(in_channels, out_channels, kernel, stride, padding=kernel // 2, bias=False)
    yield nn.BatchNorm2d(out_channels)


def _stage(
    block: type[BlogBottleneck] | type[BlogBasicBlock],
    in_channels: int,
    width: int,
    depth: int,
    stride: int,
    fix: Collection[str],
) -> nn.Sequential:
    out_channels = width * block.expansion
    projected = stride != 1 or in_channels != out_channels
    downsample = nn.Sequential(*_conv_norm(in_channels, out_channels, 1, stride)) if projected else None
    first = block(in_channels, width, downsample, stride, fix)
    return nn.Sequential(first, *(block(out_channels, width, None, 1, fix) for _ in range(depth - 1)))
