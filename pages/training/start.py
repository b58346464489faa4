"""What comes before a race: settings, guess and Start. While a race is in view they fold to a line about it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal
from pages._links import link
from pages.training.controls import controls, start_request
from pages.training.guess import Guess, guess_next, keep_guess
from pages.training.visitor import browser
from pages.training.words import against

if TYPE_CHECKING:
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot


def settings(jobs: JobManager, run: RunSnapshot | None, visitor: str) -> RunRequest | None:
    """Draw the controls, the guess and Start; start what they describe when it is pressed.

    Returns:
        The race that they describe; None where they contradict each other.
    """
    place, said = _place(run), st.container()
    with place:
        choice = controls(run, said)
        try:
            request = start_request(choice)
        except rc.InvalidSpecError as error:
            request = None
            st.error(literal(error), icon=":material/block:")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            guess = guess_next(choice.networks, choice.data)
            # Not locked before there is a guess: a number that is still being typed arrives together with the press.
            pressed = st.button(
                "Start the race", type="primary", icon=":material/play_arrow:", key="start", disabled=request is None
            )
        if pressed and guess is None:
            st.warning("First a guess: a number from 0 to 100.", icon=":material/edit:")
    if pressed and request and guess:
        _start(jobs, request, visitor, guess)
    return request


def _place(run: RunSnapshot | None) -> AbstractContextManager[object]:
    if run is None:
        return st.container()
    from resnet_core.lab.runs.records import request_title

    title = f"{request_title(run.request)} · {against(run)} · change"
    return st.expander(title, icon=":material/tune:", key=f"settings_{run.id}")


def _start(jobs: JobManager, request: RunRequest, visitor: str, guess: Guess) -> None:
    try:
        started = jobs.submit(request, visitor, browser())
    except rc.ResNetCoreError as error:
        st.warning(f"{literal(error)} The link of this page keeps what you set.", icon=":material/hourglass_top:")
        return
    keep_guess(started.id, guess)
    link("run", started.id)
    st.rerun()
