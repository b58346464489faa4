"""The optimiser that a recipe names."""

from __future__ import annotations

from collections.abc import Iterable

from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from resnet_core.lab.recipe.config import TrainConfig

BETA_2 = 0.999  # Kingma and Ba 2014


def make_optimizer(parameters: Iterable[nn.Parameter], config: TrainConfig) -> Optimizer:
    """The recipe's optimiser for these parameters, at its full rate; the schedule changes it at each step."""
    if config.optimizer == "adamw":
        betas = (config.momentum, BETA_2)
        return AdamW(parameters, lr=config.lr, betas=betas, weight_decay=config.weight_decay)
    return SGD(
        parameters, lr=config.lr, momentum=config.momentum, nesterov=config.nesterov, weight_decay=config.weight_decay
    )
