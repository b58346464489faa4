"""A drawing that has a form of its own for a phone: the browser shows the one that fits."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

_TWO_SIZES = st.components.v2.component(
    "two_sizes",
    html="<div class='wide'></div><div class='narrow'></div>",
    css=".narrow { display: none; } @media (max-width: 640px) { .wide { display: none; } .narrow { display: block; } }",
    js="""export default ({data, parentElement}) => {
      for (const size of ["wide", "narrow"]) parentElement.querySelector(`.${size}`).innerHTML = data[size];
    }""",
)


def two_sizes(draw: Callable[[bool], str], key: str) -> None:
    """Show an SVG of ours inline, in two forms.

    Args:
        draw: gives it, for a phone (True) or for more room (False).
    """
    _TWO_SIZES(data={"wide": draw(False), "narrow": draw(True)}, key=key)
