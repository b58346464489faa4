"""The visitor's guess: made before a race begins, locked at its first step, judged at its end. It is in no link."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

from pages._layout import unbroken
from pages.training.controls import NETWORKS

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunSnapshot

QUESTION = "Your guess: which answers fewer unseen pictures wrongly at the end?"
NO_DIFFERENCE = (
    "no difference"  # as `lab.runs.verdict` has it, which a page loads only once there is something to judge
)
ASK_AGAIN = "_ask_again"


def guess_next(networks: Iterable[str]) -> str | None:
    """Ask about the race that would start; gives the name of an arm, or "no difference"."""
    names = (*networks, NO_DIFFERENCE)
    if st.session_state.pop(ASK_AGAIN, False) or st.session_state.get("guess") not in (None, *names):
        st.session_state.pop("guess", None)  # of the race before, or of a network that is no longer chosen
    said = st.segmented_control(QUESTION, names, key="guess", persist_state="session")
    return None if said is None else NETWORKS.get(said, said)


def keep_guess(run_id: str, guess: str) -> None:
    """Lock the guess with the race that has started, and ask afresh before the next one."""
    _guesses()[run_id] = guess
    st.session_state[ASK_AGAIN] = True


def show_guess(run: RunSnapshot) -> None:
    """The guess about this race: asked for before its first step, locked during it, judged after it."""
    from resnet_core.lab.runs.verdict import judge

    guess = _guesses().get(run.id)
    if guess is not None and run.ended:
        st.markdown(unbroken(judge(guess, run.metrics)))
    elif guess is not None:
        st.caption(f"Your guess, locked: {_name(guess)}.")
    elif run.step == 0 and not run.ended:
        names = (*(_name(arm) for arm in run.request.arms), NO_DIFFERENCE)
        st.segmented_control(QUESTION, names, key="guess_now", on_change=_hear, args=(run.id,))


def _hear(run_id: str) -> None:
    if said := st.session_state.guess_now:
        _guesses()[run_id] = NETWORKS.get(said, said)


def _name(arm: str) -> str:
    return next((name for name, known in NETWORKS.items() if known == arm), arm)


def _guesses() -> dict[str, str]:
    guesses: dict[str, str] = st.session_state.setdefault("_guesses", {})
    return guesses
