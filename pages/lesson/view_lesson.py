"""The lesson itself, one step at a time: question, picture, answer, what opens beside it, and the teacher's notes."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from pages._layout import drawing, presenting, theme_name
from pages._links import link
from pages.lesson.answers import answer, choices
from pages.lesson.live_race import DEPTHS, measured_in, run_of, say_refused, start_race, watch_race
from pages.lesson.pictures import picture
from pages.lesson.place import carried, choose_form, form_now, go, go_to, is_shown, show, step_now, steps_now
from pages.lesson.steps import FORMS, LESSON, Opens, Query, Step, frame
from pages.room.panel import card_on_the_wall, is_revealed, room_bar, room_step
from pages.room.race import race_of_step
from pages.room.visit import steered
from pages.training.visitor import keep_visitor

RACE = "race"  # the step whose question the class's own race answers
_FOCUS = st.components.v2.component(
    "next_focus", html="<span hidden></span>", js=(LESSON / "next_focus.js").read_text("utf-8")
)


def show_lesson() -> None:
    """The step that the link names."""
    step = step_now()
    if not presenting():
        st.html(LESSON / "page.css")
        _rail(step)
    if presenting() or steered():
        room_bar()
    _step(step)
    _beside(step)
    if not presenting():
        _around(step)
        _FOCUS(key="script_focus")
    keep_visitor()  # whose races these are, also on the page Race


def _rail(step: Step) -> None:
    """All steps as numbers, one back and one onward, the way to the wall, and the way to a room."""
    steps = steps_now()
    keys = [one.key for one in steps]
    st.session_state["lesson_rail"] = step.key
    at_end = step is steps[-1] and is_shown(step.key)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="rail"):
        st.button(
            "Back", key="go_back", icon=":material/arrow_back:", disabled=step is steps[0], on_click=go, args=(False,)
        )  # fmt: skip
        st.segmented_control(
            "Step", keys, format_func=lambda key: str(keys.index(key) + 1), key="lesson_rail", required=True,
            label_visibility="collapsed", on_change=_take_rail,
        )  # fmt: skip
        st.button("Onward", key="go_on", icon=":material/arrow_forward:", disabled=at_end, on_click=go, args=(True,))
        begin, end = step.time(form_now())
        st.markdown(f"**{step.title}** · minutes {begin} to {end}", width="content")
        st.button(
            "Presenter view", key="present_lesson", icon=":material/slideshow:", type="tertiary", on_click=_present,
            args=(step.key,),
            help="For the wall. PageDown and PageUp go on and back, Enter presses what is blue, Escape leaves it.",
        )  # fmt: skip
        if not steered():
            room_bar()


def _present(key: str) -> None:
    go_to(key)
    link("present", "1")


def _take_rail() -> None:
    go_to(st.session_state.lesson_rail)


def _step(step: Step) -> None:
    """Question and picture beside each other; the answer takes the question's place."""
    shown, mine = is_shown(step.key), steered()
    for_all = mine if step.key == RACE else None
    look = partial(race_of_step, for_all.code, step.key) if for_all else partial(run_of, step.key)
    run = look() if step.key in DEPTHS else None
    measured = measured_in(run) if step.key == RACE else None
    left, right = st.columns([1, 1.1], gap="large")
    with left:
        own = None if presenting() and (shown or is_revealed(step.key)) else choices(step.question)
        if shown:
            answer(step, own, measured)
        elif not presenting():
            st.button(
                "Show the answer", key="show_answer", type="secondary" if mine else "primary",
                icon=":material/visibility:", on_click=show, args=(step.key,),
            )  # fmt: skip
        asked = replace(step.question, right=None) if for_all else step.question
        room_step(step.key, asked, measured, answer_shown=shown)
    with right:
        if card_on_the_wall():
            return
        if run:
            watch_race(look)
        else:
            drawing(picture(step.key, shown, theme_name()), f"picture_{step.key}")
        if step.key in DEPTHS and run is None and not for_all:  # the room has a start of its own
            st.button(
                "Start the race", key="start_lesson_race", icon=":material/play_arrow:", on_click=start_race,
                args=(step.key,), help="On this machine, in half a minute or so.",
            )  # fmt: skip
            say_refused()


def _beside(step: Step) -> None:
    """The same in the app, in the exact state."""
    if not presenting():
        st.subheader("In the app, beside the lesson", anchor=False)
    with st.container(horizontal=presenting(), gap="xsmall", key="beside"):
        for opens in step.links[: 1 if presenting() else None]:
            link_to(opens, step.key)


def link_to(opens: Opens, step: str) -> None:
    """A link to the exact state of a page, which knows the way back."""
    st.page_link(
        opens.file, label=opens.label, icon=":material/open_in_new:", query_params=with_place(opens.query, step)
    )


def with_place(query: Query, step: str) -> dict[str, str | list[str]]:
    """The parameters of a page beside the lesson."""
    return {**query, **carried(), "lesson": step}


def _around(step: Step) -> None:
    """Typical wrong answers and notes for who teaches; at the ends of the lesson what frames it."""
    asked = st.toggle("Teacher's notes", value=True, key="notes", bind="query-params")
    if asked:
        with st.container(border=True, key="notes_box"):
            st.markdown(f"**For the teacher.** {step.notes}")
            if is_shown(step.key):
                st.markdown("\n".join(f"- *{said}*: {reply}" for said, reply in step.wrong))
            else:
                st.caption("Typical wrong answers come with the answer.")
            form = st.segmented_control("The lesson has", FORMS, default=form_now(), key="lesson_form", required=True)
            if form != form_now():
                choose_form(form)
                st.rerun()
    said, steps = frame(), steps_now()
    if step is steps[0]:
        st.subheader("After this lesson", anchor=False)
        st.markdown("\n".join(f"- {one}" for one in said.objectives))
        if asked:
            st.subheader("Before this lesson", anchor=False)
            st.markdown("\n".join(f"- {one}" for one in said.before))
    if step is steps[-1]:
        st.subheader("On the ticket too: true or false, and why?", anchor=False)
        st.markdown(f"> {said.claim}")
        st.subheader("At home", anchor=False)
        st.markdown(said.homework)
        link_to(said.homework_page, step.key)
        if asked and is_shown(step.key):
            st.markdown(f"*The claim*: {said.claim_right}. {said.claim_why}\n\n*At home*: {said.homework_answer}")
