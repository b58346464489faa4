"""refutation(): whether another rate, clipping, warm-up, Adam or layer-wise steps let the plain network learn."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.nn.functional as F
from torch import nn

from resnet_core.data import data_folder
from resnet_core.errors import require
from resnet_core.lab.data.batches import training_batch
from resnet_core.lab.theory.start import Progress, digits, nobody, untrained
from resnet_core.lab.training.train import one_thread

if TYPE_CHECKING:
    import pandas as pd

STEPS, LAST = 120, 10
BATCH, MOMENTUM, DECAY = 64, 0.9, 1e-4  # of the recipe of the race


@dataclass(frozen=True, slots=True, kw_only=True)
class Cure:
    """One way to train, of those that are said to help.

    Attributes:
        name: for people.
        optimizer: "sgd" with momentum, "adamw", or "layer-wise": each tensor's step is `rate` times the tensor's own
            length, in the direction of its gradient (You et al. 2017), so that no gradient's size counts.
        rate: of its steps.
        clip: the largest norm of the whole gradient; 0 for none.
        warmup: steps at a tenth of the rate before.
    """

    name: str
    optimizer: str = "sgd"
    rate: float = 0.02
    clip: float = 0.0
    warmup: int = 0


CURES = (
    *(Cure(name=f"SGD, rate {rate:g}", rate=rate) for rate in (0.001, 0.005, 0.02, 0.1)),
    Cure(name="SGD, gradient clipped to 1", clip=1.0),
    Cure(name="SGD, 40 steps of warm-up", warmup=40),
    *(Cure(name=f"AdamW, rate {rate:g}", optimizer="adamw", rate=rate) for rate in (1e-4, 3e-4, 1e-3, 3e-3)),
    *(Cure(name=f"layer-wise steps, {rate:g}", optimizer="layer-wise", rate=rate) for rate in (0.003, 0.01, 0.03)),
)
NAMES = tuple(one.name for one in CURES)
FILE = "refutation.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One network trained one way.

    Attributes:
        cure: the way's name.
        arm: "plain" or "residual".
        loss: mean training loss of the last ten of `STEPS` steps, in nats; a guess has 2.303. Not finite where it
            diverged.
    """

    cure: str
    arm: str
    loss: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Refutation:
    """A table of cells.

    Attributes:
        depth: layers of the networks.
        steps: that each was trained.
        cells: one for each way and network.
    """

    depth: int
    steps: int
    cells: tuple[Cell, ...]

    def loss(self, cure: str, arm: str) -> float:
        """That of one cell.

        Raises:
            KeyError: if it was not measured.
        """
        for cell in self.cells:
            if (cell.cure, cell.arm) == (cure, arm):
                return cell.loss
        raise KeyError((cure, arm))

    def to_frame(self) -> pd.DataFrame:
        """A row for each way, a column for each network: the loss."""
        import pandas as pd

        rows: dict[str, dict[str, float]] = {}
        for cell in self.cells:
            rows.setdefault(cell.cure, {})[cell.arm] = cell.loss
        return pd.DataFrame([{"training": cure, **losses} for cure, losses in rows.items()])


def refutation(
    cures: Sequence[str] = NAMES,
    arms: Sequence[str] = ("plain", "residual"),
    depth: int = 56,
    steps: int = STEPS,
    seed: int = 0,
    progress: Progress = nobody,
    each_loss: Progress = nobody,
) -> Refutation:
    """Train networks on digits in ways that are said to cure a bad gradient, and tell each one's loss.

    Were the plain network's trouble the size of its gradient, Adam and layer-wise steps would cure it, for neither
    looks at that size; were it the rate, another one would.

    Args:
        cures: names out of CURES.
        arms: kinds of network.
        depth: layers, 6n+2.
        steps: of training.
        seed: of weights and order.
        progress: is told the share that is done; what it raises cancels.
        each_loss: is told the loss of each step, in nats.

    Raises:
        InvalidSpecError: for a way, a kind or a depth that there is not.
    """
    known = {cure.name: cure for cure in CURES}
    for name in cures:
        require(name in known, "cures", name, f"of {'; '.join(known)}")
    wanted = [(known[name], arm) for name in cures for arm in arms]
    cells = []
    for number, (cure, arm) in enumerate(wanted):
        losses: list[float] = []
        for found in _train(cure, arm, depth, steps, seed):
            losses.append(found)
            each_loss(found)
            progress((number + len(losses) / steps) / len(wanted))
        last = losses[-LAST:] if math.isfinite(losses[-1]) else losses[-1:]
        cells.append(Cell(cure=cure.name, arm=arm, loss=sum(last) / len(last)))
    return Refutation(depth=depth, steps=steps, cells=tuple(cells))


def _train(cure: Cure, arm: str, depth: int, steps: int, seed: int) -> Iterator[float]:
    """The loss of each step; it ends at one that is not finite."""
    model = untrained(arm, depth, seed=seed).train()
    parameters = list(model.parameters())
    optimizer: torch.optim.Optimizer
    if cure.optimizer == "adamw":
        optimizer = torch.optim.AdamW(parameters, cure.rate, weight_decay=DECAY)
    else:
        optimizer = torch.optim.SGD(parameters, cure.rate, MOMENTUM, weight_decay=DECAY)
    for step in range(steps):
        images, labels = training_batch(digits(), step, batch_size=BATCH, seed=seed, augment=False)
        with one_thread():
            loss = F.cross_entropy(model(images), labels)
            finite = bool(loss.isfinite())
            if finite:
                optimizer.zero_grad(set_to_none=True)
                torch.autograd.backward(loss)
                _prepare(cure, parameters)
                optimizer.param_groups[0]["lr"] = cure.rate * (0.1 if step < cure.warmup else 1)
                optimizer.step()
        yield float(loss.detach())
        if not finite:
            return


@torch.no_grad()
def _prepare(cure: Cure, parameters: list[nn.Parameter]) -> None:
    if cure.clip:
        nn.utils.clip_grad_norm_(parameters, cure.clip)
    if cure.optimizer == "layer-wise":
        for one in parameters:
            assert one.grad is not None
            one.grad.mul_(one.norm().clamp_min(1e-3) / one.grad.norm().clamp_min(1e-12))


def recorded_refutation() -> Refutation:
    """The table at 56 layers, as `theory refutation --again` measures it."""
    record: dict[str, Any] = json.loads((data_folder("theory") / FILE).read_text("utf-8"))
    return Refutation(**{**record, "cells": tuple(Cell(**cell) for cell in record["cells"])})
