"""How each experiment is asked about, started, watched and judged; what it found is kept for all visitors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import resnet_core as rc
from pages._caches import background
from pages._layout import PROSE, PROSE_WIDTH, aside, how_made, literal, percent, unbroken
from pages._links import asked_in_vain, say_in_vain
from pages.frame.as_notebook import offer_notebook
from pages.lesson.glossary import say

if TYPE_CHECKING:
    from resnet_core.lab.theory.background import Experiment, Seen

LOOK_AGAIN_S = 0.5
EMPTY = 176  # pixels
SEEDS = range(10)
FIRST_CHOOSE = "Choose what you expect. Then measure: the numbers appear here."
MEASURED = "Choose what you expect. It is measured already, and appears here."
WHERE = "What is said holds for the networks and depths on screen: the paper's CIFAR design."
END = "\n---\n"  # between what is claimed, what would refute it and where it ends


def ask(name: str, question: str, options: Sequence[str]) -> str | None:
    """What a visitor expects, before anything is measured. A guess is in no link."""
    return st.segmented_control(question, options, key=f"guess_{name}", persist_state="session")


def settings_row() -> DeltaGenerator:
    """Where the settings of an experiment stand, and the button that measures."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="medium")


def choose_seed() -> int:
    """Which random weights."""
    asked = asked_in_vain(seed=SEEDS)
    seed = st.number_input("Seed", SEEDS[0], SEEDS[-1], 0, key="seed", bind="query-params", width=110)
    say_in_vain(asked)
    return int(seed)


def measured(
    key: str, run: Experiment, guess: str | None, seconds: str, label: str = "Measure",
    show: Callable[[Seen], None] | None = None, row: DeltaGenerator | None = None, empty: bool = True,
) -> Any:  # fmt: skip
    """What an experiment found; None before that. A guess comes first; who measures first measures for all.

    Args:
        key: of the experiment and its setting.
        seconds: how long it takes, in words.
        label: of the button that starts it.
        show: draws it while it runs.
        row: of the settings, at whose end the button stands.
        empty: whether the place of the numbers is held until they come.
    """
    seen = background().look(key)
    if seen is not None and seen.state == "finished":
        if guess is None:
            awaits(MEASURED)
            return None
        return seen.result
    if seen is not None and seen.state in ("waiting", "running"):
        _watch(key, show)
        return None
    if seen is not None and seen.message:
        st.error(literal(seen.message), icon=":material/error:")
    (row or st).button(
        label, type="primary", icon=":material/science:", key=f"measure_{key}", disabled=guess is None,
        on_click=_start, args=(key, run),
        help=f"On this machine, {seconds}." if guess else "Choose first what you expect.",
    )  # fmt: skip
    if empty:
        awaits(f"The numbers appear here, {seconds} after you press." if guess else FIRST_CHOOSE)
    if refused := st.session_state.pop("_theory_refused", ""):
        st.warning(literal(refused), icon=":material/hourglass_top:")
    return None


def _start(key: str, run: Experiment) -> None:
    try:
        background().start(key, run)
    except rc.QueueFullError as error:
        st.session_state["_theory_refused"] = str(error)


@st.fragment(run_every=LOOK_AGAIN_S)
def _watch(key: str, show: Callable[[Seen], None] | None) -> None:
    """How far it is; once it has ended the page is drawn again."""
    seen: Seen | None = background().look(key)
    if seen is None or seen.state not in ("waiting", "running"):
        st.rerun()
    words = "Another experiment runs first" if seen.state == "waiting" else f"{percent(seen.share, 0)} measured"
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.progress(seen.share, text=words, width=360)
        st.button("Cancel", icon=":material/close:", key=f"cancel_{key}", on_click=background().cancel, args=(key,))
    if show is not None:
        show(seen)


def verdict(guess: str, answer: str, sentence: str) -> None:
    """Whether the measurement says what was expected, and what it says in numbers."""
    right = guess == answer
    words = f"As you expected: {answer}." if right else f"You expected: {guess}. Measured: {answer}."
    with st.container(width=PROSE_WIDTH):
        (st.success if right else st.info)(unbroken(f"{words} {sentence}"), icon=":material/science:")


def rest(name: str, *functions: Callable[..., Any], **state: Any) -> None:
    """Below the measurement: what would have refuted it, its limits, the code, and all of it as a notebook.

    Args:
        state: what is set, for the notebook.
    """
    _, refuted, limits = said(name)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("What would have refuted it", anchor=False)
        say(unbroken(refuted), f"{name} refuted")
    with right:
        st.subheader("Where it ends", anchor=False)
        say(unbroken(f"{limits}\n\n{WHERE}"), f"{name} limits")
    how_made(*functions)
    offer_notebook(f"why_{name}", **state)


def experiment(name: str) -> DeltaGenerator:
    """A place for the experiment; beside it what is said, and by whom."""
    main, beside = aside()
    with beside:
        say(unbroken(said(name)[0]), name)
    return main


def awaits(words: str) -> None:
    """Hold the place of what will be seen, and say what is to be done for it."""
    with st.container(
        border=True, height=EMPTY, width=PROSE_WIDTH, horizontal_alignment="center", vertical_alignment="center"
    ):
        st.caption(words, width="content")


def said(name: str) -> tuple[str, str, str]:
    """The claim with its source, what would refute it, and its limits: three parts of one file."""
    claimed, refuted, limits = (PROSE / f"why_{name}.md").read_text("utf-8").split(END)
    return claimed, refuted, limits


def numbers(found: Any, name: str, **columns: Any) -> None:
    """The table one click away, and the data to take home."""
    frame = found.to_frame()
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(frame, hide_index=True, alt=f"What {name} measured", column_config=columns)
        left, right = st.columns(2)
        left.download_button(
            "CSV", frame.to_csv(index=False), f"{name}.csv", "text/csv", icon=":material/download:", key=f"csv_{name}"
        )
        from resnet_core.lab.theory.record import to_json

        right.download_button(
            "JSON", to_json(found), f"{name}.json", "application/json", icon=":material/download:", key=f"json_{name}"
        )
