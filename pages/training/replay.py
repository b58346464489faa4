"""The replay: recorded runs, revealed epoch by epoch in the browser. The epoch stands in the link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal
from resnet_core.anatomy.papers.published import CIFAR_10_ERRORS
from resnet_core.data.component import component

if TYPE_CHECKING:
    from resnet_core.lab.runs.recorded import RecordedRun

_REPLAY = st.components.v2.component("replay", **component("replay", "app")._asdict())


def replay(runs: Sequence[RecordedRun], theme: str) -> None:
    """Draw the runs with a slider over their epochs. It moves in the browser; the server learns where it rests."""
    data = rc.figures.replay_payload(runs, CIFAR_10_ERRORS, theme)
    _REPLAY(data=data | {"epoch": _asked_epoch(data["last"])}, key="replay", on_epoch_change=_remember)


def _asked_epoch(last: int) -> int:
    """The epoch of the link, or the last one; a link that asks for another is told so."""
    asked = st.query_params.get("epoch", "")
    if not asked:
        return last
    if asked in map(str, range(1, last + 1)):
        return int(asked)
    st.warning(
        f"The link asks for epoch {literal(repr(asked))}; there are {last}. You see the last.",
        icon=":material/link_off:",
    )
    return last


def _remember() -> None:
    st.query_params["epoch"] = str(st.session_state.replay["epoch"])
