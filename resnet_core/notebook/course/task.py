"""Task and Verdict: a question of the course, how an answer is judged, and how that looks at the end of a cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from html import escape
from string import ascii_lowercase
from typing import Literal

from resnet_core.anatomy.exercises.exercise import Exercise, hint_for, is_right
from resnet_core.figures.theme import LIGHT

State = Literal["open", "right", "not yet"]
MARKS = {"open": ("?", LIGHT.residual), "right": ("✓", LIGHT.identity), "not yet": ("✗", LIGHT.plain)}


@dataclass(frozen=True, slots=True, repr=False)
class Verdict:
    """What is said to an answer; it shows itself where it ends a cell.

    Attributes:
        state: "open" where nothing was answered yet.
        text: one line a sentence; options of a choice have a line each.
    """

    state: State
    text: str

    def __repr__(self) -> str:
        return f"{MARKS[self.state][0]} {self.text}"

    def _repr_html_(self) -> str:
        mark, colour = MARKS[self.state]
        text = escape(self.text).replace("\n", "<br>")
        return (
            f'<div style="border-left: 3px solid {colour}; padding: 4px 12px; max-width: 70ch">'
            f'<strong aria-hidden="true">{mark}</strong> {text}</div>'
        )


@dataclass(frozen=True, slots=True)
class Task:
    """A question of the course.

    Attributes:
        question: in words, with its options if it has some.
        judge: an answer -> whether it is right, and what to say. It gives the right answer away to nobody else.
    """

    question: str
    judge: Callable[[object], tuple[bool, str]]

    def verdict(self, answer: object) -> Verdict:
        """The verdict on an answer; `...` is none yet."""
        if answer is ...:
            return Verdict("open", f"{self.question}\nPut your answer in place of the three dots, and run the cell.")
        right, said = self.judge(answer)
        return Verdict("right", f"Right. {said}") if right else Verdict("not yet", f"Not yet. {said}")


def of_exercise(exercise: Exercise) -> Task:
    """The task of one of the app's questions."""
    lettered = zip(ascii_lowercase, exercise.options, strict=False)
    question = "\n".join((exercise.question, *(f"{letter}) {option}" for letter, option in lettered)))
    return Task(question, partial(_judge, exercise))


def _judge(exercise: Exercise, answer: object) -> tuple[bool, str]:
    given = written(answer)
    options = dict(zip(ascii_lowercase, exercise.options, strict=False))
    given = options.get(given.strip(" )").lower(), given)
    right = is_right(exercise, given)
    return right, exercise.worked if right else hint_for(exercise, given)


def written(answer: object) -> str:
    """An answer of Python as one would type it: 69632.0 is "69632", a `torch.Size` "64 × 56 × 56"."""
    if isinstance(answer, str):
        return answer
    size = getattr(answer, "numel", getattr(answer, "size", None))  # a tensor's is asked for, an array's is a number
    if (size() if callable(size) else size) == 1 and hasattr(answer, "item"):
        answer = answer.item()
    if isinstance(answer, float):
        return str(int(answer)) if answer.is_integer() else f"{answer:.6f}"
    return " × ".join(map(str, answer)) if isinstance(answer, Iterable) else str(answer)
