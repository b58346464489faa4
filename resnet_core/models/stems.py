"""From the picture to the first stage: STEMS, one builder of the convolution for each kind of stem."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from torch import nn

from resnet_core.models.layers import conv, conv3x3, norm
from resnet_core.models.spec import ModelSpec
from resnet_core.models.spec_fields import STEM_CONV


def make_stem(spec: ModelSpec) -> Iterator[tuple[str, nn.Module]]:
    """Name and module of each step, e.g. conv1, bn1, relu, maxpool. (N, C, H, W) -> (N, stem_channels, H/4, W/4),

    with the stem "half" H/2 x W/2, with "cifar" H x W.
    """
    yield "conv1", STEMS[spec.stem](spec)
    if not spec.preactivated:  # there the first block begins with them
        yield "bn1", norm(spec, spec.stem_channels)
        yield "relu", nn.ReLU()
    if spec.stem_pools:
        yield "maxpool", nn.MaxPool2d(3, stride=2, padding=1)


def _one_convolution(spec: ModelSpec) -> nn.Module:
    kernel, stride = STEM_CONV[spec.stem]
    return conv(spec, spec.in_channels, spec.stem_channels, kernel, stride=stride)


def _three_3x3(spec: ModelSpec) -> nn.Module:
    """ResNet-C: the reach of a 7x7 for fewer multiply-adds, with two more ReLUs (He, T. et al. 2018, Figure 2b)."""
    channels = spec.stem_channels
    return nn.Sequential(
        conv3x3(spec, spec.in_channels, channels // 2, stride=2),
        norm(spec, channels // 2),
        nn.ReLU(),
        conv3x3(spec, channels // 2, channels // 2),
        norm(spec, channels // 2),
        nn.ReLU(),
        conv3x3(spec, channels // 2, channels),
    )


STEMS: dict[str, Callable[[ModelSpec], nn.Module]] = {
    **dict.fromkeys(STEM_CONV, _one_convolution),
    "deep": _three_3x3,
    "deep_wide": _three_3x3,
}
