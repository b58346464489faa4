"""A race as a room's event: one press starts it for all, and its end judges the class's guesses."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from pages.lesson.question import Question
from pages.room.records import Asked, Measured
from pages.room.store import Rooms, rooms

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunSnapshot

GUESSED_ARM = "plain"  # whose wrong answers a question for a number is about


def start_race(code: str) -> str:
    """Start the Race page's first race for a room, or join it where it runs already; gives its id.

    Raises:
        QueueFullError: if there is no room for it.
    """
    from pages._server import job_manager
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.records import RunRequest

    return job_manager().submit(RunRequest(config=RACE), watcher(code)).id


def run_of(asked: Asked, code: str) -> RunSnapshot | None:
    """The race of a step as it is now, seen by this room; None if it is not kept any more.

    One that rested because nobody in the room had looked goes on.

    Raises:
        DataError: if the history of races can't be read.
    """
    from pages._server import job_manager

    run = job_manager().snapshot(asked.run, watcher(code))
    return job_manager().resume(asked.run, watcher(code)) if run is not None and run.absent else run


def race_of_step(code: str, step: str) -> RunSnapshot | None:
    """The race that a room has started at a step, as it is now; None before one.

    Raises:
        DataError: if the rooms or the history of races can't be read.
    """
    asked = rooms().asked(code, step)
    return run_of(asked, code) if asked is not None and asked.run else None


def measure(question: Question, run: RunSnapshot) -> Measured:
    """What a race that has ended says: who wins where the question has options, else how many of 100 digits go wrong.

    None where it was stopped before it had looked at unseen digits.
    """
    from resnet_core.lab.runs.curves import final_errors
    from resnet_core.lab.runs.verdict import winner

    errors = final_errors(run.metrics)
    if question.options:
        said = winner(run.metrics)
        return said if said in question.options else None
    return errors[GUESSED_ARM] * 100 if GUESSED_ARM in errors else None


def settled_progress(rooms: Rooms, code: str, asked: Asked) -> tuple[int, int] | None:
    """How far a step's race is, and all its steps; one that has ended is judged here, if nobody has done it yet.

    None without a race, and on a server that has not started one since it was started itself.
    """
    if asked.state != "locked" or "resnet_core.lab.runs.jobs" not in sys.modules:
        return None
    run = run_of(asked, code)
    if run is None:
        return None
    if run.ended and (measured := measure(asked.question, run)) is not None:
        rooms.settle(code, asked.step, measured)
    return (run.step, run.total_steps) if run.total_steps else None


def watcher(code: str) -> str:
    """The room as a visitor of races: while its students look, nobody else needs to."""
    return f"room {code}"
