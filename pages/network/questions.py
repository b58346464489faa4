"""Questions about the network on screen: one at a time; another set asks about other layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.lesson.check import ask_exercise, show_score
from resnet_core.anatomy.exercises.layers import make_exercises

if TYPE_CHECKING:
    from resnet_core.anatomy.counting.calls import Trace


def questions(trace: Trace) -> None:
    """Ask about the layers of a network."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.number_input("Set of questions", 1, 999, key="set", bind="query-params", width=170)
        exercises = make_exercises(trace, chosen)
        number = st.segmented_control(
            "Question", range(1, len(exercises) + 1), default=1, key="question", bind="query-params", required=True
        )
    ask_exercise("Architecture", exercises[number - 1])
    show_score()
