"""What a room tells: frozen records, and the errors that say in a sentence why not."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Literal

from pages.lesson.question import Question
from resnet_core.errors import ResNetCoreError

State = Literal["open", "locked", "revealed"]
Measured = str | float | None


class RoomError(ResNetCoreError):
    """Why a room can't be entered, answered or steered. `status` says the same to a program, as HTTP does."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A room that is open.

    Attributes:
        step: the key of the step that the class is at, "" before the first.
        by_hands: whether raised hands count, and phones don't.
        card: whether the code to join is shown large.
        takes_in: whether somebody new may join.
        reached: whether another device than this machine has opened it.
        joined: how many take part.
    """

    code: str
    opened: float
    step: str
    by_hands: bool
    card: bool
    takes_in: bool
    reached: bool
    joined: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A step's question as a room has asked it.

    Attributes:
        asking: how often it has been asked from the beginning: 1, unless the opener has asked it anew.
        round: 1, or 2 once the class votes a second time.
        state: open for answers, locked while a race runs, or revealed.
        measured: what answers were judged against at the reveal.
        run: the id of the race that will say, "" without one.
    """

    step: str
    question: Question
    asking: int
    round: int
    state: State
    measured: Measured
    run: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a step was answered: for each round, answer -> how many gave it."""

    joined: int
    rounds: tuple[dict[str, int], ...]

    @property
    def answered(self) -> int:
        """How many have answered in the last round."""
        return sum(self.rounds[-1].values())


def to_text(question: Question) -> str:
    """A question as JSON."""
    return json.dumps(asdict(question))


def from_text(text: str) -> Question:
    """The inverse of `to_text`."""
    question = Question(**json.loads(text))
    return replace(question, options=tuple(question.options))
