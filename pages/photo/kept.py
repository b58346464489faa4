"""What a visitor sent stays with the visit, though Streamlit forgets it when the page or the source changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import streamlit as st

Sent = TypeVar("Sent")


def with_those_before(page: str, widget: str, ask: Callable[[], list[Sent]], most: int) -> list[Sent]:
    """What this page's widget has now, after what the visitor sent through one of the same key elsewhere.

    Args:
        page: where we are, by any name.
        widget: its key.
        ask: shows the widget.
        most: how many there may be together; the oldest make room.
    """
    shelf = st.session_state.setdefault(f"kept {widget}", {"before": [], "now": [], "page": page})
    if shelf["page"] != page or widget not in st.session_state:  # the widget is new here, and empty
        shelf["before"], shelf["now"], shelf["page"] = shelf["before"] + shelf["now"], [], page
    shelf["now"] = ask()
    del shelf["before"][: max(0, len(shelf["before"]) + len(shelf["now"]) - most)]
    if count := len(shelf["before"]):
        st.button(
            f"Forget the {'photo' if count == 1 else f'{count} photos'} from before",
            icon=":material/close:", type="tertiary", on_click=shelf["before"].clear, key=f"forget_{widget}",
        )  # fmt: skip
    return shelf["before"] + shelf["now"]
