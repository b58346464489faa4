"""What dividing the logits by a temperature does to a network's confidence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from resnet_core.inference.classifier import Prediction

TEMPERATURES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)  # two steps double it


def temperature_sentence(prediction: Prediction, temperature: float, other: float = 2.0) -> str:
    """What the same logits say at this temperature instead of 1, or would say at `other`."""
    shown = other if temperature == 1 else temperature
    (there,), (as_trained,) = prediction.ranked(1, shown), prediction.ranked(1)
    return (
        f"At T = {shown:g} the same logits {'would say' if temperature == 1 else 'say'} "
        f"{there.probability * 100:.1f} % {there.label} instead of {as_trained.probability * 100:.1f} %: "
        "the order stays, the confidence is a matter of scale."
    )
