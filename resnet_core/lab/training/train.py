"""train(): one network's training run as a generator of metrics. It knows of no screen, file or queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from resnet_core.lab.data.sources import TrainingData, load_for
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.distributed import ALONE, Team
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.models.compute import pick_device


def train(
    config: TrainConfig,
    *,
    data: TrainingData | None = None,
    device: str = "auto",
    gradient_norms: bool = False,
    team: Team = ALONE,
) -> Iterator[StepMetrics | EpochMetrics]:
    """Train one network: a StepMetrics after each step, an EpochMetrics after each epoch.

    Stop by not asking for more. A run whose loss is not finite ends with a StepMetrics that has a `stop_reason`.

    Args:
        config: the recipe.
        data: the data set; `load_for(config)` otherwise.
        device: "auto" takes a GPU where there is one.
        gradient_norms: measure them at each step, not only at the end of each epoch.
        team: the processes that train together; each yields the same metrics.

    Raises:
        InvalidSpecError, DataError: before the first step.
    """
    learner = Learner(config, data or load_for(config), pick_device(device), team=team)
    yield from lockstep([learner], gradient_norms=gradient_norms)


def lockstep(learners: Sequence[Learner], *, gradient_norms: bool = False) -> Iterator[StepMetrics | EpochMetrics]:
    """Take learners of one data set and one schedule to their end, all on the same batch at each step.

    One that diverges drops out; the others go on.
    """
    while running := [learner for learner in learners if not learner.finished]:
        images, labels = running[0].next_batch()
        for learner in running:
            yield learner.train_step(images, labels, gradient_norms=gradient_norms)
        for learner in running:
            if learner.at_epoch_end and not learner.diverged:
                yield learner.close_epoch()
