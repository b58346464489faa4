"""Questions on a race that has ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_core.anatomy.exercises.runs import race_exercises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resnet_core.anatomy.exercises.exercise import Exercise
    from resnet_core.lab.runs.records import RunSnapshot

# Pictures to train on, and unseen, of the sets that a race offers.
SIZES = {"digits": (1500, 297), "cifar10": (50_000, 10_000), "fashion-mnist": (60_000, 10_000)}


def race_questions(run: RunSnapshot) -> Sequence[Exercise]:
    """About its wrong answers, its steps, and what they mean."""
    from resnet_core.lab.runs.curves import final_errors

    seen, unseen = SIZES[run.request.config.data]
    return race_exercises(final_errors(run.metrics), seen, unseen, run.request.config.batch_size)
