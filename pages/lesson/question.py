"""A question of the lesson, as data: what pages, rooms and the printed handout show alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Question:
    """A choice where it has options, a number otherwise.

    `key` names it in links and in the answers of a room, so it never changes; `right` is an option, or the measured
    number, and None where a race that still runs will say. `slack` is how far a number may be off and still be right.
    """

    key: str
    ask: str
    options: tuple[str, ...] = ()
    right: str | float | None = None
    least: float = 0.0
    most: float = 100.0
    unit: str = ""
    slack: float = 0.0
    rounds: Literal[1, 2] = 1

    def accepts(self, answer: str) -> bool:
        """Whether this can be an answer: one of the options, or a number from `least` to `most`."""
        if self.options:
            return answer in self.options
        try:
            return self.least <= float(answer) <= self.most  # false for NaN
        except ValueError:
            return False

    def is_right(self, answer: str, right: str | float | None = None) -> bool | None:
        """Whether an answer is right, by `right` where it is given and by the question's own otherwise.

        None where nobody knows yet.
        """
        truth = self.right if right is None else right
        if truth is None:
            return None
        if self.options:
            return answer == truth
        return abs(float(answer) - float(truth)) <= self.slack
