"""gradient_grid(): how much gradient reaches each layer before the first step, by depth and kind of network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_core.lab.theory.start import NORMS, Progress, each_network, first_batch, nobody, untrained
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import ResNet

if TYPE_CHECKING:
    import pandas as pd

DEPTHS = (8, 20, 56, 110)
KINDS = ("plain", "residual", "residual_b", "detached")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientFlow:
    """One network at step 0.

    Attributes:
        arm: the kind of network, a name of `recipe.arms.ARMS`.
        depth: its layers.
        norm: "batch" or "none".
        loss: cross-entropy on the first batch, in nats; a guess has 2.303.
        norms: L2 norm of the loss's gradient with respect to the weights of each convolution on the way through the
            blocks, input to output. Projections lie beside that way.
    """

    arm: str
    depth: int
    norm: str
    loss: float
    norms: tuple[float, ...]

    @property
    def ratio(self) -> float:
        """The first convolution's gradient over the last one's: above 1 it grows towards the input, below it fades."""
        return self.norms[0] / self.norms[-1] if self.norms[-1] else float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class GradientGrid:
    """All networks that were asked for, in the order asked.

    Attributes:
        flows: one for each depth, arm and norm.
    """

    flows: tuple[GradientFlow, ...]

    def flow(self, arm: str, depth: int, norm: str = "batch") -> GradientFlow:
        """The one of that kind, depth and norm.

        Raises:
            KeyError: if it was not measured.
        """
        for flow in self.flows:
            if (flow.arm, flow.depth, flow.norm) == (arm, depth, norm):
                return flow
        raise KeyError((arm, depth, norm))

    def to_frame(self) -> pd.DataFrame:
        """A row for each network: depth, arm, norm, loss, first and last norm, their ratio."""
        import pandas as pd

        return pd.DataFrame(
            {
                "layers": flow.depth, "network": flow.arm, "norm": flow.norm, "loss": flow.loss,
                "first": flow.norms[0], "last": flow.norms[-1], "first / last": flow.ratio,
            }
            for flow in self.flows
        )  # fmt: skip


def gradient_grid(
    depths: Sequence[int] = DEPTHS,
    arms: Sequence[str] = KINDS,
    norms: Sequence[str] = NORMS,
    seed: int = 0,
    progress: Progress = nobody,
) -> GradientGrid:
    """Send one batch of digits through untrained networks and back, and measure what arrives at each layer.

    He et al. 2015, section 4.1, argue that the plain network's difficulty "is unlikely to be caused by vanishing
    gradients", since batch norm keeps them alive. This measures what they then are.

    Args:
        depths: layers, each 6n+2.
        arms: kinds of network: "plain", "residual" (option A), "residual_b" (option B), "detached", "preact", "copy".
        norms: "batch", "none" or both.
        seed: of weights and batch.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        InvalidSpecError: for a kind, a depth or a norm that there is not.
    """
    flows = []
    images, labels = first_batch(seed)
    for depth, arm, norm in each_network(depths, arms, norms, progress):
        with one_thread():
            model = untrained(arm, depth, norm, seed)
            loss = F.cross_entropy(model.train()(images), labels)
            norms_found = _norms(model, loss)
        flows.append(GradientFlow(arm=arm, depth=depth, norm=norm, loss=float(loss.detach()), norms=norms_found))
    return GradientGrid(flows=tuple(flows))


def _norms(model: ResNet, loss: Tensor) -> tuple[float, ...]:
    ways = [m.weight for name, m in model.named_modules() if isinstance(m, nn.Conv2d) and "downsample" not in name]
    gradients = torch.autograd.grad(loss, ways)
    return tuple(torch.stack([gradient.double().norm() for gradient in gradients]).tolist())
