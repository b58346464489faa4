"""race(): two or more networks side by side on the same batches, from the same weights where shapes agree."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import torch

from resnet_core.lab.data.sources import TrainingData, load_for
from resnet_core.lab.recipe.arms import INITS, arm_config, check_race
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.training.distributed import ALONE, Team
from resnet_core.lab.training.initialisation import begin_as_copy
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.training.train import lockstep
from resnet_core.models.compute import pick_device
from resnet_core.models.network import ResNet


def race(
    config: TrainConfig | None = None,
    arms: Sequence[str] = ("plain", "residual"),
    seed: int | None = None,
    *,
    data: TrainingData | None = None,
    device: str = "auto",
    gradient_norms: bool = False,
    team: Team = ALONE,
) -> Iterator[StepMetrics | EpochMetrics]:
    """Train networks that differ in one choice alone, in lockstep: He et al. 2015, figure 6, live.

    Each step yields one StepMetrics per arm, in the order of `arms`, all measured on the same batch; each epoch
    one EpochMetrics per arm. An arm that diverges reports its `stop_reason` and drops out; the others go on.

    Args:
        config: the recipe that all arms share; by default 56 layers on digits (see `recipes.RACE`).
        arms: names out of `arms.ARMS` or `arms.CARDINALITIES`, each once.
        seed: of weights, order and augmentation; replaces the recipe's.
        data: the data set; `load_for(config)` otherwise.
        device: "auto" takes a GPU where there is one.
        gradient_norms: measure them at each step, not only at the end of each epoch.
        team: the processes that train together; each yields the same metrics.

    Raises:
        InvalidSpecError, DataError: before the first step.
    """
    config = config or RACE
    if seed is not None:
        config = config.override(seed=seed)
    check_race(config, arms)
    learners = start_line(config, arms, data or load_for(config), pick_device(device), team)
    yield from lockstep(learners, gradient_norms=gradient_norms)


def start_line(
    config: TrainConfig, arms: Sequence[str], data: TrainingData, device: torch.device, team: Team = ALONE
) -> list[Learner]:
    """One learner per arm; all begin with the first one's weights where shapes agree.

    An arm that begins as a copy makes it of these same weights, so that it differs by the copy alone.
    """
    learners = [Learner(arm_config(config, arm), data, device, arm, team) for arm in arms]
    first = next((learner for learner in learners if learner.arm not in INITS), learners[0])
    for learner in learners:
        if learner is not first:
            _copy_weights(first.model, learner.model)
        if learner is not first and learner.arm in INITS:
            begin_as_copy(learner.model)
    return learners


def _copy_weights(source: ResNet, target: ResNet) -> None:
    own = target.state_dict()
    shared = {key: value for key, value in source.state_dict().items() if key in own and own[key].shape == value.shape}
    target.load_state_dict(shared, strict=False)
