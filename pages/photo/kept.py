"""What a visitor sent stays with the visit, though Streamlit forgets it when the page or the source changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from pages.photo.held import forget, keep_only, refusal
from resnet_core.inference.limits import MAX_BYTES
from resnet_core.notation import megabytes

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

PHOTO_MB = MAX_BYTES // 10**6
SHELF = "kept "  # the beginning of a shelf's name in the session; no widget's key has a space


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
    page: str,
    widget: str,
    ask: Callable[[str], list[UploadedFile]],
    most: int,
    most_mb: int = PHOTO_MB,
    word: str = "photo",
    anew: Callable[[list[UploadedFile]], bool] = lambda _: False,
) -> list[UploadedFile]:
    """What this page's widget has now, after what the visitor sent through one of the same kind elsewhere.

    Args:
        page: where we are, by any name.
        widget: its kind, and the beginning of its key.
        ask: shows the widget with a key.
        most: how many there may be together; the oldest make room.
        most_mb: what each may have. The browser says so before it sends; a sender who is no browser may not ask it.
        word: what one of them is called.
        anew: whether what was sent now takes the place of all from before.
    """
    shelf: Shelf = st.session_state.setdefault(f"{SHELF}{widget}", Shelf(page))
    key = f"{widget}_{shelf.turn}" if shelf.turn else widget
    if shelf.page != page or key not in st.session_state:  # the widget is new here, and empty
        shelf.before, shelf.now, shelf.page = shelf.before + shelf.now, [], page
    sent = ask(key)
    if _has_new(sent, shelf.now):
        if anew(sent):
            shelf.forget_before()
        too_large = [file for file in sent if file.size > most_mb * 10**6]
        forget(too_large)
        sent = [file for file in sent if file not in too_large]
        shelf.refused = refusal()
        if shelf.refused:
            keep_only(_all_kept())
            shelf.turn += 1
            st.rerun()
        shelf.refused = _sizes(too_large, most_mb, word)
    shelf.now = sent
    if shelf.refused:
        st.warning(shelf.refused, icon=":material/inventory_2:")
    _make_room(shelf, most)
    if count := len(shelf.before):
        st.button(
            f"Forget the {word if count == 1 else f'{count} {word}s'} from before",
            icon=":material/close:", type="tertiary", on_click=shelf.forget_before, key=f"forget_{widget}",
        )  # fmt: skip
    return shelf.before + shelf.now


def _sizes(too_large: list[UploadedFile], most_mb: int, word: str) -> str:
    """Why these files were not taken: a sentence, or "" where there are none."""
    if not too_large:
        return ""
    sizes = " and ".join(megabytes(file.size) for file in too_large[:3])
    return f"A {word} may have {most_mb}\u00a0MB here; of {sizes} was not taken. Send a smaller one."


def _all_kept() -> list[UploadedFile]:
    """What stands on all of this visitor's shelves."""
    shelves = [value for key, value in st.session_state.items() if str(key).startswith(SHELF)]
    return [file for shelf in shelves for file in shelf.before + shelf.now]


def _has_new(sent: list[UploadedFile], known: list[UploadedFile]) -> bool:
    return bool({file.file_id for file in sent} - {file.file_id for file in known})


def _make_room(shelf: Shelf, most: int) -> None:
    oldest = shelf.before[: max(0, len(shelf.before) + len(shelf.now) - most)]
    forget(oldest)
    del shelf.before[: len(oldest)]
