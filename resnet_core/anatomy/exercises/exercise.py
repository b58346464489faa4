"""Exercise: a question whose answer is computed, checked however it is written, and whose usual mistakes are known."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from resnet_core.anatomy.reconcile.seen import read_count
from resnet_core.errors import InvalidSpecError

Kind = Literal["shape", "count", "number", "block", "choice"]
Answer = tuple[int, ...] | int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A wrong answer that people often give, and what they did.

    Attributes:
        answer: what it gives.
        why: a sentence to who gave it.
    """

    answer: Answer
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One question.

    Attributes:
        question: in a sentence.
        kind: "shape" (C, H, W), "count", "number" (with decimals), "block" (the name of one), or "choice".
        answers: what is right; of a shape its numbers, of a block every path that is right.
        hint: how to get there, without the numbers of this case.
        worked: the arithmetic of this case and its result.
        mistakes: wrong answers that are recognised; none of them is right.
        options: what a choice offers.
        slack: how far a number may be off.
    """

    question: str
    kind: Kind
    answers: tuple[Answer, ...]
    hint: str
    worked: str
    mistakes: tuple[Mistake, ...] = ()
    options: tuple[str, ...] = ()
    slack: float = 0.0


def is_right(exercise: Exercise, given: str) -> bool:
    """Whether an answer is right, however it is written: "128x28x28", "(1, 128, 28, 28)", "147,456", "147 456".

    A count may be rounded, if at least three digits are given: 147k for 147,456.
    """
    return any(_is_meant(exercise, answer, given) for answer in exercise.answers)


def hint_for(exercise: Exercise, given: str) -> str:
    """What to say to a wrong answer: the mistake that it is known by; else what is right in it, and the hint."""
    for mistake in exercise.mistakes:
        if _is_meant(exercise, mistake.answer, given):
            return mistake.why
    sizes, (right, *_) = sizes_in(given), exercise.answers
    if not isinstance(right, tuple) or not sizes:
        return exercise.hint
    if sizes == (*right[1:], right[0]):
        order = "×".join(map(str, sizes))
        return f"{order} is TensorFlow's order. PyTorch has channels first, then height and width."
    if sorted(sizes) == sorted(right):
        return "The numbers are right, their order is not: PyTorch has channels first, then height and width."
    if len(sizes) != len(right):
        return f"A shape is {len(right)} numbers: channels, height, width. {exercise.hint}"
    return exercise.hint


def known_mistakes(
    right: Answer, *candidates: tuple[Answer, str] | None, kind: Kind = "count", slack: float = 0.0
) -> tuple[Mistake, ...]:
    """Those candidates that are wrong here, each answer once: in another case a mistake may give the right number."""
    mistakes: dict[Answer, Mistake] = {}
    for answer, why in filter(None, candidates):
        probe = Exercise(question="", kind=kind, answers=(right,), hint="", worked="", slack=slack)
        if answer not in mistakes and not is_right(probe, written_answer(answer)):
            mistakes[answer] = Mistake(answer=answer, why=why)
    return tuple(mistakes.values())


def choice(question: str, right: str, why: str, wrong: Iterable[tuple[str, str]], hint: str) -> Exercise:
    """A question with options, in alphabetical order so that the right one has no place of its own.

    Args:
        why: the right one is right.
        wrong: (option, why it is wrong).
    """
    mistakes = tuple(Mistake(answer=option, why=reason) for option, reason in wrong)
    options = tuple(sorted([right, *(str(one.answer) for one in mistakes)]))
    return Exercise(
        question=question, kind="choice", answers=(right,), hint=hint, worked=why, mistakes=mistakes, options=options
    )


def written_answer(answer: Answer) -> str:
    """An answer as one would type it."""
    if isinstance(answer, tuple):
        return " × ".join(map(str, answer))
    return f"{answer:,}" if isinstance(answer, int) else f"{answer:g}" if isinstance(answer, float) else answer


def _is_meant(exercise: Exercise, answer: Answer, given: str) -> bool:
    """Whether what is given says this answer."""
    if exercise.kind == "shape":
        return sizes_in(given) == answer
    if exercise.kind == "count":
        return _is_count(int(str(answer)), given)
    if exercise.kind == "number":
        number = _number_in(given)
        return number is not None and abs(number - float(str(answer))) <= exercise.slack
    if exercise.kind == "choice":
        return given == answer
    return re.sub(r"[^a-z0-9.]", "", given.lower()).strip(".") == answer


def sizes_in(given: str) -> tuple[int, ...]:
    """The numbers of a shape, without a batch of one picture before them."""
    numbers = tuple(int(n) for n in re.findall(r"\d{1,9}", given))  # more digits are no size
    return numbers[1:] if len(numbers) > 3 and numbers[0] == 1 else numbers


def _is_count(right: int, given: str) -> bool:
    if right < 100:  # nothing to round
        return re.sub(r"[\s,]", "", given) == str(right)
    try:
        seen = read_count(given)
    except InvalidSpecError:
        return False
    fit = seen.fit(right)
    return fit == "exact" or (fit in ("rounded", "cut") and seen.digits >= 3)


def _number_in(given: str) -> float | None:
    """A number with a point or a comma for its decimals, and perhaps a percent sign."""
    text = given.strip().rstrip("%").strip().replace("\u2212", "-").replace(",", ".")
    return float(text) if re.fullmatch(r"-?\d{0,12}\.?\d{1,12}", text) else None
