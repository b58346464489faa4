"""The optimiser that a recipe names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from torch import nn
from torch.optim import SGD, AdamW, Optimizer

from resnet_core.lab.recipe.config import TrainConfig

BETA_2 = 0.999  # Kingma and Ba 2014


def make_optimizer(parameters: Iterable[nn.Parameter], config: TrainConfig) -> Optimizer:
    """The recipe's optimiser for these parameters, at its full rate; the schedule changes it at each step."""
    groups = _groups(list(parameters), config)
    if config.optimizer == "adamw":
        betas = (config.momentum, BETA_2)
        return AdamW(groups, lr=config.lr, betas=betas, weight_decay=config.weight_decay)
    return SGD(
        groups, lr=config.lr, momentum=config.momentum, nesterov=config.nesterov, weight_decay=config.weight_decay
    )


def _groups(parameters: list[nn.Parameter], config: TrainConfig) -> list[dict[str, Any]]:
    """All in one, or those of batch norm and biases, which have one dimension, apart and without decay."""
    if config.decay_norms:
        return [{"params": parameters}]
    return [
        {"params": [one for one in parameters if one.ndim > 1]},
        {"params": [one for one in parameters if one.ndim <= 1], "weight_decay": 0.0},
    ]
