"""The score of a visit: which questions were answered, how, and all of it as CSV."""

from __future__ import annotations

import csv
from collections.abc import Collection
from dataclasses import astuple, dataclass, fields
from io import StringIO
from typing import Literal

State = Literal["right", "shown", "not yet"]
FORMULA = ("=", "+", "@", "\t")  # a spreadsheet would run what begins so


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One question that was tried.

    Attributes:
        page: where it stood.
        question: as asked.
        given: the last answer.
        tries: how many different ones there were.
        state: "shown" for a question whose answer was shown before it was found.
        answer: the right one, once it is no secret.
    """

    page: str
    question: str
    given: str
    tries: int
    state: State
    answer: str


def score_in_words(answered: Collection[Answered]) -> str:
    """How many of those that were tried were found."""
    found = sum(one.state == "right" for one in answered)
    return f"{found} of {len(answered)} questions that you tried in this visit are solved."


def score_as_csv(answered: Collection[Answered]) -> str:
    """A row for each question; nothing in it is run by a spreadsheet."""
    text = StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow([field.name for field in fields(Answered)])
    for one in answered:
        rows.writerow([f"'{cell}" if str(cell).startswith(FORMULA) else cell for cell in astuple(one)])
    return text.getvalue()
