"""shattering(): whether nearby inputs have similar gradients, or gradients that are as unlike as noise."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from resnet_core.errors import require
from resnet_core.lab.theory.start import Progress, all_pictures, calibrated, digits, each_network, nobody, untrained
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import ResNet

if TYPE_CHECKING:
    import pandas as pd

DEPTHS = (8, 20, 56, 110)
POINTS = 256  # fewer lie further apart, and are less alike for that reason alone
LAGS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientNoise:
    """How alike the gradients along a line are, for one network.

    Attributes:
        arm, depth, norm: which network.
        correlation: autocorrelation of the gradient at a lag of 1, 2, ... points; noise has 0.
        gradient: at each point, its component in the direction in which it varies most along the line, less the mean,
            in units of that component's root mean square.
    """

    arm: str
    depth: int
    norm: str
    correlation: tuple[float, ...]
    gradient: tuple[float, ...]

    @property
    def neighbours(self) -> float:
        """The correlation between one point and the next."""
        return self.correlation[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shattering:
    """All networks that were asked for, on one line between two pictures.

    Attributes:
        points: on the line.
        networks: one for each depth, arm and norm.
    """

    points: int
    networks: tuple[GradientNoise, ...]

    def network(self, arm: str, depth: int, norm: str = "batch") -> GradientNoise:
        """The one of that kind.

        Raises:
            KeyError: if it was not measured.
        """
        for one in self.networks:
            if (one.arm, one.depth, one.norm) == (arm, depth, norm):
                return one
        raise KeyError((arm, depth, norm))

    def to_frame(self) -> pd.DataFrame:
        """A row for each network and lag."""
        import pandas as pd

        return pd.DataFrame(
            {"layers": one.depth, "network": one.arm, "norm": one.norm, "lag": lag, "autocorrelation": value}
            for one in self.networks
            for lag, value in enumerate(one.correlation, 1)
        )


def shattering(
    depths: Sequence[int] = DEPTHS,
    arms: Sequence[str] = ("plain", "residual"),
    norms: Sequence[str] = ("batch",),
    points: int = POINTS,
    seed: int = 0,
    progress: Progress = nobody,
) -> Shattering:
    """Walk from one picture to another in small steps and compare the gradients at neighbouring points.

    Balduzzi et al. 2017 (arXiv:1702.08591): in deep plain networks "gradients resemble white noise". The gradient is
    that of one logit with respect to the picture, in eval mode with statistics of the training pictures.

    Args:
        depths: layers, each 6n+2.
        arms, norms: as for `gradient_grid`.
        points: on the line, at least 64; results compare only where they are equal.
        seed: of the weights, and of which two pictures are the ends.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        InvalidSpecError: for a kind, a depth, a norm or a number of points that does not work.
    """
    require(64 <= points <= 4096, "points", points, "a whole number from 64 to 4,096")
    images, *_ = all_pictures(digits())
    ends = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))[:2]
    start, end = images[ends]
    line = start + torch.linspace(0, 1, points).view(-1, 1, 1, 1) * (end - start)
    found = []
    for depth, arm, norm in each_network(depths, arms, norms, progress):
        with one_thread():
            model = calibrated(untrained(arm, depth, norm, seed), images[:256])
            gradients = _gradients(model, line)
        correlation = _autocorrelation(gradients, LAGS)
        found.append(
            GradientNoise(
                arm=arm, depth=depth, norm=norm, correlation=correlation,
                gradient=_main_component(gradients),
            )
        )  # fmt: skip
    return Shattering(points=points, networks=tuple(found))


def _gradients(model: ResNet, line: Tensor) -> Tensor:
    """Of the first logit with respect to each picture: (points, pixels), in float64."""
    x = line.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(model(x)[:, 0].sum(), x)
    return gradient.flatten(1).double()


def _autocorrelation(gradients: Tensor, lags: int) -> tuple[float, ...]:
    """Mean over the pixels' products at each lag, over that at lag 0, of what differs from the line's mean gradient."""
    centred = gradients - gradients.mean(0)
    power = centred.square().sum() / len(centred)
    return tuple(
        float((centred[lag:] * centred[:-lag]).sum() / (len(centred) - lag) / power.clamp_min(1e-300))
        for lag in range(1, lags + 1)
    )


def _main_component(gradients: Tensor) -> tuple[float, ...]:
    centred = gradients - gradients.mean(0)
    *_, directions = torch.linalg.svd(centred, full_matrices=False)
    along = centred @ directions[0]
    return tuple((along / along.square().mean().sqrt().clamp_min(1e-300)).tolist())
