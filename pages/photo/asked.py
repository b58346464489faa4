"""Questions on a picture that has been answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages._caches import walked
from resnet_core.anatomy.exercises.runs import photo_exercises

if TYPE_CHECKING:
    from collections.abc import Sequence

    import resnet_core as rc
    from resnet_core.anatomy.exercises.exercise import Exercise


def photo_questions(network: rc.Classifier, prediction: rc.Prediction, temperature: float) -> Sequence[Exercise]:
    """About what the network read, and what it made of it."""
    side, spec = network.weights.preprocessing.crop_size, network.model.spec
    pooled = [call for call in walked(spec, side).calls if call.kind == "AdaptiveAvgPool2d"]
    best = [scored.probability for scored in prediction.ranked(2, temperature)]
    size = pooled[-1].input_shape[-1] if pooled else 0
    return photo_exercises(spec.in_channels, side, best, size) if len(best) == 2 else ()
