"""Questions on why it works, with the numbers of the recorded lesions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import resnet_core as rc
from resnet_core.anatomy.exercises.blocks import addition_exercises
from resnet_core.anatomy.exercises.networks import depth_exercises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resnet_core.anatomy.exercises.exercise import Exercise


def questions() -> Sequence[Exercise]:
    """Of the bundled network of 56 layers, and of the block whose lesion costs most."""
    found = rc.theory.recorded_lesions("cifar_resnet56")
    dropped = [one for one in found.lesions if one.instead == "nothing"]
    worst = max(dropped, key=lambda one: one.wrong)
    _, back = addition_exercises(0.5, 0.2, -0.3, 2.0)
    return (back, *depth_exercises(len(dropped), found.pictures, found.wrong, worst.wrong, worst.broken))
