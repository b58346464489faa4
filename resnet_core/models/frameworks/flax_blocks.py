"""The two blocks in Flax (linen). Pictures are (N, H, W, C)."""

# mypy: ignore-errors
# Flax is optional: with and without it installed, mypy would ask for different annotations.

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from flax import linen as nn


class Residual(nn.Module):
    """Two 3x3 convolutions and a shortcut. (N, H, W, C) -> (N, H/strides, W/strides, num_channels)."""

    num_channels: int
    use_1x1conv: bool = False
    strides: int = 1

    @nn.compact
    def __call__(self, x, training=False):
        # PyTorch's momentum of 0.1 is the weight of the new batch; here 0.9 is the weight of the old average.
        norm = {"use_running_average": not training, "momentum": 0.9, "epsilon": 1e-5}
        y = nn.Conv(self.num_channels, (3, 3), strides=self.strides, padding=1, name="conv1")(x)
        y = nn.relu(nn.BatchNorm(**norm, name="bn1")(y))
        y = nn.Conv(self.num_channels, (3, 3), padding=1, name="conv2")(y)
        y = nn.BatchNorm(**norm, name="bn2")(y)
        if self.use_1x1conv:
            x = nn.Conv(self.num_channels, (1, 1), strides=self.strides, name="conv3")(x)
        return nn.relu(y + x)


class ResNeXtBlock(nn.Module):
    """1x1, grouped 3x3, 1x1 and a shortcut. `groups` is the width of a group, as D2L counts."""

    num_channels: int
    groups: int
    bot_mul: float
    use_1x1conv: bool = False
    strides: int = 1

    @nn.compact
    def __call__(self, x, training=False):
        norm = {"use_running_average": not training, "momentum": 0.9, "epsilon": 1e-5}
        width = round(self.num_channels * self.bot_mul)
        y = nn.Conv(width, (1, 1), name="conv1")(x)
        y = nn.relu(nn.BatchNorm(**norm, name="bn1")(y))
        cardinality = width // self.groups
        y = nn.Conv(
            width, (3, 3), strides=self.strides, padding=1, feature_group_count=cardinality, name="conv2"
        )(y)  # fmt: skip
        y = nn.relu(nn.BatchNorm(**norm, name="bn2")(y))
        y = nn.Conv(self.num_channels, (1, 1), name="conv3")(y)
        y = nn.BatchNorm(**norm, name="bn3")(y)
        if self.use_1x1conv:
            x = nn.Conv(self.num_channels, (1, 1), strides=self.strides, name="conv4")(x)
            x = nn.BatchNorm(**norm, name="bn4")(x)
        return nn.relu(y + x)


def flax_variables(state: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """PyTorch's state of a block -> Flax's variables. Kernels go from (out, in, h, w) to (h, w, in, out)."""
    params: dict[str, dict[str, np.ndarray]] = {}
    stats: dict[str, dict[str, np.ndarray]] = {}
    for key, value in state.items():
        layer, what = key.split(".")
        if what in ("running_mean", "running_var"):
            stats.setdefault(layer, {})[what.removeprefix("running_")] = value
        elif what == "weight":
            named = {"kernel": value.transpose(2, 3, 1, 0)} if value.ndim == 4 else {"scale": value}
            params.setdefault(layer, {}).update(named)
        elif what == "bias":
            params.setdefault(layer, {})["bias"] = value
    return {"params": params, "batch_stats": stats}
