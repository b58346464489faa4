"""The visitor's guess, a number: made before a race begins, locked at its first step, judged at its end.

It is in no link.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from pages._layout import unbroken
from pages.lesson.question import Question
from pages.training.controls import NETWORKS
from pages.training.visitor import visitor

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunSnapshot

ASK_AGAIN = "_ask_again"
REMEMBERED = 2000  # visitors


class Guess(NamedTuple):
    """Of 100 unseen pictures, how many a network of the race gets wrong."""

    arm: str
    wrong: float


def race_question(arms: Sequence[str], data: str = "digits") -> Question:
    """What is asked about a race: of the plain network, or of the first one where no plain one runs.

    Args:
        arms: the networks of the race, by the names that `lab` has for them.
    """
    thing = "digits" if data == "digits" else "pictures"
    ask = f"Of 100 unseen {thing}, how many will the {_name(_asked_of(arms))} network get wrong?"
    return Question("race", ask, unit=f"of 100 {thing}")


def guess_next(networks: Sequence[str], data: str) -> Guess | None:
    """Ask about the race that would start."""
    arms = [NETWORKS[name] for name in networks]
    if not arms:
        return None
    if st.session_state.pop(ASK_AGAIN, False):
        st.session_state["guess"] = None  # of the race before
    said = _field(race_question(arms, data), "guess", persist_state="session")
    return None if said is None else Guess(_asked_of(arms), said)


def keep_guess(run_id: str, guess: Guess) -> None:
    """Lock the guess with the race that has started, and ask afresh before the next one."""
    _guesses()[run_id] = guess
    st.session_state[ASK_AGAIN] = True


def show_guess(run: RunSnapshot) -> None:
    """The guess about this race: asked for before its first step, locked during it, judged after it."""
    from resnet_core.lab.runs.verdict import judge

    guess = _guesses().get(run.id)
    if guess is not None and run.ended:
        st.markdown(unbroken(judge(guess.wrong, guess.arm, run.metrics)))
    elif guess is not None:
        st.caption(f"Your guess, locked: the {_name(guess.arm)} network gets {guess.wrong:g} of 100 wrong.")
    elif run.step == 0 and not run.ended:
        arms = run.request.arms
        _field(race_question(arms, run.request.config.data), "guess_now", on_change=_hear, args=(run.id, arms))


def _hear(run_id: str, arms: Sequence[str]) -> None:
    said = st.session_state.guess_now
    if said is not None:
        _guesses()[run_id] = Guess(_asked_of(arms), said)


def _field(question: Question, key: str, **more: Any) -> float | None:
    least, most = int(question.least), int(question.most)
    said: float | None = st.number_input(
        question.ask, least, most, None, key=key, placeholder=f"{least} to {most}", width=420, **more
    )
    return said


def _asked_of(arms: Sequence[str]) -> str:
    return "plain" if "plain" in arms else arms[0]


def _name(arm: str) -> str:
    return next((name for name, known in NETWORKS.items() if known == arm), arm)


def _guesses() -> dict[str, Guess]:
    """This visitor's, by the number that a tab keeps over a reload."""
    kept = _all_guesses()
    while len(kept) > REMEMBERED:
        kept.pop(next(iter(kept)), None)
    return kept.setdefault(visitor(), {})


@st.cache_resource(show_spinner=False)
def _all_guesses() -> dict[str, dict[str, Guess]]:
    return {}
