"""Where a visitor stands in the drawing: the part that is open, the layer that was chosen, the stop of the picture.

All three are the link's. The browser moves them without asking; a change that the page makes (a link, a row of the
table) reaches it as a new turn. What it did itself is not sent back, as pages/LINKS.md tells.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

import resnet_core as rc
from pages._layout import verbatim
from pages._links import hear_link, link, linked


def place_in(diagram: dict[str, Any], way: dict[str, Any]) -> dict[str, Any]:
    """The place as the drawing gets it: `open`, `layer`, `stop`, and the `turn` in which the page moved it last.

    What the link asks for in vain is said; the nearest place stands instead.

    Args:
        diagram, way: what can be opened, and where the picture can stop.
    """
    new_visit = "_place" not in st.session_state
    asked, asked_stop = hear_link("open"), hear_link("stop")
    if new_visit and not asked_stop and rc.figures.start_of(way, linked("layer")):
        asked_stop = linked("layer")
    opened, stop = rc.figures.nearest_place(diagram, asked), asked_stop
    if opened != asked:
        sight = f"{opened} of {diagram['name']}" if opened else f"all of {diagram['name']}"
        _say_in_vain("part", asked, "there", f"see {sight}")
    if stop and rc.figures.start_of(way, stop) is None:
        _say_in_vain("stop", stop, f"on the way through {way['name']}", "stand at the input")
        stop = ""
    back_again = "explorer" not in st.session_state  # at a first visit, and back from another page
    if back_again or (opened, stop) != st.session_state.get("_known_place"):
        _order(opened, linked("layer"), stop)
        hear_link("open")  # writes what stands instead
        hear_link("stop")
    return dict(st.session_state["_place"])


def show_place(opened: str, layer: str) -> None:
    """Take the drawing to a part, and the picture to a layer, "" is the input; to be called before it is drawn."""
    _order(opened, layer, layer)


def take_place() -> None:
    """The visitor moved in the drawing, unless it is another network's or told again."""
    at = st.session_state.explorer["at"]
    if at["name"] != st.session_state.get("model") or at["time"] == st.session_state.get("_heard_at"):
        return
    st.session_state["_heard_at"] = at["time"]
    if at["turn"] == st.session_state["_place"]["turn"]:
        _know(at["open"], at["stop"])
    else:  # the page's own move was still on its way to the browser, and must not be the last
        _order(at["open"], at["layer"], at["stop"])
    if at["layer"] and at["layer"] != linked("layer"):
        link("layer", at["layer"])


def _order(opened: str, layer: str, stop: str) -> None:
    turn = st.session_state.get("_place", {"turn": 0})["turn"] + 1
    st.session_state["_place"] = {"open": opened, "layer": layer, "stop": stop, "turn": turn}
    _know(opened, stop)


def _know(opened: str, stop: str) -> None:
    st.session_state["_known_place"] = opened, stop
    link("open", opened)
    link("stop", stop)


def _say_in_vain(what: str, asked: str, where: str, instead: str) -> None:
    st.warning(
        f"The link asks for the {what} {verbatim(asked)}, which is not {where}. You {instead}.",
        icon=":material/link_off:",
    )
