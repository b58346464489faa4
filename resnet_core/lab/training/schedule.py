"""The learning rate of each step, in closed form."""

from __future__ import annotations

import math

from resnet_core.lab.recipe.config import TrainConfig


def learning_rate(config: TrainConfig, step: int, total_steps: int) -> float:
    """The rate of one step, counted from 0, under the recipe's schedule (see `TrainConfig`)."""
    if step < config.warmup_steps:
        return config.lr / 10
    if config.schedule == "constant":
        return config.lr
    if config.schedule == "steps":
        return config.lr * (0.1 if step >= total_steps // 2 else 1) * (0.1 if step >= total_steps * 3 // 4 else 1)
    if config.schedule == "thirds":
        return config.lr * (0.1 if step >= total_steps // 3 else 1) * (0.1 if step >= total_steps * 2 // 3 else 1)
    rise = max(1, int(total_steps * config.warmup_share))
    if step < rise:
        return config.lr * (step + 1) / rise
    return config.lr * 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, total_steps - rise)))
