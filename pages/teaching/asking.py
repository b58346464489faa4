"""A new photo: what it is called, where the network looked, and which photo it takes it for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import drawing, literal, percent, theme_name
from pages.photo.answers import show_likeliest
from pages.teaching.taught import Shown, answer_to, thumb

if TYPE_CHECKING:
    from resnet_core.lab.teach.lesson import Lesson
    from resnet_core.lab.teach.photos import Shot

STEP = 7  # from one new photo of an example to the next: not all of one class in a row
MOST_BARS = 5


def show_new_of_example(shown: Shown, lesson: Lesson) -> None:
    """One of the example's new photos, and a button for the next."""
    new = [(name, shot) for name, shots in shown.example.elsewhere.items() for shot in shots]
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown("**A new photo**", width="content")
        st.button("Another", icon=":material/arrow_forward:", key="another", type="tertiary", on_click=_next)
    name, shot = new[st.session_state.get("teach_next", 0) * STEP % len(new)]
    show_answer(shot, shown, lesson, name)


def _next() -> None:
    st.session_state["teach_next"] = st.session_state.get("teach_next", 0) + 1


def show_answer(shot: Shot, shown: Shown, lesson: Lesson, shows: str = "") -> None:
    """The answer to one photo.

    Args:
        shows: the class that it shows, where that is known.
    """
    asked = answer_to(shot, shown, lesson)
    answer = asked.top[0].label
    tiles = [
        (rc.figures.square_picture(asked.seen), "What it sees"),
        (rc.figures.overlay_picture(asked.seen, asked.heat), "Where it looked"),
    ]
    drawing(rc.figures.tiles_html(tiles, theme_name(), smallest=110, largest=180), key="asked_tiles")
    st.markdown(f"## {literal(answer)}, {percent(asked.top[0].probability)}")
    if shows:
        wrong = shows != answer
        icon = ":material/close:" if wrong else ":material/check:"
        st.markdown(f"{icon} It shows **{literal(shows)}**.")
    show_likeliest(asked.top[:MOST_BARS], "asked_bars")
    _show_nearest(asked.nearest, shown, lesson)


def _show_nearest(nearest: int, shown: Shown, lesson: Lesson) -> None:
    shots = [(name, shot) for name, shots in shown.example.classes.items() for shot in shots]
    name, shot = shots[nearest]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        drawing(rc.figures.trays_html([rc.figures.Tray(pictures=[thumb(shot)])], theme_name()), "nearest")
        st.caption(f"Of the photos that it learnt, this one is most like it to the network: {literal(name)}.")
