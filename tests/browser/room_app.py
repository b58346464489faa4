"""A lesson with nothing in it but its room, for the journey of a class: `streamlit run tests/browser/room_app.py`."""

import streamlit as st

from pages.lesson.question import Question
from pages.room.panel import room_bar, room_step
from pages.room.routes import served_routes
from resnet_core.lab.recipe import recipes

# Some seconds of computing, not thirty.
recipes.RACE = recipes.get_recipe("race").override(epochs=5, overrides=(("depths", (1, 1, 1)),))

QUESTIONS = {
    "catch_up": Question(
        "catch_up", "Will the plain network with 56 layers catch up in training?",
        options=("Yes, soon", "Yes, but much later than the residual one", "No"), right="No", rounds=2,
    ),
    "wrong": Question("wrong", "How many of 100 digits will the plain network get wrong?", slack=10),
    "share": Question("share", "What share of the parameters does the bottleneck need?", right=5.9, unit="%", slack=3),
}  # fmt: skip


def lesson() -> None:
    """The room's line, a choice of steps, and the room at that step."""
    st.title("A lesson")
    room_bar()
    step = st.segmented_control(
        "Step", list(QUESTIONS), default="catch_up", key="lesson", bind="query-params", required=True
    )
    st.markdown(f"### {QUESTIONS[step].ask}")
    room_step(step, QUESTIONS[step])


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    start = st.Page(lambda: st.title("Start"), title="Start", url_path="start", default=True)
    st.navigation([start, st.Page(lesson, title="Lesson", url_path="lesson")]).run()
else:
    app = st.App(__file__, routes=served_routes())
