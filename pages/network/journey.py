"""The way of one picture: a component that steps through resnet_core.figures.diagram.journey in the browser.

The browser plays and steps without asking. Where it comes to rest is the link's `stop`; that costs the server only
this part of the page. A layer that is chosen elsewhere on the page takes it along.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._layout import verbatim
from pages._links import hear_link, link, linked
from resnet_core.data import data_folder, drawing_script

FRAME = """
<section class='journey' aria-label='One picture on its way through the network'>
  <div class='controls'>
    <button type='button'>Back</button>
    <button type='button' class='play'>Play</button>
    <button type='button'>Step on</button>
    <input type='range' min='0' step='1' aria-label='Stop on the way'>
    <div class='steps' role='group' aria-label='Steps of'>
      <span class='muted' aria-hidden='true'>Steps of</span>
      <button type='button'>blocks</button><button type='button'>layers</button>
    </div>
  </div>
  <p class='said'></p>
  <div class='views' aria-hidden='true'>
    <div><div class='picture'><div class='patch'></div></div><p class='sees muted'>Bright: what one value sees</p></div>
    <div class='way'></div>
  </div>
</section>
"""
PICTURE = "data:image/png;base64," + b64encode((data_folder("samples") / "car.png").read_bytes()).decode()

_JOURNEY = st.components.v2.component(
    "journey",
    html=FRAME,
    css=drawing_script("journey.css"),
    js=drawing_script("journey.js"),
)


@st.cache_resource(max_entries=64, show_spinner=False)
def way(spec: rc.ModelSpec, size: int, unit: str) -> dict[str, Any]:
    """One picture's way through `walked`, stop by stop; shared between visitors, so never changed in place."""
    return rc.figures.journey_payload(walked(spec, size), unit)


@st.fragment
def journey(way: dict[str, Any], theme: str) -> None:
    """One picture on its way through the network, stepped or played, from the stop that the link names."""
    asked = hear_link("stop")
    if "_way" not in st.session_state:
        asked = asked or (linked("layer") if rc.figures.start_of(way, linked("layer")) else "")
    if asked != st.session_state.get("_stop", ""):
        if asked and rc.figures.start_of(way, asked) is None:
            st.warning(
                f"The link asks for the stop {verbatim(asked)}, which is not on the way through {way['name']}. "
                "You stand at the input.",
                icon=":material/link_off:",
            )
            asked = ""
        show_stop(asked)
        hear_link("stop")
    at = st.session_state.setdefault("_way", {"stop": "", "turn": 0})
    start = rc.figures.start_of(way, at["stop"]) or (0, False)
    data = {"way": way, "picture": PICTURE, "colours": rc.figures.palette(theme), "start": start, "turn": at["turn"]}
    _JOURNEY(data=data, key="journey", on_at_change=_take_stop)


def show_stop(path: str) -> None:
    """Take the picture to a layer or a block, "" is the input; to be called before the way is drawn."""
    turn = st.session_state.get("_way", {"turn": 0})["turn"] + 1
    st.session_state["_way"] = {"stop": path, "turn": turn}
    _remember(path)


def _take_stop() -> None:
    """The visitor came to rest at a stop."""
    _remember(st.session_state.journey["at"]["stop"])


def _remember(path: str) -> None:
    path = "" if path == "input" else path
    st.session_state["_stop"] = path
    link("stop", path)
