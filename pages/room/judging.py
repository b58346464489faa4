"""How a class answered, as bars, and whether it was right, in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pages.lesson.question import Question
from pages.room.records import Measured

BINS = 10
HAND_BINS = 4  # as many as keys
APART = {"%": "points", "of 100": ""}  # in what two numbers of a unit differ


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer, or one stretch of numbers: how many gave it in each round, and whether what is right lies in it."""

    label: str
    counts: tuple[int, ...]
    right: bool


def bars(question: Question, rounds: Sequence[Mapping[str, int]], measured: Measured, by_hands: bool) -> list[Bar]:
    """The distribution of answers, in the question's order."""
    if question.options:
        return [
            Bar(option, tuple(given.get(option, 0) for given in rounds), option == measured)
            for option in question.options
        ]
    if by_hands:
        return [
            Bar(label, tuple(given.get(label, 0) for given in rounds), right_stretch(question, measured) == label)
            for label in choices(question)
        ]
    width = (question.most - question.least) / BINS
    return [
        Bar(
            _stretch(question.least + index * width, question.least + (index + 1) * width, unit_of_range(question)),
            tuple(sum(n for a, n in given.items() if _bin(question, float(a), BINS) == index) for given in rounds),
            measured is not None and _bin(question, float(measured), BINS) == index,
        )
        for index in range(BINS)
    ]


def choices(question: Question) -> tuple[str, ...]:
    """What hands are raised for: the options, or four stretches of a number."""
    if question.options:
        return question.options
    width = (question.most - question.least) / HAND_BINS
    ends = [question.least + index * width for index in range(HAND_BINS + 1)]
    return tuple(_stretch(low, high, unit_of_range(question)) for low, high in pairwise(ends))


def range_words(question: Question) -> str:
    """ "0 to 100", "0 to 100 %": what may be answered."""
    return _stretch(question.least, question.most, unit_of_range(question))


def unit_of_range(question: Question) -> str:
    """A unit where a range stands before it: none where the range says it, as "0 to 100" says "of 100"."""
    return "" if question.unit.startswith(f"of {question.most:g}") else question.unit


def right_stretch(question: Question, measured: Measured) -> str:
    """The choice that hands should have gone up for, "" while nobody knows."""
    if measured is None:
        return ""
    return str(measured) if question.options else choices(question)[_bin(question, float(measured), HAND_BINS)]


def how_many_right(question: Question, given: Mapping[str, int], measured: Measured, by_hands: bool) -> int:
    """Of one round's answers."""
    if by_hands:
        return given.get(right_stretch(question, measured), 0)
    return sum(count for answer, count in given.items() if question.is_right(answer, measured))


def verdict(question: Question, rounds: Sequence[Mapping[str, int]], measured: Measured, by_hands: bool) -> str:
    """ "31 of 44 of you were right; before you talked it was 12 of 43." """
    *before, last = rounds
    total = sum(last.values())
    if not total:
        return f"Nobody has answered. {told(question, measured)}".strip()
    if measured is None:
        return f"{total} have answered. Nobody knows yet who is right."
    right = how_many_right(question, last, measured, by_hands)
    said = f"{right} of {total} of you {'was' if right == 1 else 'were'} right"
    if not question.options and not by_hands and question.slack:
        said += f", no more than {number(question.slack, APART.get(question.unit, question.unit))} off"
    for given in before:
        if given:
            right = how_many_right(question, given, measured, by_hands)
            said += f"; before you talked it was {right} of {sum(given.values())}"
    return f"{said}. {told(question, measured)}"


def told(question: Question, measured: Measured) -> str:
    """What is right, in a sentence; "" while nobody knows."""
    if measured is None:
        return ""
    return f"Right: {measured}." if question.options else f"Measured: {number(float(measured), question.unit)}."


def number(value: float, unit: str) -> str:
    """ "77.1 %": three digits are enough to judge a guess by."""
    text = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    return f"{text}\u00a0{unit}".strip("\u00a0")


def _bin(question: Question, value: float, count: int) -> int:
    share = (value - question.least) / (question.most - question.least)
    return min(max(int(share * count), 0), count - 1)


def _stretch(low: float, high: float, unit: str) -> str:
    return f"{number(low, '')} to {number(high, unit)}"
