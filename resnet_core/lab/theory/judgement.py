"""What a claim is, and what a measurement says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Answer = Literal["true", "false", "depends"]
ANSWERS: tuple[Answer, ...] = ("true", "false", "depends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a measurement says of a claim.

    Attributes:
        answer: "true", "false" or "depends".
        sentence: the numbers.
    """

    answer: Answer
    sentence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A sentence, and how it is judged.

    Attributes:
        name: for the choice and the link.
        source: number of the document, as `listings.documents.DOCUMENTS` has it, or a paper.
        quote: as printed.
        translation: into English, where it is in another language.
        judge: measures.
        in_parts: whether that takes so long that it tells a `Progress` how far it is, which may cancel it.
    """

    name: str
    source: str
    quote: str
    translation: str = ""
    judge: Callable[..., Judgement]
    in_parts: bool = False
