"""What a teacher sees of the room on a lesson's page: who takes part, and how a step's question was answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal, presenting
from pages.lesson.question import Question
from pages.room.bar import show_card, slim_line
from pages.room.records import Measured
from pages.room.store import rooms
from pages.room.visit import keep_secrets, looked_at, open_room, steered
from pages.room.watching import watch_step

if TYPE_CHECKING:
    from pages.room.steering import Steered

AT = "_room_at"  # the step to which this visit has brought its room, by code
ENDED = "_room_ended"  # (code, step) of each vote that showing the answer has ended


def room_bar() -> None:
    """Open a room, or show in one line the room that this visit steers."""
    try:
        mine = steered()
        if mine is not None:
            slim_line(mine, rooms().find(mine.code))
        else:
            _not_mine(*looked_at())
    except rc.ResNetCoreError as error:
        st.warning(literal(error), icon=":material/groups:")
    keep_secrets()


def _not_mine(code: str, why_not: str) -> None:
    if presenting():  # a step fills the wall; a room is opened before
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key="room_bar"):
        if code and not why_not:
            st.link_button(f"Take part in room {code}", f"room/{code}", icon=":material/groups:")
            return
        if st.button("Open a room", icon=":material/groups:", key="room_open"):
            open_room()
            st.rerun()
        st.caption(literal(why_not) if why_not else "Phones answer: no account, no name.")


def room_step(
    step_key: str, question: Question, measured: str | float | None = None, answer_shown: bool = False
) -> None:
    """Where this visit steers a room: ask its students this step's question, count, reveal and judge the answers.

    A question that has nothing right and is given nothing measured is one that a race will answer: then one press
    starts the race for all.

    Args:
        measured: what the answers are judged against, `question.right` if left out.
        answer_shown: the answer stands on the page: who votes now would read it there, so the vote is over.
    """
    try:
        mine = steered()
        if mine is None:
            return
        room = rooms().find(mine.code)
        brought: dict[str, str] = st.session_state.setdefault(AT, {})
        went_on = brought.get(mine.code) not in (None, step_key)
        if room.step in ("", step_key) or went_on:
            mine.ask(step_key, question)
        brought[mine.code] = step_key
        truth: Measured = question.right if measured is None else measured
        if answer_shown and truth is not None:
            _end_vote(mine, step_key, truth)
        with st.container(border=True, key="room_step"):
            on_the_wall = answer_shown and presenting()  # who is asked again there reads the answer beside it
            watch_step(mine, step_key, question, truth, may_ask_again=not on_the_wall)
    except rc.ResNetCoreError as error:
        st.warning(literal(error), icon=":material/groups:")


def card_on_the_wall() -> bool:
    """Draw the code to join in the place of a step's picture, where it is asked for there; whether it was."""
    try:
        mine = steered() if presenting() else None
        if mine is None or not rooms().find(mine.code).card:
            return False
    except rc.ResNetCoreError:
        return False  # the room's own line says why
    show_card(mine.code)
    return True


def is_revealed(step_key: str) -> bool:
    """Whether the room that this visit steers shows how its class answered a step."""
    try:
        mine = steered()
        asked = None if mine is None else rooms().asked(mine.code, step_key)
    except rc.ResNetCoreError:
        return False  # the room's own line says why
    return asked is not None and asked.state == "revealed"


def _end_vote(mine: Steered, step_key: str, truth: Measured) -> None:
    """Reveal a step whose answer is shown, once: a class may be asked anew after that."""
    ended: set[tuple[str, str]] = st.session_state.setdefault(ENDED, set())
    asked = rooms().asked(mine.code, step_key)
    if asked is not None and asked.state == "open" and (mine.code, step_key) not in ended:
        mine.reveal(step_key, truth)
    ended.add((mine.code, step_key))
