"""Questions on the addition that is on screen: at one place of one block."""

from __future__ import annotations

from typing import TYPE_CHECKING

import resnet_core as rc
from pages._links import linked
from resnet_core.anatomy.exercises.blocks import addition_exercises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pages.addition.computed import Scene
    from resnet_core.anatomy.exercises.exercise import Exercise

SLOPE, BACK = -0.3, 2.0  # for the way back: any two numbers do


def at_one_place(scene: Scene) -> Sequence[Exercise]:
    """Where the branch takes away most from what arrives; a plain network has no addition to ask about."""
    if scene.plain:
        return ()
    paths = [block[0] for block in scene.blocks]
    path = linked("block") if linked("block") in paths else paths[0]
    terms = rc.addition(scene.network, scene.subject.batch, path)
    place = terms.sum.argmin()
    return addition_exercises(
        round(float(terms.x.flat[place]), 2), round(float(terms.branch.flat[place]), 2), SLOPE, BACK
    )
