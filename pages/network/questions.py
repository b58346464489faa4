"""Questions about the network on screen: one at a time, checked at once, the score kept in the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from resnet_core.anatomy.tables.exercises import hint_for, is_right, make_exercises

if TYPE_CHECKING:
    from resnet_core.anatomy.counting.calls import Trace


def questions(trace: Trace) -> None:
    """Ask, check, hint and explain. Another `set` in the link asks about other layers."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        chosen = st.number_input("Set of questions", 1, 999, key="set", bind="query-params", width=170)
        exercises = make_exercises(trace, chosen)
        number = st.segmented_control(
            "Question", range(1, len(exercises) + 1), default=1, key="question", bind="query-params", required=True
        )
    place = f"{trace.name}_{trace.input_shape}_{chosen}_{number}"
    exercise = exercises[number - 1]
    st.markdown(f"**{exercise.question}**")
    given = st.text_input("Your answer", key=f"answer_{place}", width=300, placeholder="and Enter", max_chars=100)
    solved: set[str] = st.session_state.setdefault("solved", set())
    if given and is_right(exercise, given):
        if f"{place}_shown" not in st.session_state:
            solved.add(place)
        st.success(f"Right. {exercise.worked}", icon=":material/check_circle:")
    elif given:
        st.error(f"Not yet. {hint_for(exercise, given)}", icon=":material/help:")
        if st.button("Show the answer", key=f"show_{place}"):
            st.session_state[f"{place}_shown"] = True  # no point for an answer that was shown
            st.info(exercise.worked, icon=":material/lightbulb:")
    st.caption(f"{len(solved)} solved in this visit.")
