"""What goes along from page to page: presenter view, room and place in the lesson; and what frames each page for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import streamlit as st

from pages._layout import presenting, theme_name
from pages._links import hear_link, link, linked
from pages.lesson.place import carried, form_now, go, place_in, step_now, steps_now
from pages.lesson.steps import all_steps

CARRIED = ("present", "room", "lesson")  # parameters that hold on every page and survive a change of page
LESSON_PAGE = "pages/lesson_plan.py"
GOES_BACK = "_goes_to_lesson"
ASSETS = Path(__file__).parents[2] / "assets" / "frame"

_BAR = st.components.v2.component(
    "presenter",
    html="""<nav aria-label="Presenter">
      <span class="place"></span>
      <button class="clock" title="Since the lesson began. Press to start again.">00:00</button>
      <button class="step" value="-1" aria-label="Back">‹</button>
      <button class="step" value="1" aria-label="Onward">›</button>
      <button class="leave" aria-label="Leave the presenter view">×</button>
    </nav>""",
    css=(ASSETS / "presenter_bar.css").read_text("utf-8"),
    js=(ASSETS / "presenter_bar.js").read_text("utf-8"),
)

_SCRIPTS = [  # links on paper, links in another tab, and what is said when the server is gone
    st.components.v2.component(name, html="<span hidden></span>", js=(ASSETS / f"{name}.js").read_text("utf-8"))
    for name in ("spell_links", "carry_links", "server_gone")
]


def begin_page(on_lesson: bool) -> None:
    """Hear what holds on every page, and draw what stands above it: the presenter's bar, or the way to the lesson."""
    for name in CARRIED:
        hear_link(name)
    st.html(ASSETS / "page.css")
    st.html(ASSETS / "print.css")
    if theme_name().startswith("dark"):
        st.html(ASSETS / "print_dark.css")
    if st.session_state.pop(GOES_BACK, False) and not on_lesson:
        st.switch_page(LESSON_PAGE, query_params=carried())
    if presenting():
        st.html(ASSETS / "presenter.css")
        _bar(on_lesson)
    elif not on_lesson and linked("lesson") in (step.key for step in all_steps()):
        _way_back()


def end_page() -> None:
    """What each page needs of the browser; at its end, where empty elements disturb nothing."""
    for number, script in enumerate(_SCRIPTS):
        script(key=f"script_{number}")


def _bar(on_lesson: bool) -> None:
    """Place, time and keys, at the top of the window."""
    data = {"place": place_words(on_lesson), "visit": st.session_state.setdefault("_presenter", uuid4().hex)}
    with st.container(key="presenter"):
        _BAR(
            data=data, key="presenter_bar", on_moves_change=lambda: _take(on_lesson),
            on_leave_change=lambda: link("present", ""),
        )  # fmt: skip


def place_words(on_lesson: bool) -> str:
    """ "Step 3 of 12 · 9 to 15 min"; nothing on a page that no step has led to."""
    if not (on_lesson or linked("lesson")):
        return ""
    steps, step = steps_now(), step_now()
    begin, end = step.time(form_now())
    return f"Step {place_in(steps, step.key) + 1} of {len(steps)} · {begin} to {end} min"


def _take(on_lesson: bool) -> None:
    """Go where the keys say: `moves` holds all presses of this visit, so none is lost between two runs."""
    said: Any = st.session_state.presenter_bar["moves"]
    if not isinstance(said, dict) or said.get("visit") != st.session_state["_presenter"]:
        return
    pressed, heard = str(said.get("pressed", "")), st.session_state.get("_presenter_heard", 0)
    st.session_state["_presenter_heard"] = len(pressed)
    presses = [press == "+" for press in pressed[heard:][: len(all_steps()) * 2]]
    if not on_lesson and presses[:1] == [False]:
        presses = presses[1:]  # the first one back leads to the step that was left
    if on_lesson or (presses and linked("lesson")):
        go(*presses)
    st.session_state[GOES_BACK] = not on_lesson


def _way_back() -> None:
    """One slim line: back to the step that the visitor came from."""
    step = step_now()
    number = place_in(steps_now(), step.key) + 1
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="way_back"):
        st.page_link(
            LESSON_PAGE, label=f"Back to the lesson, step {number}: {step.title}", icon=":material/arrow_back:",
            query_params={"lesson": step.key}, width="content",
        )  # fmt: skip
        st.button(
            "Put the lesson away", type="tertiary", icon=":material/close:", key="leave_lesson",
            on_click=link, args=("lesson", ""),
        )  # fmt: skip
