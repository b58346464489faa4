"""The picture travels: what a visitor chose goes along from page to page, as a slim line that can be forgotten.

A page that has the line calls `travelling`. One that asks for a picture at its top, in full, calls `resume` before it
asks and `remember` after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from pages._layout import literal
from pages.photo.answers import pick_photo
from pages.photo.choice import Choice, photo_and_weights
from pages.photo.held import forget as free
from pages.photo.kept import Shelf
from pages.photo.pictures import Picture
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from PIL.Image import Image
    from streamlit.delta_generator import DeltaGenerator

KEPT = ("source", "sample", "weights")  # keys of the widgets that choose
SHELVES = {"photos": "upload", "shot": "camera"}  # kinds of widgets that keep files, and the source they stand for
MEMORY = "_travelling"
SIDE = 40  # pixels of the small picture


class Line(NamedTuple):
    """The slim line of a page: what was chosen, and the places that say so."""

    choice: Choice
    picture: Picture | None
    spots: tuple[DeltaGenerator, DeltaGenerator]

    def show(self, seen: Image) -> None:
        """Show the picture, small, with what it is and which network looks at it."""
        assert self.picture is not None
        self.spots[0].image(seen.resize((2 * SIDE, 2 * SIDE), resample=0), width=SIDE, alt="Your picture, small")
        title = literal(self.picture.title.split(".")[0])
        self.spots[1].markdown(f"{title} in **{literal(self.choice.weights.name)}**")


def travelling(page: str, first_sample: str) -> Line:
    """The picture and the network that came along, in one line that changes or forgets them.

    Args:
        page: where we are, by any name.
        first_sample: what is looked at where nothing came along.
    """
    resume(first_sample)
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="travelling"):
        spots = st.container(width="content"), st.container(width="content")
        with st.popover("Change", type="tertiary", icon=":material/swap_horiz:", width="content"):
            choice = photo_and_weights(page)
            many = len(choice.pictures) > 1
            number = pick_photo([picture.title for picture in choice.pictures]) if many else 0
        if _chosen(first_sample):
            st.button(
                "Forget", type="tertiary", icon=":material/close:", key="forget_travelling",
                on_click=forget, args=(first_sample,), help="The picture and the network that you chose.",
            )  # fmt: skip
    remember()
    if choice.weights.name != st.session_state.get("weights", choice.weights.name):
        st.caption("These weights are not on this server yet: *Change* offers to fetch them.")
    return Line(choice, choice.pictures[number] if choice.pictures else None, spots)


def resume(first_sample: str | None = None) -> None:
    """Give the widgets of this page what was chosen on another one; a link that asks for something comes first."""
    known: dict[str, Any] = {"sample": first_sample} if first_sample else {}
    if MEMORY not in st.session_state:
        known |= {"source": source for kind, source in SHELVES.items() if _files(kind)}
    known |= st.session_state.get(MEMORY, {})
    if any(name in st.query_params for name in ("source", "sample")):
        known = {name: value for name, value in known.items() if name not in ("source", "sample")}
    for name, value in known.items():
        if name not in st.session_state and name not in st.query_params:
            st.session_state[name] = value


def remember() -> None:
    """Take what the widgets of this page say along to the next."""
    now = {name: st.session_state[name] for name in KEPT if name in st.session_state}
    st.session_state[MEMORY] = st.session_state.get(MEMORY, {}) | now


def forget(first_sample: str) -> None:
    """Begin anew: no picture, no upload, no choice of a network, and nothing that was computed of them."""
    for name, value in zip(KEPT, ("sample", first_sample, DEFAULT_WEIGHTS), strict=True):
        st.session_state[name] = value
    st.session_state.pop(MEMORY, None)
    for kind in SHELVES:
        shelf: Shelf | None = st.session_state.get(f"kept {kind}")
        if shelf:
            free([*shelf.before, *shelf.now])
            shelf.before, shelf.now, shelf.turn = [], [], shelf.turn + 1
    for name in [str(name) for name in st.session_state if str(name).startswith("remembered ")]:
        del st.session_state[name]


def _files(kind: str) -> list[Any]:
    shelf: Shelf | None = st.session_state.get(f"kept {kind}")
    return [*shelf.before, *shelf.now] if shelf else []


def _chosen(first_sample: str) -> bool:
    """Whether there is anything to forget."""
    first = {"source": "sample", "sample": first_sample, "weights": DEFAULT_WEIGHTS}
    changed = any(st.session_state.get(name, value) != value for name, value in first.items())
    return changed or any(map(_files, SHELVES))
