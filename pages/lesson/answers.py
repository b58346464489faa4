"""The question to the class or to one visitor: what may be answered, the own answer, and what was measured."""

from __future__ import annotations

from string import ascii_uppercase

import streamlit as st

from pages._layout import presenting
from pages.lesson.question import Question
from pages.lesson.steps import Step
from pages.room.judging import range_words


def choices(question: Question) -> str | None:
    """What can be answered: for the class to read, or to choose from alone. Gives the visitor's own answer."""
    if presenting():
        _for_the_class(question)
        return None
    if question.options:
        return st.radio("Your answer", question.options, index=None, key=f"say_{question.key}", persist_state="session")
    said = st.number_input(
        f"Your answer, {range_words(question)}", question.least, question.most, None, key=f"say_{question.key}",
        persist_state="session", width=260,
    )  # fmt: skip
    return None if said is None else f"{said:g}"


def _for_the_class(question: Question) -> None:
    lines = [f"**{letter}**\u2002{option}" for letter, option in zip(ascii_uppercase, question.options, strict=False)]
    st.markdown("  \n".join(lines) or f"A number from {range_words(question)}.")


def answer(step: Step, own: str | None, measured: str | float | None) -> None:
    """What is right, what was measured, and what it means; and whether the visitor's own answer is."""
    if own is not None:
        right = step.question.is_right(own, measured)
        words = "So you said." if right else f"You said {own}."
        (st.success if right else st.info)(f"{_truth(step.question, measured)} {words}", icon=":material/science:")
    else:
        st.subheader(_truth(step.question, measured), anchor=False)
    st.markdown(step.see)
    st.markdown(step.say)


def _truth(question: Question, measured: str | float | None) -> str:
    if question.options:
        return f"{str(measured or question.right).capitalize()}."
    if measured is not None:
        return f"Measured here: {measured:g} {question.unit}."
    return f"About {question.right:g} {question.unit}."
