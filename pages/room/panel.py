"""What a room shows on the lesson's page; nothing until rooms are there."""

from __future__ import annotations

from pages.lesson.question import Question


def room_bar() -> None:
    """Open a room, or its code and who is in it."""


def room_step(step_key: str, question: Question, measured: str | float | None = None) -> None:
    """How many have answered this step's question, and what, once it is revealed."""
