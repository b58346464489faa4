"""Lesson: a lesson step by step, for a class or alone; its handout and the key to it, for paper."""

import streamlit as st

from pages._layout import header, literal, presenting
from pages._links import linked
from pages._views import View, views
from pages.lesson.place import is_shown, step_now
from pages.lesson.steps import all_steps
from pages.lesson.view_lesson import show_lesson
from pages.lesson.view_sheets import show_handout, show_key

step, wish = step_now(), linked("lesson")
if presenting():
    with st.container(key="answered" if is_shown(step.key) else "asked"):
        header(step.question.ask, "")
    show_lesson()
else:
    VIEWS = {
        View("Lesson", step.question.ask, ""): show_lesson,
        View("Handout", "What will you find out?", "For paper: print this page."): show_handout,
        View("Key", "What is right, and what do they answer?", "For the teacher: print this page."): show_key,
    }
    shown = views(*VIEWS)
    if wish not in ("", *(one.key for one in all_steps())):
        st.warning(
            f"The link asks for {literal(f'lesson={wish[:40]!r}')}, which is not offered here. You see the first step.",
            icon=":material/link_off:",
        )
    next(show for view, show in VIEWS.items() if view.name == shown)()
