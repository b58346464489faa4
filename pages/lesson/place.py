"""Where in the lesson a visitor is: the step stands in the link, which answers were shown is kept for the visit."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from pages._layout import presenting
from pages._links import link, linked
from pages.lesson.steps import FORMS, Form, Step, all_steps, steps_of
from pages.room.store import tidy

SHOWN, FORM = "_lesson_shown", "_lesson_form"


def form_now() -> Form:
    """Which form of the lesson this visit follows."""
    form: Form = st.session_state.get(FORM, FORMS[0])
    return form


def choose_form(form: Form) -> None:
    """Follow one form from now on, on every page."""
    st.session_state[FORM] = form


def steps_now() -> tuple[Step, ...]:
    """The steps of the form that is followed."""
    return steps_of(form_now())


def place_in(steps: Sequence[Step], key: str) -> int:
    """Index of a step; where the form leaves it out that of the last one before it, and 0 for what is no step."""
    order = [step.key for step in all_steps()]
    before = order[: order.index(key) + 1] if key in order else []
    return max((index for index, step in enumerate(steps) if step.key in before), default=0)


def step_now() -> Step:
    """The step that the link names, the first one unless it does."""
    steps = steps_now()
    return steps[place_in(steps, linked("lesson"))]


def is_shown(key: str) -> bool:
    """Whether the answer of a step has been asked for in this visit."""
    return key in st.session_state.get(SHOWN, ())


def show(key: str, shown: bool = True) -> None:
    """Show the answer of a step, or hide it."""
    kept: set[str] = st.session_state.setdefault(SHOWN, set())
    (kept.add if shown else kept.discard)(key)


def carried() -> dict[str, str]:
    """What goes along to every page, as far as it means something: presenter view, room and step."""
    step = linked("lesson") if linked("lesson") in (step.key for step in all_steps()) else ""
    told = {"present": "1" if presenting() else "", "room": tidy(linked("room")), "lesson": step}
    return {name: value for name, value in told.items() if value}


def go_to(key: str) -> None:
    """Make a step the one that the link names."""
    link("lesson", key)


def go(*presses: bool) -> None:
    """Each press, onward or back, shows an answer or changes the step; at an end it changes nothing."""
    keys = [step.key for step in steps_now()]
    key = step_now().key
    for onward in presses:
        key, shown = moved(keys, key, is_shown(key), onward)
        show(key, shown)
    go_to(key)


def moved(keys: Sequence[str], key: str, shown: bool, onward: bool) -> tuple[str, bool]:
    """The place after one press, as (step, whether its answer is shown): question, answer, next question."""
    at = keys.index(key)
    if onward != shown:  # onward from a question, or back from an answer: the same step
        return key, onward
    to = at + 1 if onward else at - 1
    return (keys[to], not onward) if 0 <= to < len(keys) else (key, shown)
