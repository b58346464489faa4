"""The drawing that opens: a component that draws the scenes of resnet_core.figures.diagram.scenes in the browser.

A picture steps through it, and the shortcuts that it takes can be cut. The data stay the same from run to run, so that
they travel only once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._layout import drawing, theme_name
from pages._links import linked
from pages.cutting.cuts import take_cuts
from pages.network.place import place_in, take_place
from resnet_core.data.component import component
from resnet_core.models.codegen.model import model_code

if TYPE_CHECKING:
    from resnet_core.anatomy.counting.calls import Trace


ONE_OF_TWO = """<style>
@media (min-width: 641px) { .narrow { display: none; } }
@media (max-width: 640px) { .wide { display: none; } }
</style>"""

_EXPLORER = st.components.v2.component("explorer", **component("explorer", "app")._asdict())


@st.cache_resource(max_entries=64, show_spinner=False)
def diagram(spec: rc.ModelSpec, size: int, unit: str) -> dict[str, Any]:
    """All levels of the drawing of `walked`; shared between visitors, so never changed in place."""
    return rc.figures.diagram_payload(walked(spec, size), unit)


@st.cache_resource(max_entries=64, show_spinner=False)
def way(spec: rc.ModelSpec, size: int, unit: str) -> dict[str, Any]:
    """One picture's way through `walked`, stop by stop; shared between visitors, so never changed in place."""
    return rc.figures.journey_payload(walked(spec, size), unit)


def explorer(
    diagram: dict[str, Any], way: dict[str, Any], theme: str, alive: dict[str, Any] | None = None, proposal: str = "",
    accept: Callable[[], None] | None = None,
) -> str:  # fmt: skip
    """Draw a network at the level that the link names; returns the path of that level.

    A layer that the visitor chooses becomes the link's `layer`, and where the picture comes to rest its `stop`.

    Args:
        way: where the picture can stop.
        alive: what the parts put out for a picture, as `pages.network.alive` has it.
        proposal, accept: words for a press that sends a picture through, where there is none, and what it does.
    """
    place = place_in(diagram, way)
    data = {
        "diagram": diagram, "way": way, "picture": rc.figures.picture_uri(),
        "colours": rc.figures.palette(theme), "alive": alive, "proposal": proposal, **place,
    }  # fmt: skip
    _EXPLORER(
        data=data, key="explorer", on_at_change=take_place, on_gone_change=partial(take_cuts, "explorer"),
        on_proposed_change=accept or (lambda: None),
    )  # fmt: skip
    return linked("open")


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


def offer_exports(
    trace: Trace, spec: rc.ModelSpec, opened: str, theme: str, unit: str, notebook: Callable[[], None]
) -> None:
    """What is open as a picture, the network as code, and the page as a notebook, which `notebook` offers."""
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
        notebook()
