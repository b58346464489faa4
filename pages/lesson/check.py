"""Check yourself: questions about what is on screen, answered at once; the score of the visit, to take home."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

import streamlit as st

from resnet_core.anatomy.exercises.exercise import Exercise, hint_for, is_right, written_answer
from resnet_core.anatomy.exercises.score import Answered, State, score_as_csv, score_in_words

LONGEST = 100  # characters of an answer


def check_yourself(page: str, make: Callable[[], Sequence[Exercise]]) -> None:
    """A fold with questions about what is on screen; they are made once it is open.

    Args:
        page: where it stands, in words that the score shows.
    """
    fold = st.expander("Check yourself", icon=":material/quiz:", key=f"check_{page}", on_change="rerun")
    if not fold.open:
        return
    with fold:
        exercises = make()
        if not exercises:
            st.caption("There is nothing here yet to ask about.")
            return
        numbers = range(1, len(exercises) + 1)
        number = st.segmented_control("Question", numbers, default=1, key=f"question_{page}", required=True)
        ask_exercise(page, exercises[min(number, len(exercises)) - 1])
        show_score()


def ask_exercise(page: str, exercise: Exercise) -> None:
    """One question: check, hint and explain. A point is for who finds it before the answer is shown."""
    place = str(crc32(exercise.question.encode()))
    st.markdown(f"**{exercise.question}**")
    given = _given(exercise, f"answer_{place}") or ""
    if not given:
        return
    shown = bool(st.session_state.get(f"shown_{place}"))
    if is_right(exercise, given):
        _keep(page, exercise, given, "shown" if shown else "right")
        st.success(f"Right. {exercise.worked}", icon=":material/check_circle:")
        return
    _keep(page, exercise, given, "shown" if shown else "not yet")
    st.error(f"Not yet. {hint_for(exercise, given)}", icon=":material/help:")
    if st.button("Show the answer", key=f"show_{place}") or shown:
        st.session_state[f"shown_{place}"] = True
        _keep(page, exercise, given, "shown")
        st.info(exercise.worked, icon=":material/lightbulb:")


def _given(exercise: Exercise, key: str) -> str | None:
    if exercise.options:
        return st.radio("Your answer", exercise.options, index=None, key=key)
    return st.text_input("Your answer", key=key, width=300, placeholder="and Enter", max_chars=LONGEST)


def show_score() -> None:
    """How many are solved, and all that was answered, as a file."""
    answered = _answered().values()
    if not answered:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(score_in_words(answered), width="content")
        st.download_button(
            "CSV", score_as_csv(answered), "answers.csv", "text/csv", icon=":material/download:", key="score_csv",
            help="Each question that you tried, on all pages, with your last answer.",
        )  # fmt: skip


def _keep(page: str, exercise: Exercise, given: str, state: State) -> None:
    """The last answer counts, and how many there were; what has been solved stays solved."""
    before = _answered().get(exercise.question)
    again = before is not None and before.given == given
    if before is not None and (before.state == "right" or (again and before.state == state)):
        return
    _answered()[exercise.question] = Answered(
        page=page, question=exercise.question, given=given,
        tries=(before.tries if before else 0) + (not again), state=state,
        answer="" if state == "not yet" else written_answer(exercise.answers[0]),
    )  # fmt: skip


def _answered() -> dict[str, Answered]:
    answered: dict[str, Answered] = st.session_state.setdefault("_answered", {})
    return answered
