"""Answers side by side: a table of many pictures, or of one picture through many networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from resnet_core.inference.prediction import Prediction

if TYPE_CHECKING:
    import pandas as pd

_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would compute


def answers_table(answers: Sequence[tuple[str, Prediction]], temperature: float = 1.0) -> pd.DataFrame:
    """One row per (name, prediction): the two likeliest classes with probabilities (0 to 1), and the time in ms."""
    import pandas as pd

    return pd.DataFrame(
        [_row(name, prediction, temperature) for name, prediction in answers],
        columns=["name", "answer", "probability", "second", "second_probability", "duration_ms", "weights"],
    )


def as_csv(table: pd.DataFrame) -> str:
    """A table as CSV in which no cell of text is a formula: a file's name is whatever its sender made it."""
    safe = table.copy()
    for column in safe.select_dtypes(exclude="number"):
        safe[column] = [csv_cell(text) for text in safe[column].astype(str)]
    return safe.to_csv(index=False)


def csv_cell(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if len(text) > 1 and text.startswith(_FORMULA) else text


def _row(name: str, prediction: Prediction, temperature: float) -> tuple[object, ...]:
    first, *rest = prediction.ranked(2, temperature)
    second = (rest[0].label, rest[0].probability) if rest else ("", 0.0)
    return (
        name, first.label, first.probability, *second, round(prediction.duration_ms, 2), prediction.weights,
    )  # fmt: skip
