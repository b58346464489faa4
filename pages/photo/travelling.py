"""The picture travels: what a visitor chose goes along from page to page, as a slim line that can be forgotten.

A page that has the line calls `travelling`. One that asks for a picture at its top, in full, calls `resume` before it
asks and `remember` after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from pages._caches import samples
from pages._layout import literal
from pages._links import asked_in_vain, linked, say_in_vain
from pages.photo.answers import pick_photo
from pages.photo.choice import SOURCES, Choice, photo_and_weights
from pages.photo.held import forget as free
from pages.photo.kept import Shelf
from pages.photo.networks import choose, offered_weights
from pages.photo.own import OWN
from pages.photo.pictures import Picture
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from PIL.Image import Image
    from streamlit.delta_generator import DeltaGenerator

KEPT = ("source", "sample")  # keys of the widgets that choose; the network stays in the link by itself
SHELVES = {"photos": "upload", "shot": "camera"}  # kinds of widgets that keep files, and the source they stand for
MEMORY, PLACE = "_travelling", "_travelling_to"
CHOSEN = "_travelling_chosen"  # in the session: whether the visitor has chosen, or all is as the pages begin
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
        # A sample's file is called what it shows; what a visitor's is called stays out of Markdown.
        title = literal(self.picture.file if self.choice.source == "sample" else self.picture.title)
        self.spots[1].markdown(f"{title} in **{literal(self.choice.weights.name)}**")


def travelling(page: str, first_sample: str, first_weights: str = DEFAULT_WEIGHTS) -> Line:
    """The picture and the network that came along, in one line that changes or forgets them.

    Args:
        page: where we are, by any name.
        first_sample, first_weights: what is looked at, and by which network, where nothing came along.
    """
    resume(first_sample, first_weights)
    asked = asked_in_vain(source=SOURCES, sample=samples(), weights=[*offered_weights(None), OWN])
    with st.container(horizontal=True, vertical_alignment="center", gap="small", width="content", key="travelling"):
        spots = st.container(width="content"), st.container(width="content")
        with st.popover("Change", type="tertiary", icon=":material/swap_horiz:", width="content"):
            choice = photo_and_weights(page)
            many = len(choice.pictures) > 1
            number = pick_photo([picture.title for picture in choice.pictures]) if many else 0
        if _chosen(first_sample, first_weights):
            offer_to_forget(first_sample, first_weights)
    remember(first_sample)
    say_in_vain(asked)  # once more: what the popover says is not seen while it is closed
    if choice.weights.availability != "in memory" and choice.weights.name != (linked("weights") or DEFAULT_WEIGHTS):
        st.caption("These weights are not on this server yet: *Change* offers to fetch them.")
    return Line(choice, choice.pictures[number] if choice.pictures else None, spots)


def resume(first_sample: str | None = None, first_weights: str | None = None) -> None:
    """Give the widgets of this page what was chosen on another one; a link that asks for something comes first.

    Once at each arrival: what the page before left in the session is there for that run only.
    """
    page = getattr(get_script_run_ctx(suppress_warning=True), "page_script_hash", "")
    if st.session_state.get(PLACE) == page and all(name in st.session_state for name in KEPT):
        return
    st.session_state[PLACE] = page
    if first_weights and not (linked("weights") or "weights" in st.session_state or "weights" in st.query_params):
        choose(first_weights)
    known: dict[str, Any] = {"sample": first_sample} if first_sample else {}
    sent = [source for kind, source in SHELVES.items() if _files(kind)]
    if sent:
        known["source"] = sent[-1]
    known |= st.session_state.get(MEMORY, {})
    known |= {name: st.session_state[name] for name in KEPT if name in st.session_state}
    asked = {name for name in KEPT if name in st.query_params}
    asked |= {"source", "sample"} if asked & {"source", "sample"} else set()
    for name in known.keys() - asked:
        st.session_state[name] = known[name]


def remember(first_sample: str) -> None:
    """Take what the widgets of this page say along to the next.

    Args:
        first_sample: what the page shows where nothing was chosen.
    """
    now = {name: st.session_state[name] for name in KEPT if name in st.session_state}
    before = {"source": "sample", "sample": first_sample} | st.session_state.get(MEMORY, {})
    if any(before[name] != value for name, value in now.items()):
        st.session_state[CHOSEN] = True
    st.session_state[MEMORY] = before | now


def is_carried() -> bool:
    """Whether a picture travels that the visitor chose: a sample of their own choice, or one that they sent."""
    source = st.session_state.get(MEMORY, {}).get("source", "sample")
    sent = {of: kind for kind, of in SHELVES.items()}
    return bool(_files(sent[source]) if source in sent else st.session_state.get(CHOSEN))


def offer_to_forget(first_sample: str, first_weights: str = DEFAULT_WEIGHTS) -> None:
    """One press to begin anew; arguments as of `travelling`."""
    st.button(
        "Forget", type="tertiary", icon=":material/close:", key="forget_travelling",
        on_click=forget, args=(first_sample, first_weights), help="The picture and the network that you chose.",
    )  # fmt: skip


def forget(first_sample: str, first_weights: str = DEFAULT_WEIGHTS) -> None:
    """Begin anew: no picture, no upload, no choice of a network, and nothing that was computed of them."""
    for name, value in zip(KEPT, ("sample", first_sample), strict=True):
        st.session_state[name] = value
    choose(first_weights)
    for name in (MEMORY, CHOSEN):
        st.session_state.pop(name, None)
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


def _chosen(first_sample: str, first_weights: str) -> bool:
    """Whether there is anything to forget."""
    first = {"source": "sample", "sample": first_sample}
    if (linked("weights") or DEFAULT_WEIGHTS) != first_weights:
        return True
    changed = any(st.session_state.get(name, value) != value for name, value in first.items())
    return changed or any(map(_files, SHELVES))
