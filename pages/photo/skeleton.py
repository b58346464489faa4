"""Grey boxes where the first answer of a visit will stand, while a server that has just started loads the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import theme_name

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

ANSWERED = "has answered"  # in the session; no widget's key has a space


def awaited() -> DeltaGenerator:
    """The place of an answer, with boxes in it where this visit has not had one; to be emptied by `arrived`."""
    place = st.empty()
    if ANSWERED not in st.session_state:
        box = f"background:{rc.figures.palette(theme_name())['surface']};border-radius:6px"
        line, drawing = f"{box};height:36px;width:min(420px,80%)", f"{box};height:240px;margin-top:24px"
        place.html(
            f"<div role='status' aria-label='The answer comes'><div style='{line}'></div>"
            f"<div style='{drawing}'></div></div>"
        )
    return place


def arrived(place: DeltaGenerator) -> None:
    """Take the boxes away: what they stood for follows."""
    place.empty()
    st.session_state[ANSWERED] = True
