"""Photos of the visitor's own: trays that are named and filled, and the photo that was asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import drawing, literal, theme_name
from pages.teaching.asking import show_answer
from pages.teaching.bringing import bring
from pages.teaching.collected import FEWEST, LONGEST_NAME, MOST_CLASSES, Collection, Tray
from pages.teaching.stage import tray_rows
from pages.teaching.taught import YOURS, Shown

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from resnet_core.lab.teach.lesson import Lesson

COLLECTION = "taught photos"  # in the session; no widget's key has a space


def collection() -> Collection:
    """What this visitor has shown so far."""
    found: Collection = st.session_state.setdefault(COLLECTION, Collection())
    return found


def own_photos() -> Shown:
    """The visitor's photos as the rest of the page takes them.

    Raises:
        DataError: if two classes have one name.
    """
    from resnet_core.lab.teach.examples import Example

    classes, elsewhere = collection().classes(), collection().elsewhere()
    key = tuple((name, tuple(shots)) for name, shots in classes.items())
    return Shown(YOURS, key, Example(classes, elsewhere, "Your photos stay in this server's memory for your visit."))


def show_own_trays(places: dict[int, DeltaGenerator], lesson: Lesson | None) -> None:
    """Draw the photos into the rows that `ask_for_photos` has made."""
    filled = {tray.called: tray for tray in collection().trays if tray.shots}
    rows = tray_rows(((name, tray.shots) for name, tray in filled.items()), lesson)
    for tray, row in zip(filled.values(), rows, strict=True):
        with places[tray.number]:
            drawing(rc.figures.trays_html([_without_name(row)], theme_name()), f"tray_{tray.number}")
            st.caption(row.says)


def ask_for_photos() -> dict[int, DeltaGenerator]:
    """Where the next photos come from, and beside it each class with its name.

    Returns:
        the number of each class -> where its photos are to be drawn.
    """
    kept = collection()
    lens, bench = st.columns([1, 1.15], gap="medium")
    with bench:
        places = {tray.number: _tray(kept, tray) for tray in kept.trays}
        if len(kept.trays) < MOST_CLASSES:
            st.button("Another class", icon=":material/add:", type="tertiary", key="teach_add", on_click=_add)
    with lens:
        bring(kept)
    return places


def _tray(kept: Collection, tray: Tray) -> DeltaGenerator:
    with (
        st.container(gap="xxsmall", key=f"teach_tray_{tray.number}"),
        st.container(horizontal=True, vertical_alignment="center", gap="xsmall"),
    ):
        key = f"teach_name_{tray.number}"
        if st.session_state.get(key) != tray.name:
            st.session_state[key] = tray.name  # a zip may have named it
        st.text_input(
            "Name of a class", key=key, max_chars=LONGEST_NAME, label_visibility="collapsed",
            placeholder=f"Name of {tray.called}", on_change=_rename, args=(tray,),
        )  # fmt: skip
        if tray.shots:
            st.button(
                ":material/undo:", type="tertiary", key=f"teach_undo_{tray.number}", on_click=tray.take_back,
                help="Take back the last photo",
            )  # fmt: skip
        if len(kept.trays) > FEWEST or tray.shots:
            st.button(
                ":material/close:", type="tertiary", key=f"teach_drop_{tray.number}", on_click=kept.drop_class,
                args=(tray.number,), help="Drop this class and its photos",
            )  # fmt: skip
    place = st.container(gap="xxsmall")
    if not tray.shots:
        place.caption("No photo yet. Five will do.")
    return place


def _add() -> None:
    collection().add_class()


def _rename(tray: Tray) -> None:
    tray.name = st.session_state[f"teach_name_{tray.number}"]


def _without_name(row: rc.figures.Tray) -> rc.figures.Tray:
    return rc.figures.Tray(pictures=row.pictures, called=row.called)


def show_asked(shown: Shown, lesson: Lesson) -> None:
    """The photo that was asked about, and what it shows, if the visitor says so."""
    kept = collection()
    st.markdown("**A new photo**")
    if kept.asked is None:
        with st.container(border=True):
            st.markdown("Choose *a new photo* and show it something: the answer stands here.")
        return
    show_answer(kept.asked, shown, lesson)
    names = {tray.number: tray.called for tray in kept.trays}
    st.caption("What does it show? It is counted as one from elsewhere, and not learnt.")
    with st.container(horizontal=True, gap="xsmall"):
        for number, name in names.items():
            st.button(literal(name), key=f"teach_tell_{number}", on_click=kept.tell, args=(number,))


def missing() -> str:
    """What a lesson still lacks, in a sentence; "" where it lacks nothing."""
    trays = collection().trays
    empty = [tray.called for tray in trays if not tray.shots]
    if len(empty) == len(trays):
        return "Show it something: photos of the first class, then of the second. A cup and a pen will do."
    if len(trays) - len(empty) < FEWEST or any(tray.name and not tray.shots for tray in trays):
        return f"Now photos of **{literal(empty[0])}**: with two classes it begins to learn."
    return ""
