"""What else photos say: which were called what, what the trained features are worth, by stage and by number."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, drawing, theme_name, unbroken
from pages.teaching.taught import Shown, by_number_of, compared, thumb
from resnet_core.anatomy.tables.tables import display_stage

if TYPE_CHECKING:
    from resnet_core.lab.teach.held_out import HeldOut
    from resnet_core.lab.teach.lesson import Lesson

LOOKS = ("Which for which", "Why it works", "Which stage knows", "How many photos")
MOST_WRONG = 12
FROM_BEFORE = "What the first bar has more than the others comes from what it learnt on other pictures."
NOTHING_MORE = (
    "Here the first bar has no more than the others: these classes ask for nothing that it has learnt before."
)


def show_looks(shown: Shown, lesson: Lesson, frozen: Lesson) -> None:
    """One of them is open, and only that one is computed. There is none where nothing could be held out.

    Args:
        frozen: the lesson of the head alone: features are compared as they were before any fine-tuning.
    """
    if lesson.held_out.interval is None:
        return
    shows = (show_confusion, show_sources, show_stages, show_numbers)
    for tab, show in zip(st.tabs(LOOKS, key="look", bind="query-params", on_change="rerun"), shows, strict=True):
        with tab:
            if tab.open:
                show(shown, lesson if show is show_confusion else frozen)


def show_confusion(shown: Shown, lesson: Lesson) -> None:
    """The table, and each wrong photo beside the one that it was taken for."""
    left, right = st.columns([1, 1.2], gap="large")
    held_out = lesson.held_out
    with left:
        drawing(rc.figures.confusion_html(lesson.classes, held_out.confusion, theme_name()), "confusion")
    wrong = [
        at for at, (answer, label) in enumerate(zip(held_out.answers, lesson.looked.labels, strict=True))
        if answer not in (label, -1)
    ]  # fmt: skip
    with right:
        if not wrong:
            st.markdown("No photo was called wrongly while it was held out.")
            return
        shots = [shot for photos in shown.example.classes.values() for shot in photos]
        like = lesson.neighbours()
        st.markdown("**Called wrongly**, and beside each the photo of another moment that is most like it")
        rows = [
            rc.figures.Tray(
                name=f"{lesson.classes[lesson.looked.photos[at].label]}, called {lesson.classes[held_out.answers[at]]}",
                pictures=[thumb(shots[at]), thumb(shots[like[at]])],
                says=f"most like: {lesson.classes[lesson.looked.photos[like[at]].label]}",
            )
            for at in wrong[:MOST_WRONG]
        ]
        drawing(rc.figures.trays_html(rows, theme_name()), "called_wrongly")
        if len(wrong) > MOST_WRONG:
            st.caption(f"The first {MOST_WRONG} of {len(wrong):,}.")


def show_sources(shown: Shown, lesson: Lesson) -> None:
    """The same head on the trained network's features, on an untrained one's, and on bare pixels."""
    found = compared("sources", shown, lesson)
    _bars(found, first=True)
    trained, fresh, raw = found.values()
    _say(
        f"The same head learns the same photos from three inputs. From the trained network's features "
        f"{_right(trained)} are right, from those of a network that has learnt nothing {_right(fresh)}, from the "
        f"pixels {_right(raw)}. {FROM_BEFORE if trained.right > max(fresh.right, raw.right) else NOTHING_MORE}"
    )


def show_stages(shown: Shown, lesson: Lesson) -> None:
    """The same head on what each stage puts out."""
    found = {display_stage(stage): one for stage, one in compared("stages", shown, lesson).items()}
    most = max(one.right for one in found.values())
    best = [name for name, one in found.items() if one.right == most]
    _bars(found, first=False)
    _say(
        f"The head reads each stage instead of the last one, averaged over its map. Most of your classes is known by "
        f"{' and '.join(best)}. Early stages see edges and colours, late ones things: of pencil strokes an early one "
        "may know enough."
    )


def show_numbers(shown: Shown, lesson: Lesson) -> None:
    """Right answers by the number of photos a class."""
    found = by_number_of(shown, lesson)
    if len(found) < 2:
        _say("With a few photos more of each class, a curve stands here: from one photo a class upwards.")
        return
    line = rc.figures.Line(name="right", kind="residual", points=tuple(found.items()))
    with st.container(width=PROSE_WIDTH):
        drawing(
            rc.figures.lines_drawing(
                [line], theme_name(), x="photos of each class", y="right answers", last=max(found), decimals=0
            ),
            "by_number",
        )  # fmt: skip
    first, last = min(found), max(found)
    _say(
        f"From {first} photo a class {found[first]:.0f} % of the others are right, from {last} it is "
        f"{found[last]:.0f} %: the mean of ten draws, and photos of one moment count as one."
    )


def _bars(found: dict[str, HeldOut], *, first: bool) -> None:
    most = max(one.right for one in found.values())
    shares = [
        rc.figures.Share(
            name=name, share=one.right / one.total, interval=one.interval,
            accent=at == 0 if first else one.right == most,
        )
        for at, (name, one) in enumerate(found.items()) if one.interval is not None
    ]  # fmt: skip
    classes = len(next(iter(found.values())).classes)
    with st.container(width=PROSE_WIDTH):
        drawing(rc.figures.intervals_drawing(shares, 1 / classes, theme_name()), "shares")


def _right(one: HeldOut) -> str:
    return f"{one.right} of {one.total}"


def _say(sentence: str) -> None:
    with st.container(width=PROSE_WIDTH):
        st.markdown(unbroken(sentence))
