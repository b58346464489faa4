"""Pages of several views: a choice under the title that changes the question; and old addresses that became views."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

from pages._layout import header, through_the_router
from pages._links import asked_in_vain, say_in_vain


class View(NamedTuple):
    """One of several things that a page shows: its name, on the choice and in the link, its question and answer."""

    name: str
    question: str
    answer: str


def views(*offered: View) -> str:
    """The header of a page that has several views, with the choice under it.

    Returns:
        the name of the chosen view: the first one, unless the link's `view` says otherwise.
    """
    names = [view.name for view in offered]
    _forgive_case(names)
    asked = asked_in_vain(view=names)
    with st.container(gap="xsmall"):
        head = st.container()
        chosen = st.segmented_control(
            "View", names, default=names[0], key="view", bind="query-params", required=True,
            label_visibility="collapsed",
        )  # fmt: skip
    shown = next(view for view in offered if view.name == chosen)
    with head:
        header(shown.question, shown.answer)
    say_in_vain(asked)
    return shown.name


def _forgive_case(names: list[str]) -> None:
    """Let a link's `view=handout` mean the view Handout."""
    wish = st.query_params.get("view", "")
    meant = next((name for name in names if name.lower() == wish.lower() and name != wish), None)
    if meant is not None:
        st.query_params["view"] = meant
        st.rerun()  # the choice hears the link when it is made


def moved(page: str, view: str, **renamed: str) -> None:
    """Pass an old address on to the view that it became, with all that it asks for.

    Args:
        renamed: old name of a parameter -> its name there.
    """
    through_the_router()
    asked = {renamed.get(name, name): st.query_params.get_all(name) for name in st.query_params}
    st.switch_page(page, query_params=asked | {"view": [view]})
