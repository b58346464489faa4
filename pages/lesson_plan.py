"""Lesson: a lesson step by step, for a class or alone; its handout and the key to it, for paper."""

import streamlit as st

from pages._layout import header, presenting
from pages._views import View, views
from pages.lesson.place import is_shown, step_now
from pages.lesson.view_lesson import show_lesson
from pages.lesson.view_sheets import show_handout, show_key

step = step_now()
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
    next(show for view, show in VIEWS.items() if view.name == shown)()
