"""A camera that takes snapshots one after another, each with its time: photos of one moment are nearly one."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import streamlit as st

from resnet_core.inference.limits import MAX_BYTES

ASSETS = Path(__file__).parents[2] / "assets" / "teaching"
BEGINS = "data:image/jpeg;base64,"
TAKEN, VISIT = "_teach_taken", "_teach_visit"  # in the session: the last snapshot that is here; whose numbers count

_CAMERA = st.components.v2.component(
    "snapping",
    html="""<section class="snapping" aria-label="Camera"><video playsinline muted></video>
      <div class="line"><button type="button"></button><span class="said" aria-live="polite">Asking for the camera
      </span></div></section>""",
    css=(ASSETS / "camera.css").read_text("utf-8"),
    js=(ASSETS / "camera.js").read_text("utf-8"),
)


class Snap(NamedTuple):
    """One snapshot: for which class it was taken, when, and its JPEG."""

    to: int
    taken_s: float
    data: bytes


def snaps(to: int, label: str) -> Iterator[Snap]:
    """Show the camera, and give what it has taken since the last run, each once.

    Args:
        to: the number of the class that the next snapshots show.
        label: of its button.
    """
    visit = st.session_state.setdefault(VISIT, uuid4().hex)
    found = _CAMERA(
        data={"to": to, "label": label, "taken": st.session_state.get(TAKEN, 0), "visit": visit},
        key="teach_camera", on_shots_change=lambda: None,
    )  # fmt: skip
    said: Any = getattr(found, "shots", None)
    yield from _new(said if isinstance(said, dict) else {}, visit)


def _new(said: dict[str, Any], visit: str) -> Iterator[Snap]:
    """What a browser says that it has taken, as far as it is a picture and was not here before."""
    if said.get("visit") != visit:
        return
    for shot in said.get("shots", ()):
        number, picture = int(shot["number"]), str(shot["picture"])
        if number <= st.session_state.get(TAKEN, 0) or len(picture) > 2 * MAX_BYTES:
            continue
        st.session_state[TAKEN] = number
        if picture.startswith(BEGINS) and re.fullmatch(r"[A-Za-z0-9+/=]+", picture[len(BEGINS) :]):
            try:
                yield Snap(int(shot["to"]), float(shot["taken_s"]), b64decode(picture[len(BEGINS) :]))
            except Error:
                continue
