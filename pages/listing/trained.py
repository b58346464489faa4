"""What a detached shortcut does to learning: two networks, trained on request and watched."""

from __future__ import annotations

import streamlit as st

from pages.training.in_place import race_in_place
from pages.training.runs import detached_request


def offer_training() -> None:
    """A button that trains both, and their curves as they come."""
    st.subheader("What it does to learning", anchor=False)
    if race_in_place("detached_run", "Train both for some seconds", detached_request) is None:
        st.caption("Two networks on scikit-learn's digits: one with whole shortcuts, one with detached ones.")
