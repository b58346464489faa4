"""check(): is an answer to one of the course's questions right? It recognises mistakes, and gives nothing away."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from resnet_core.errors import InvalidSpecError
from resnet_core.models.listings.documents import DOCUMENTS
from resnet_core.notebook.course import asked
from resnet_core.notebook.course.task import Task, Verdict, of_exercise

# Questions of numbers, by the first word of their names.
ASKED: dict[str, Callable[[Any], asked.Named]] = {
    "race": asked.race_questions,
    "layer": asked.layer_questions,
    "bottleneck": asked.bottleneck_questions,
    "addition": asked.addition_questions,
    "depth": asked.depth_questions,
    "photo": asked.photo_questions,
    "head": asked.head_questions,
}
LINES = {f"{document.short}-lines": number for number, document in DOCUMENTS.items()}


def check(name: str, answer: object = ..., about: Any = None) -> Verdict:
    """Whether an answer is right. A usual mistake is recognised; the right answer is not told.

    Args:
        name: of the question, e.g. "bottleneck-weights".
        answer: a number, a shape, a text, the letter of a choice, lines, or a class, as the question wants it. Without
            one the question itself is shown.
        about: what the reader measured, for a question about that.

    Raises:
        InvalidSpecError: for a name that no question has.

    Example:
        >>> check("addition-back", 2.0)
        ✗ Not yet. That is the shortcut's part alone: the branch brings some back too.
    """
    return _task(name, about).verdict(answer)


def _task(name: str, about: Any) -> Task:
    if name in _CODE:
        return _CODE[name]()
    made = ASKED.get(name.partition("-")[0], lambda _: {})(about)
    if name in made:
        return of_exercise(made[name])
    known = ", ".join((*made, *(ASKED if not made else ()), *_CODE))
    about_what = " Some are about what you measured: give it as about=." if made else ""
    raise InvalidSpecError(f"There is no question {name!r}. Questions are: {known}.{about_what}")


def _transcript() -> Task:
    from resnet_core.notebook.course.transcript import judge_transcript

    return Task("What does your hook write of the listing, line by line?", judge_transcript)


def _block() -> Task:
    from resnet_core.notebook.course.block import judge_block

    return Task("Is your class a residual block?", judge_block)


def _repair() -> Task:
    from resnet_core.notebook.course.listing import judge_repair

    return Task("Do your Bottleneck and ResNet do what the paper's do?", judge_repair)


def _lines(document: str) -> Task:
    from resnet_core.notebook.course.listing import judge_lines

    return Task("Which lines are wrong? Give their numbers.", partial(judge_lines, document))


_CODE: dict[str, Callable[[], Task]] = {
    "hook-transcript": _transcript,
    "residual-block": _block,
    "blog-repair": _repair,
    **{name: partial(_lines, document) for name, document in LINES.items()},
}
