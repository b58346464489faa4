"""train(): one network's training run as a generator of metrics. It knows of no screen, file or queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache

from threadpoolctl import ThreadpoolController

from resnet_core.lab.data.sources import TrainingData, load_for
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.distributed import ALONE, Team
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.models.compute import pick_device

SMALL_PIXELS = 16 * 16  # of a picture


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
            with threads_for(learner):
                step = learner.train_step(images, labels, gradient_norms=gradient_norms)
            yield step
        for learner in running:
            if learner.at_epoch_end and not learner.diverged:
                with threads_for(learner):
                    epoch = learner.close_epoch()
                yield epoch


def threads_for(learner: Learner) -> AbstractContextManager[object]:
    """One thread where pictures are as small as digits: several wait for each other at every layer, and where the
    machine has other work for longer than they compute."""
    height, width = learner.model.spec.input_size
    if learner.device.type != "cpu" or height * width > SMALL_PIXELS:
        return nullcontext()
    return one_thread()


def one_thread() -> AbstractContextManager[object]:
    """PyTorch computes on one thread. The limit is the calling thread's, and ends with the context."""
    limit: AbstractContextManager[object] = _controller().limit(limits=1, user_api="openmp")
    return limit


@cache
def _controller() -> ThreadpoolController:
    """Made once: it looks through all libraries that are loaded."""
    return ThreadpoolController()
