"""What each page asks in "Check yourself", made of what is on its screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import resnet_core as rc
from pages._caches import walked
from pages._links import linked
from resnet_core.anatomy.exercises.blocks import addition_exercises
from resnet_core.anatomy.exercises.networks import depth_exercises
from resnet_core.anatomy.exercises.runs import photo_exercises, race_exercises

if TYPE_CHECKING:
    from collections.abc import Sequence

    from resnet_core.anatomy.exercises.exercise import Exercise
    from resnet_core.figures.shortcut.scene import Scene
    from resnet_core.lab.runs.records import RunSnapshot

SLOPE, BACK = -0.3, 2.0  # dF/dx and dL/dy for the way back: any two numbers do
# Pictures to train on, and unseen, of the sets that a race offers.
SIZES = {"digits": (1500, 297), "cifar10": (50_000, 10_000), "fashion-mnist": (60_000, 10_000)}


def of_a_place(scene: Scene) -> Sequence[Exercise]:
    """Where the branch takes away most from what arrives; a plain network has no addition to ask about."""
    if scene.plain:
        return ()
    paths = [block[0] for block in scene.blocks]
    path = linked("block") if linked("block") in paths else paths[0]
    terms = rc.addition(scene.network, scene.batch, path)
    place = terms.sum.argmin()
    x, branch = (round(float(term.flat[place]), 2) for term in (terms.x, terms.branch))
    return addition_exercises(x, branch, SLOPE, BACK)


def of_lesions() -> Sequence[Exercise]:
    """Of the bundled network of 56 layers, and of the block whose lesion costs most."""
    found = rc.theory.recorded_lesions("cifar_resnet56")
    dropped = [one for one in found.lesions if one.instead == "nothing"]
    worst = max(dropped, key=lambda one: one.wrong)
    _, back = addition_exercises(0.5, 0.2, SLOPE, BACK)
    return (back, *depth_exercises(len(dropped), found.pictures, found.wrong, worst.wrong, worst.broken))


def of_a_race(run: RunSnapshot) -> Sequence[Exercise]:
    """Of its wrong answers, its steps, and what they mean."""
    from resnet_core.lab.runs.curves import final_errors

    config = run.request.config
    if config.data not in SIZES:
        return ()
    return race_exercises(final_errors(run.metrics), *SIZES[config.data], config.batch_size)


def of_an_answer(network: rc.Classifier, prediction: rc.Prediction, temperature: float) -> Sequence[Exercise]:
    """Of what the network read of a picture, and what it made of it."""
    side, spec = network.weights.preprocessing.crop_size, network.model.spec
    pooled = [call for call in walked(spec, side).calls if call.kind == "AdaptiveAvgPool2d"]
    best = [scored.probability for scored in prediction.ranked(2, temperature)]
    size = pooled[-1].input_shape[-1] if pooled else 0
    return photo_exercises(spec.in_channels, side, best, size) if len(best) == 2 else ()
