"""What a visitor sent stays with the visit, though Streamlit forgets it when the page or the source changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages.photo.held import forget, keep_only, refusal

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile


@dataclass(slots=True)
class Shelf:
    """What was sent through widgets of one kind: before, and through the one that is on the page now."""

    page: str
    before: list[UploadedFile] = field(default_factory=list)
    now: list[UploadedFile] = field(default_factory=list)
    turn: int = 0  # of the widget's key: another key is an empty widget
    refused: str = ""

    def forget_before(self) -> None:
        """Free what was sent before."""
        forget(self.before)
        self.before.clear()


def with_those_before(
    page: str, widget: str, ask: Callable[[str], list[UploadedFile]], most: int
) -> list[UploadedFile]:
    """What this page's widget has now, after what the visitor sent through one of the same kind elsewhere.

    Args:
        page: where we are, by any name.
        widget: its kind, and the beginning of its key.
        ask: shows the widget with a key.
        most: how many there may be together; the oldest make room.
    """
    shelf: Shelf = st.session_state.setdefault(f"kept {widget}", Shelf(page))
    key = f"{widget}_{shelf.turn}" if shelf.turn else widget
    if shelf.page != page or key not in st.session_state:  # the widget is new here, and empty
        shelf.before, shelf.now, shelf.page = shelf.before + shelf.now, [], page
    sent = ask(key)
    if _has_new(sent, shelf.now):
        shelf.refused = refusal()
        if shelf.refused:
            keep_only(shelf.before + shelf.now)
            shelf.turn += 1
            st.rerun()
    shelf.now = sent
    if shelf.refused:
        st.warning(shelf.refused, icon=":material/inventory_2:")
    _make_room(shelf, most)
    if count := len(shelf.before):
        st.button(
            f"Forget the {'photo' if count == 1 else f'{count} photos'} from before",
            icon=":material/close:", type="tertiary", on_click=shelf.forget_before, key=f"forget_{widget}",
        )  # fmt: skip
    return shelf.before + shelf.now


def _has_new(sent: list[UploadedFile], known: list[UploadedFile]) -> bool:
    return bool({file.file_id for file in sent} - {file.file_id for file in known})


def _make_room(shelf: Shelf, most: int) -> None:
    oldest = shelf.before[: max(0, len(shelf.before) + len(shelf.now) - most)]
    forget(oldest)
    del shelf.before[: len(oldest)]
