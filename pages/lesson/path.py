"""The path: what one can do at its end, its steps in order, and where a visitor is on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from pages._links import linked

OBJECTIVES = (
    "say what goes wrong as plain networks get deeper (degradation), and which curve shows it",
    "compute what comes out of a convolution, and how many weights and multiplications it takes",
    "say where a shortcut can pass on what it got as it is, and name three ways where it can't",
    "say why the way back through a block is 1 + ∂F/∂x, and read how a measured gradient splits",
    "name two pieces of evidence that shortcuts make training easier, and one limit",
)


@dataclass(frozen=True)
class Step:
    """A stop on the path: its page, by the name of its file, the name on the door, and what one does there."""

    page: str
    name: str
    does: str
    query: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> str:
        """The page's file, as Streamlit's links want it."""
        return f"pages/{self.page}.py"


STEPS = (
    Step("home", "Start", "You say what more layers do, and see it."),
    Step("basics", "Basics", "What a convolution is, in five minutes."),
    Step("race", "Race", "You say a number, and watch networks train."),
    Step("shortcut", "Shortcut", "What one addition does, value by value."),
    Step("why", "Why it works", "Each reason is guessed first, then measured."),
    Step(
        "architecture", "Architecture", "What a shortcut costs where shapes change.",
        {"view": "Compare", "left": "resnet34_a", "right": "resnet34"},
    ),
    Step("bottleneck", "Bottleneck", "You squeeze a block, and count its weights."),
    Step("bug_lab", "Bug lab", "One line is wrong. You say what it breaks."),
)  # fmt: skip
BEGUN, BEEN = "_path_begun", "_path_been"


def begin_path() -> None:
    """From now on in this visit, pages show their place in the path."""
    st.session_state[BEGUN] = True


def been() -> set[str]:
    """Names of the pages of the path that this visit has seen."""
    seen: set[str] = st.session_state.setdefault(BEEN, set())
    return seen


def path_line(page: str) -> None:
    """The step before, the place, and the step after, in one line; nothing for who does not walk the path.

    Args:
        page: the name of the page's file; a link with `path=1` begins the path, as the list on Start does.
    """
    place = next((number for number, step in enumerate(STEPS) if step.page == page), None)
    if place is None:
        return
    been().add(page)
    if "path" in st.query_params:
        begin_path()
    if place and st.session_state.get(BEGUN) and not linked("lesson"):  # two lines of ways would be a hunt
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key="path_line"):
            _to(place - 1, ":material/arrow_back:", "left")
            st.caption(f"Step {place + 1} of {len(STEPS)}", width="content")
            if place + 1 < len(STEPS):
                _to(place + 1, ":material/arrow_forward:", "right")


def _to(place: int, icon: str, side: Literal["left", "right"]) -> None:
    step = STEPS[place]
    st.page_link(step.file, label=step.name, icon=icon, icon_position=side, query_params=step.query or None)


def path_list() -> None:
    """What one can do at the end of the path, and its steps with those marked that this visit has seen."""
    goals, steps = st.columns([1, 1.35], gap="large")
    with goals:
        st.subheader("What you can do at the end", anchor=False)
        st.markdown("\n".join(f"1. {goal[0].upper()}{goal[1:]}." for goal in OBJECTIVES))
    with steps:
        st.subheader("The path", anchor=False)
        with st.container(gap="xxsmall", key="path_list"):
            for number, step in enumerate(STEPS, start=1):
                _row(number, step)


def _row(number: int, step: Step) -> None:
    seen = step.page in been()
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        icon = ":material/check_circle:" if seen else ":material/radio_button_unchecked:"
        label = f"{number}. {step.name}{', seen' if seen else ''}"
        st.page_link(step.file, label=label, icon=icon, query_params={"path": "1", **step.query}, width=150)
        st.caption(step.does, width="stretch")
