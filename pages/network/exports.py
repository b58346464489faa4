"""Tables to take away, in every format, made when one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from resnet_core.anatomy.tables.as_text import SUFFIXES


def offer_tables(
    network: str, text_of: Callable[[str], str], rows: str = "layers", notebook: Callable[[], None] | None = None
) -> None:
    """A button for each format of a table of `network` with one row for each of `rows`; `text_of` makes it.

    Args:
        notebook: offers the page as a notebook, at the end of the row.
    """
    with st.container(horizontal=True, gap="small"):
        for form, suffix in SUFFIXES.items():
            name = f"{rows}.{suffix}"
            st.download_button(
                name, partial(text_of, form), f"{network}_{name}", icon=":material/download:", on_click="ignore",
                key=f"export_{form}",
            )  # fmt: skip
        if notebook:
            notebook()
