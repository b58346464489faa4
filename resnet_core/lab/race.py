"""race(): two or more networks side by side on the same batches, from the same weights where shapes agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.config import TrainConfig
from resnet_core.lab.learner import Learner
from resnet_core.lab.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.recipes import RACE
from resnet_core.lab.sources import TrainingData, load_for
from resnet_core.lab.training import lockstep
from resnet_core.models.compute import pick_device
from resnet_core.models.network import ResNet

# What an arm changes in the recipe's network: the shortcut, and nothing else but the order within a block.
ARMS: dict[str, dict[str, str]] = {
    "plain": {"shortcut": "none"},
    "residual": {"shortcut": "zero_pad"},  # option A: not one parameter more than the plain net
    "residual_b": {"shortcut": "projection"},
    "preact": {"shortcut": "zero_pad"},  # in pre-activated blocks: He et al. 2016b
    "detached": {"shortcut": "detached"},  # the hook blog's defect: forward as ever, no gradient back
}
# Groups x width of each, at equal cost: Xie et al. 2016, table 2. For recipes with bottleneck blocks.
CARDINALITIES: dict[str, dict[str, int]] = {
    f"{groups}x{width}d": {"groups": groups, "width_per_group": width}
    for groups, width in ((1, 64), (2, 40), (4, 24), (8, 14), (32, 4))
}


def race(
    config: TrainConfig | None = None,
    arms: Sequence[str] = ("plain", "residual"),
    seed: int | None = None,
    *,
    data: TrainingData | None = None,
    device: str = "auto",
    gradient_norms: bool = False,
) -> Iterator[StepMetrics | EpochMetrics]:
    """Train networks that differ in one choice alone, in lockstep: He et al. 2015, figure 6, live.

    Each step yields one StepMetrics per arm, in the order of `arms`, all measured on the same batch; each epoch
    one EpochMetrics per arm. An arm that diverges reports its `stop_reason` and drops out; the others go on.

    Args:
        config: the recipe that all arms share; by default 56 layers on digits (see `recipes.RACE`).
        arms: names out of `ARMS` or `CARDINALITIES`, each once.
        seed: of weights, order and augmentation; replaces the recipe's.
        data: the data set; `load_for(config)` otherwise.
        device: "auto" takes a GPU where there is one.
        gradient_norms: measure them at each step, not only at the end of each epoch.

    Raises:
        InvalidSpecError, DataError: before the first step.
    """
    config = config or RACE
    if seed is not None:
        config = config.override(seed=seed)
    check_race(config, arms)
    learners = start_line(config, arms, data or load_for(config), pick_device(device))
    yield from lockstep(learners, gradient_norms=gradient_norms)


def start_line(config: TrainConfig, arms: Sequence[str], data: TrainingData, device: torch.device) -> list[Learner]:
    """One learner per arm; all begin with the first one's weights where shapes agree."""
    learners = [Learner(arm_config(config, arm), data, device, arm) for arm in arms]
    for learner in learners[1:]:
        _copy_weights(learners[0].model, learner.model)
    return learners


def arm_config(config: TrainConfig, arm: str) -> TrainConfig:
    """The recipe of one arm alone: `train` with it repeats the arm's run where no weight was shared."""
    changes: dict[str, Any] = dict(config.overrides) | (ARMS | CARDINALITIES)[arm]
    given = config.spec().block
    bare = given.removeprefix("preact_")
    block = f"preact_{bare}" if arm == "preact" else bare if arm in ARMS else given
    if block != given:
        changes["block"] = block
    return config.override(overrides=tuple(changes.items()))


def check_race(config: TrainConfig, arms: Sequence[str]) -> None:
    """Refuse a race that can't be run, before any work.

    Raises:
        InvalidSpecError: for an arm that does not exist or comes twice, or that the recipe contradicts.
    """
    check_arms(arms)
    for arm in arms:
        arm_config(config, arm)


def check_arms(arms: Sequence[str]) -> None:
    """Refuse names that are no arms.

    Raises:
        InvalidSpecError: for an arm that does not exist or comes twice.
    """
    known = [*ARMS, *CARDINALITIES]
    if not arms or len(set(arms)) < len(arms) or not set(arms) <= set(known):
        raise InvalidSpecError(f"arms={tuple(arms)!r} does not work: name some of {', '.join(known)}, each once.")


def _copy_weights(source: ResNet, target: ResNet) -> None:
    own = target.state_dict()
    shared = {key: value for key, value in source.state_dict().items() if key in own and own[key].shape == value.shape}
    target.load_state_dict(shared, strict=False)
