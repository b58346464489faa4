"""The photos of each class in a row, and what became of them: right answers held out, and elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, drawing, literal, theme_name, unbroken
from pages.teaching.taught import Shown, thumb

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from resnet_core.figures import Tray
    from resnet_core.lab.teach.held_out import HeldOut
    from resnet_core.lab.teach.lesson import Lesson
    from resnet_core.lab.teach.photos import Shot

IN_TURN = "Each photo is asked of a head that learnt from the others."
IN_TURN_TUNED = "In up to three parts, each asked of a network that was fine-tuned on the others."


def show_trays(shown: Shown, lesson: Lesson | None) -> None:
    """A row of photos for each class of an example, the wrong ones marked."""
    rows = list(tray_rows(shown.example.classes.items(), lesson))
    drawing(rc.figures.trays_html(rows, theme_name()), "trays")


def tray_rows(classes: Iterable[tuple[str, Sequence[Shot]]], lesson: Lesson | None) -> Iterator[Tray]:
    """What is drawn of each class: its photos, and how many were called right while they were held out."""
    at = 0
    for name, shots in classes:
        called, said = {}, f"{len(shots):,} photo{'s' if len(shots) != 1 else ''}"
        if lesson is not None:
            answers = lesson.held_out.answers[at : at + len(shots)].tolist()
            label = lesson.classes.index(name)
            called = {i: lesson.classes[answer] for i, answer in enumerate(answers) if answer not in (label, -1)}
            if lesson.held_out.interval is not None:
                said = f"{len(shots) - len(called):,} of {len(shots):,} right"
        yield rc.figures.Tray(name=name, pictures=[thumb(shot) for shot in shots], called=called, says=said)
        at += len(shots)


def show_results(lesson: Lesson, elsewhere: HeldOut | None) -> None:
    """Two counts side by side: photos held out of those that were shown, and photos from elsewhere."""
    left, right = st.columns(2, gap="medium")
    held_out = lesson.held_out
    with left:
        _count("Held out, in turn", held_out, IN_TURN_TUNED if lesson.part else IN_TURN)
        if lesson.frozen is not None and held_out.interval is not None:
            st.caption(
                unbroken(f"Frozen features, in the same parts: {lesson.frozen.right:,} of {lesson.frozen.total:,}.")
            )
        if held_out.naive is not None and held_out.interval is not None:
            st.caption(_optimism(held_out))
    with right:
        if elsewhere is None:
            st.markdown("**Elsewhere**")
            st.caption(
                "Nothing yet. Take one more photo in another place, ask about it, and say what it shows: it is "
                "counted here, and not learnt."
            )
        else:
            _count("Elsewhere", elsewhere, "Photos that nothing was learnt from.")
            _show_gap(held_out, elsewhere)


def how_long(lesson: Lesson) -> str:
    """The photos, their features, and the seconds that each part of the work took."""
    what = f"{lesson.part} fine-tuned, and measured," if lesson.part else "the head and all that measures it"
    return (
        f"{len(lesson.looked.photos):,} photos, {lesson.looked.features.shape[1]:,} features each in "
        f"{lesson.look_s:.1f} s; {what} in {lesson.fit_s:.1f} s."
    )


def _count(name: str, found: HeldOut, how: str) -> None:
    if found.interval is None:
        st.markdown(f"**{name}**")
        st.markdown(unbroken(literal(found.remark)))
        return
    low, high = (f"{100 * share:.0f}" for share in found.interval)
    with st.container(gap=None):
        st.markdown(f"**{name}**")
        st.markdown(f"## {found.right:,} of {found.total:,} right")
        alone = f" Nearly equal ones count once, which leaves {found.groups:,}." if found.groups < found.total else ""
        st.caption(unbroken(f"{how} In the long run between {low} and {high} % would be right.{alone}"))


def _optimism(held_out: HeldOut) -> str:
    assert held_out.naive is not None
    honest = 100 * held_out.right / held_out.total
    gap = held_out.naive - honest
    word = f"{gap:.0f} points too many" if gap >= 0.5 else "no more, this time"
    return unbroken(
        f"Had nearly equal photos been allowed on both sides, {held_out.naive:.0f} % would have been right: {word}."
    )


def _show_gap(held_out: HeldOut, elsewhere: HeldOut) -> None:
    """Whether what was measured at home holds elsewhere: only where the two ranges do not touch."""
    if held_out.interval is None or elsewhere.interval is None:
        return
    if elsewhere.interval[1] < held_out.interval[0]:
        with st.container(width=PROSE_WIDTH):
            st.warning(
                "It has learnt something that all your photos share and others don't: see where it looks.",
                icon=":material/visibility:",
            )
