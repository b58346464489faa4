"""Answers side by side: a table of many pictures, or of one picture through many networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resnet_core.inference.prediction import Prediction

if TYPE_CHECKING:
    import pandas as pd


def answers_table(answers: Sequence[tuple[str, Prediction]], temperature: float = 1.0) -> pd.DataFrame:
    """One row per (name, prediction): the two likeliest classes with probabilities (0 to 1), and the time in ms."""
    import pandas as pd

    return pd.DataFrame(
        [_row(name, prediction, temperature) for name, prediction in answers],
        columns=["name", "answer", "probability", "second", "second_probability", "duration_ms", "weights"],
    )


def _row(name: str, prediction: Prediction, temperature: float) -> tuple[object, ...]:
    first, *rest = prediction.ranked(2, temperature)
    second = (rest[0].label, rest[0].probability) if rest else ("", 0.0)
    return (
        name, first.label, first.probability, *second, round(prediction.duration_ms, 2), prediction.weights,
    )  # fmt: skip
