"""The thousand classes of ImageNet, offered once in a visit where this server has none of their networks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal
from pages._server import downloads, may_download
from pages.photo.networks import choose
from pages.training.visitor import visitor
from resnet_core.notation import megabytes

if TYPE_CHECKING:
    from resnet_core.weights.record import Weights

OFFERED = "resnet50.IMAGENET1K_V2"
DECLINED = "thousand declined"  # in the session; no widget's key has a space


def offer_thousand(offered: dict[str, Weights], chosen: Weights) -> None:
    """One line with a button, until it is pressed or put away. Nothing is asked of the network before that."""
    if DECLINED in st.session_state or not may_download() or chosen.source in ("published", "sent"):
        return
    if OFFERED not in offered or _is_here(offered.values()):
        return
    weights = offered[OFFERED]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"Fetch {weights.spec.name}, which knows {len(weights.classes):,} classes "
            f"({megabytes(weights.size_bytes)} from pytorch.org)",
            key="thousand", icon=":material/download:", type="tertiary", on_click=_fetch, args=(weights,),
        )  # fmt: skip
        st.button("No, thanks", key="not_thousand", type="tertiary", on_click=_decline)
    if trouble := st.session_state.pop("thousand trouble", ""):
        st.warning(literal(trouble), icon=":material/hourglass_top:")


def _is_here(offered: Iterable[Weights]) -> bool:
    """Whether a network of as many classes is on this machine."""
    return any(one.source == "published" and one.availability == "on disk" for one in offered)


def _fetch(weights: Weights) -> None:
    try:
        downloads().start(weights, visitor())
    except rc.ResNetCoreError as error:  # too many files are on their way
        st.session_state["thousand trouble"] = str(error)
        return
    _decline()
    choose(weights.name)


def _decline() -> None:
    st.session_state[DECLINED] = True
