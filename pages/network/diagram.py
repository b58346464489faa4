"""The drawing that opens: a component that draws the scenes of resnet_core.figures.diagram.scenes in the browser.

Where a visitor stands is the link's `open`. The browser opens levels without asking; a change that the page makes
(a link, a row of the table) reaches it as a new turn. What it did itself is not sent back, so the data stay the
same from run to run and travel only once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._layout import drawing, theme_name, verbatim
from pages._links import hear_link, link, linked
from pages.network.journey import show_stop
from resnet_core.data import drawing_script
from resnet_core.models.codegen.model import model_code

if TYPE_CHECKING:
    from resnet_core.anatomy.counting.calls import Trace

FRAME = """
<section class='explorer' aria-label='Drawing of the network'>
  <nav aria-label='Where you are'></nav><div class='stage'></div><div class='facts'></div>
</section>
"""

ONE_OF_TWO = """<style>
@media (min-width: 641px) { .narrow { display: none; } }
@media (max-width: 640px) { .wide { display: none; } }
</style>"""

_EXPLORER = st.components.v2.component(
    "explorer",
    html=FRAME,
    css=drawing_script("explorer.css"),
    js=drawing_script("explorer.js"),
)


@st.cache_resource(max_entries=64, show_spinner=False)
def diagram(spec: rc.ModelSpec, size: int, unit: str) -> dict[str, Any]:
    """All levels of the drawing of `walked`; shared between visitors, so never changed in place."""
    return rc.figures.diagram_payload(walked(spec, size), unit)


def explorer(diagram: dict[str, Any], theme: str, alive: dict[str, Any] | None = None) -> str:
    """Draw a network at the level that the link names; returns the path of that level.

    A layer that the visitor chooses becomes the link's `layer`.

    Args:
        alive: what the parts put out for a picture, as `pages.network.alive` has it.
    """
    asked = hear_link("open")
    opened = rc.figures.nearest_place(diagram, asked)
    if opened != asked:
        _remember(opened)
        hear_link("open")
        sight = f"{opened} of {diagram['name']}" if opened else f"all of {diagram['name']}"
        st.warning(
            f"The link asks for the part {verbatim(asked)}, which is not there. You see {sight}.",
            icon=":material/link_off:",
        )
    is_new = "explorer" not in st.session_state  # at a first visit, and back from another page
    if is_new or asked != st.session_state.get("_opened", ""):
        show_place(opened, linked("layer"))
    place = st.session_state.setdefault("_place", {"open": opened, "layer": "", "turn": 0})
    data = {"diagram": diagram, "colours": rc.figures.palette(theme), "alive": alive, **place}
    _EXPLORER(data=data, key="explorer", on_at_change=_take_place)
    return opened


@st.cache_resource(max_entries=256, show_spinner=False)
def pictures(
    spec: rc.ModelSpec, size: int, theme: str, beside: rc.ModelSpec | None = None, marked: tuple[str, ...] = ()
) -> list[str]:
    """A whole network as a picture for a wide screen, and for a narrow one."""
    other = walked(beside, size) if beside else None
    draw = partial(rc.figures.diagram_svg, walked(spec, size), theme, beside=other, marked=marked)
    return [draw(narrow=narrow) for narrow in (False, True)]


def network_drawing(spec: rc.ModelSpec, size: int, key: str, **more: Any) -> None:
    """A whole network: left to right, or top to bottom on a narrow screen.

    Args:
        more: what `pictures` takes, to compare it with another one.
    """
    wide, narrow = pictures(spec, size, theme_name(), **more)
    drawing(f"{ONE_OF_TWO}<div class='wide'>{wide}</div><div class='narrow'>{narrow}</div>", key)


def offer_exports(trace: Trace, spec: rc.ModelSpec, opened: str, theme: str, unit: str) -> None:
    """What is open as a picture, and the network as code."""
    picture = f"{'_'.join(filter(None, (trace.name, opened.replace('.', '_'))))}.svg"
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            picture, partial(rc.figures.diagram_svg, trace, theme, opened, unit=unit), picture, "image/svg+xml",
            icon=":material/image:", on_click="ignore", key="export_svg",
        )  # fmt: skip
        try:
            code, why = model_code(spec), "Plain PyTorch, with the same checkpoint keys. It needs nothing else."
        except rc.InvalidSpecError as error:
            code, why = "", str(error)
        st.download_button(
            f"{trace.name}.py", code, f"{trace.name}.py", "text/x-python", help=why, disabled=not code,
            icon=":material/code:", on_click="ignore", key="export_code",
        )  # fmt: skip


def show_place(opened: str, layer: str) -> None:
    """Take the drawing to a place; to be called before it is drawn, for example in a widget's callback."""
    turn = st.session_state.get("_place", {"turn": 0})["turn"] + 1
    st.session_state["_place"] = {"open": opened, "layer": layer, "turn": turn}
    _remember(opened)


def _take_place() -> None:
    """The visitor opened a part or chose a layer in the drawing, unless it is another network's or told again."""
    at = st.session_state.explorer["at"]
    if at["name"] != st.session_state.get("model") or at["time"] == st.session_state.get("_heard_at"):
        return
    st.session_state["_heard_at"] = at["time"]
    if at["turn"] == st.session_state["_place"]["turn"]:
        _remember(at["open"])
    else:  # the page's own move was still on its way to the browser, and must not be the last
        show_place(at["open"], at["layer"])
    if at["layer"] and at["layer"] != linked("layer"):
        link("layer", at["layer"])
        show_stop(at["layer"])


def _remember(opened: str) -> None:
    st.session_state["_opened"] = opened
    link("open", opened)
