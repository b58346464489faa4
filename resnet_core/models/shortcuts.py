"""What stands on the shortcut where x and F(x) differ in shape: SHORTCUTS, one builder for each kind."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor, nn

from resnet_core.models.layers import conv1x1, norm
from resnet_core.models.spec import ModelSpec


class ZeroPadShortcut(nn.Module):
    """Option A of the paper: keep every `stride`-th pixel and add channels of zeros. No parameters.

    The zeros follow the old channels; on both sides, half of them (rounded down) stand before.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int, *, both_sides: bool = False) -> None:
        super().__init__()
        self.new_channels, self.kernel_size, self.stride = out_channels - in_channels, 1, stride
        self.before = self.new_channels // 2 if both_sides else 0
        self.after = self.new_channels - self.before

    def forward(self, x: Tensor) -> Tensor:
        sampled = x[:, :, :: self.stride, :: self.stride]
        return F.pad(sampled, (0, 0, 0, 0, self.before, self.after))

    def extra_repr(self) -> str:
        return f"new_channels={self.new_channels}, before={self.before}, stride={self.stride}"


class Detach(nn.Module):
    """x forwards, nothing backwards."""

    def forward(self, x: Tensor) -> Tensor:
        return x.detach()


def shortcut_kind(spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> str:
    """What the shortcut of one block is: "identity", "none" or a key of SHORTCUTS."""
    if spec.shortcut in ("none", "detached"):
        return spec.shortcut
    if spec.shortcut == "projection_all":
        return "projection"
    return "identity" if stride == 1 and in_channels == out_channels else spec.shortcut


def _projection(spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> nn.Module:
    return nn.Sequential(conv1x1(spec, in_channels, out_channels, stride), norm(spec, out_channels))


def _bare_projection(spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> nn.Module:
    return nn.Sequential(conv1x1(spec, in_channels, out_channels, stride))


def _pooled_projection(spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> nn.Module:
    """ResNet-D: a 1x1 convolution with stride 2 would leave three of four pixels unread; the mean reads them all."""
    steps: list[tuple[str, nn.Module]] = [
        ("1", conv1x1(spec, in_channels, out_channels)),
        ("2", norm(spec, out_channels)),
    ]
    if stride > 1:
        # ceil_mode keeps the window that hangs over an odd edge, as the strided convolutions beside it do.
        steps.insert(0, ("0", nn.AvgPool2d(2, stride, ceil_mode=True)))
    return nn.Sequential(OrderedDict(steps))


def _zero_pad(spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> nn.Module:
    return ZeroPadShortcut(in_channels, out_channels, stride, both_sides=spec.shortcut == "zero_pad_both")


def _detached(spec: ModelSpec, in_channels: int, out_channels: int, stride: int) -> nn.Module:
    if stride == 1 and in_channels == out_channels:
        return Detach()
    # The projection keeps its keys, so that both arms of a race can begin with the same weights.
    steps = {"0": conv1x1(spec, in_channels, out_channels, stride), "1": norm(spec, out_channels)}
    return nn.Sequential(OrderedDict[str, nn.Module](detach=Detach(), **steps))


SHORTCUTS: dict[str, Callable[[ModelSpec, int, int, int], nn.Module]] = {
    "projection": _projection,
    "bare_projection": _bare_projection,
    "pooled_projection": _pooled_projection,
    "zero_pad": _zero_pad,
    "zero_pad_both": _zero_pad,
    "detached": _detached,
}
