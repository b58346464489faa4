"""What a teacher sees of the room on a lesson's page: who takes part, and how a step's question was answered."""

from __future__ import annotations

from pages.lesson.question import Question


def room_bar() -> None:
    """Open a room, or show in one line the room that this visit steers."""


def room_step(step_key: str, question: Question, measured: str | float | None = None) -> None:
    """Where this visit steers a room: ask its students this step's question, count, reveal and judge the answers.

    Args:
        measured: what the answers are judged against, `question.right` if left out.
    """
