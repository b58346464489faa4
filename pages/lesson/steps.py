"""The lesson as data: its steps, and what stands around them, read from assets/lesson with their numbers put in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, Literal, NamedTuple

from pages.lesson.numbers import numbers
from pages.lesson.question import Question
from resnet_core.notation import unbroken

LESSON = Path(__file__).parents[2] / "assets" / "lesson"
Query = Mapping[str, str | list[str]]
Form = Literal["45 minutes", "20 minutes"]
FORMS: tuple[Form, ...] = ("45 minutes", "20 minutes")


class Opens(NamedTuple):
    """A page in the exact state that a step needs: words for the link, file in pages/, parameters."""

    label: str
    page: str
    query: Query

    @property
    def file(self) -> str:
        """As `st.page_link` wants it."""
        return f"pages/{self.page}.py"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step.

    Attributes:
        key: in links and in a room's answers, so it never changes.
        title: a few words.
        minutes: begin and end in the form of 45 minutes.
        short: the same in that of 20; None where it is left out.
        question: to the class.
        page, query: what opens beside the lesson; `also` are further states.
        see: what they will see, with expected numbers.
        say: the answer.
        wrong: typical wrong answers, each with what to say to it.
        notes: for the teacher alone.
    """

    key: str
    title: str
    minutes: tuple[int, int]
    short: tuple[int, int] | None
    question: Question
    page: str
    query: Query
    opens: str
    also: tuple[Opens, ...]
    see: str
    say: str
    wrong: tuple[tuple[str, str], ...]
    notes: str

    @property
    def links(self) -> tuple[Opens, ...]:
        """All that opens beside the lesson, the first one first."""
        return Opens(self.opens, self.page, self.query), *self.also

    def time(self, form: Form) -> tuple[int, int]:
        """Its minutes in one of the forms."""
        return self.minutes if form == FORMS[0] or self.short is None else self.short


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the steps: objectives, the claim of the exit ticket, homework, what to do before."""

    objectives: tuple[str, ...]
    claim: str
    claim_right: str
    claim_why: str
    homework: str
    homework_answer: str
    homework_page: Opens
    before: tuple[str, ...]


@cache
def all_steps() -> tuple[Step, ...]:
    """Every step, in order."""
    return tuple(_step(row) for row in _read("lesson.toml")["step"])


def steps_of(form: Form) -> tuple[Step, ...]:
    """Those of one form of the lesson."""
    return tuple(step for step in all_steps() if form == FORMS[0] or step.short)


@cache
def frame() -> Frame:
    """What stands around the steps."""
    said = _read("frame.toml")
    page = Opens(*said.pop("homework_page"))
    several: dict[str, Any] = {name: tuple(text) if isinstance(text, list) else text for name, text in said.items()}
    return Frame(homework_page=page, **several)


def _step(row: Mapping[str, Any]) -> Step:
    first, *also = (Opens(*page) for page in row["pages"])
    return Step(
        key=row["key"], title=row["title"], minutes=_pair(row["minutes"]),
        short=_pair(row["short"]) if "short" in row else None,
        question=_question(row), opens=first.label, page=first.page, query=first.query, also=tuple(also),
        see=row["see"], say=row["say"], wrong=tuple(_words(pair) for pair in row["wrong"]), notes=row["notes"],
    )  # fmt: skip


def _question(row: Mapping[str, Any]) -> Question:
    if "options" in row:
        return Question(
            row["key"], row["ask"], options=tuple(row["options"]), right=row["right"], rounds=row.get("rounds", 1)
        )
    return Question(
        row["key"], row["ask"], right=float(numbers()[row["number"]]), least=row["least"], most=row["most"],
        unit=row["unit"], slack=row["slack"],
    )  # fmt: skip


def _pair(values: list[int]) -> tuple[int, int]:
    begin, end = values
    return begin, end


def _words(values: list[str]) -> tuple[str, str]:
    answer, reply = values
    return answer, reply


def _read(name: str) -> Any:
    """A file of the lesson, each text with its numbers.

    Raises:
        KeyError: for a number that is not known.
    """
    return _filled(tomllib.loads((LESSON / name).read_text("utf-8")))


def _filled(value: Any) -> Any:
    if isinstance(value, str):
        return unbroken(Template(value).substitute(numbers())).replace("/∂", "/\u2060∂")  # no line ends in a fraction
    if isinstance(value, list):
        return [_filled(one) for one in value]
    return {key: _filled(one) for key, one in value.items()} if isinstance(value, dict) else value
