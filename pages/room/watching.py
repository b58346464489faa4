"""A step's question in the teacher's eyes: how many have answered, the votes, the reveal, the race."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import drawing, literal, theme_name, unbroken
from pages.lesson.steps import all_steps
from pages.room.hands import count_hands
from pages.room.judging import bars, verdict
from pages.room.race import measure, run_of, start_race
from pages.room.store import rooms

if TYPE_CHECKING:
    from pages.lesson.question import Question
    from pages.room.records import Asked, Measured, Room, Tally
    from pages.room.steering import Steered

COUNT_AGAIN_S = 1.0


def watch_step(mine: Steered, step: str, question: Question, truth: Measured, *, may_ask_again: bool) -> None:
    """Show a step as it is now, and again each second while something may change."""
    asked = rooms().asked(mine.code, step)
    state = asked.state if asked else "revealed"

    @st.fragment(run_every=None if state == "revealed" else COUNT_AGAIN_S)
    def watch() -> None:
        """What the class has said so far; once it is revealed, the page stops asking."""
        room, now = rooms().find(mine.code), rooms().asked(mine.code, step)
        if room.step != step:
            _elsewhere(mine, room, step, question)
        if now is None:
            return
        if now.state == "locked":
            _race(mine, now)
            now = rooms().asked(mine.code, step) or now
        if now.state != state:
            st.rerun()  # a race is drawn beside it, and what is revealed takes the place of the question
        tally = mine.tally(room, now)
        if now.state == "revealed":
            _outcome(mine, room, now, tally, may_ask_again)
        else:
            _voting(mine, room, now, tally, truth)

    watch()


def _elsewhere(mine: Steered, room: Room, step: str, question: Question) -> None:
    title = next((one.title for one in all_steps() if one.key == room.step), room.step)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f":material/info: The class is at another step: {literal(title)}.", width="content")
        st.button("Bring it here", key=f"bring_{step}", on_click=mine.ask, args=(step, question))


def _voting(mine: Steered, room: Room, asked: Asked, tally: Tally, truth: Measured) -> None:
    if room.by_hands and asked.state == "open":
        count_hands(mine, asked, tally.rounds[-1])
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(counted(room, tally), anchor=False, width="content")
        if asked.state == "open":
            _buttons(mine, room, asked, tally, truth)


def counted(room: Room, tally: Tally) -> str:
    """ "31 of 44 have answered"."""
    if room.by_hands:
        return f"{tally.answered} hand{'' if tally.answered == 1 else 's'} raised"
    if not room.joined:
        return "Nobody has joined yet"
    return f"{tally.answered} of {room.joined} {'has' if room.joined == 1 else 'have'} answered"


def _buttons(mine: Steered, room: Room, asked: Asked, tally: Tally, truth: Measured) -> None:
    if asked.question.rounds == 2 and asked.round == 1:
        with st.popover("First vote, for you", icon=":material/visibility:"):
            st.caption("The class does not see this on its phones. On a projector it would.")
            votes(room, asked, tally)
        st.button(
            "Second vote", type="primary", icon=":material/forum:", key=f"again_{asked.step}",
            on_click=mine.vote_again, args=(asked.step,),
            help="The class talks with its neighbours, and votes again. The reveal shows both votes.",
        )  # fmt: skip
    elif truth is None:
        st.button(
            "Start the race for all", type="primary", icon=":material/play_arrow:", key=f"race_{asked.step}",
            on_click=_start, args=(mine, asked), help="Guesses are locked from now on, and judged at its end.",
        )  # fmt: skip
    else:
        st.button(
            "Reveal", type="primary", icon=":material/bar_chart:", key=f"reveal_{asked.step}", on_click=mine.reveal,
            args=(asked.step, truth),
        )  # fmt: skip


def votes(room: Room, asked: Asked, tally: Tally) -> None:
    """The distribution, with what is right marked once it is revealed."""
    shown, question = bars(asked.question, tally.rounds, asked.measured, room.by_hands), asked.question
    counts, right = [bar.counts for bar in shown], [bar.right for bar in shown]
    if question.options or room.by_hands:
        html = rc.figures.votes_html([bar.label for bar in shown], counts, right, theme_name())
    else:
        width = (question.most - question.least) / len(shown)
        edges = [question.least + index * width for index in range(len(shown) + 1)]
        html = rc.figures.spread_html(edges, counts, right, theme_name())
    drawing(html, key=f"votes_{asked.step}_{asked.state}")


def _outcome(mine: Steered, room: Room, asked: Asked, tally: Tally, may_ask_again: bool) -> None:
    said = verdict(asked.question, tally.rounds, asked.measured, room.by_hands)
    st.subheader(unbroken(literal(said)), anchor=False)
    votes(room, asked, tally)
    if not may_ask_again:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if asked.round == 2:
            st.caption("Thin: before. Thick: after.", width="content")
        st.button(
            "Ask again", icon=":material/restart_alt:", key=f"anew_{asked.step}", on_click=mine.ask_anew,
            args=(asked.step,), help="Forgets how this question was answered.",
        )  # fmt: skip


def _start(mine: Steered, asked: Asked) -> None:
    try:
        mine.lock(asked.step, start_race(mine.code))
    except rc.ResNetCoreError as error:
        st.warning(literal(error), icon=":material/hourglass_top:")


def _race(mine: Steered, asked: Asked) -> None:
    """How far the race is, its end, or why there will be none."""
    run = run_of(asked, mine.code)
    if run is not None and not run.ended:
        share = min(run.step / run.total_steps, 1.0) if run.total_steps else 0.0
        far = f"step {run.step} of {run.total_steps}" if run.total_steps else "loading its pictures"
        place = f"place {run.place} in the queue" if run.place else far
        st.progress(share, f"Guesses are locked. The race runs: {place}.")
    elif run is not None and (measured := measure(asked.question, run)) is not None:
        mine.reveal(asked.step, measured)
    else:
        st.warning("The race ended before it could say who is right.", icon=":material/flag:")
        st.button("Start it again", key=f"race_again_{asked.step}", on_click=_start, args=(mine, asked))
