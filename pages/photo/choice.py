"""The two choices that a photo page begins with: which pictures, and which weights answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

import resnet_core as rc
from pages._caches import samples, unusable_weights
from pages._layout import literal
from pages._links import asked_in_vain, say_in_vain
from pages.photo.downloads import offer_download
from pages.photo.networks import chosen_weights
from pages.photo.own_form import own_network
from pages.photo.pictures import Picture, chosen_pictures
from pages.photo.skeleton import awaited
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from resnet_core.weights.record import Weights

SOURCES = ("sample", "upload", "camera")


class Choice(NamedTuple):
    """What a visitor chose, all weights that can answer, by name, the choice's row, the answer's place."""

    source: str
    pictures: list[Picture]
    weights: Weights
    offered: dict[str, Weights]
    row: DeltaGenerator
    place: DeltaGenerator


def in_the_drawing(weights: Weights) -> dict[str, str]:
    """What a link to Architecture says so that it draws this network at the size that it sees; empty for yours."""
    if weights.spec.name not in rc.list_models():
        return {}
    return {"model": weights.spec.name, "size": str(weights.preprocessing.crop_size), "alive": "true"}


def photo_and_weights(page: str) -> Choice:
    """Ask for both on a page; weights that are not here yet are offered, and the default ones answer meanwhile."""
    asked = asked_in_vain(source=SOURCES, sample=samples())
    row, below = st.container(horizontal=True, vertical_alignment="bottom", gap="medium"), st.container()
    place = awaited()
    with row:
        source = st.segmented_control(
            "Picture from", SOURCES, default="sample", key="source", bind="query-params", required=True
        )
        pictures = list(chosen_pictures(source, page)) if source == "sample" else None
    with below:
        if pictures is None:  # an upload needs the whole width
            pictures = list(chosen_pictures(source, page))
    with row:
        network = st.container(width="content")
        own = own_network(page, below)
    with network:
        weights, offered = chosen_weights(own)
    say_in_vain(asked)
    for file in unusable_weights():
        st.warning(f"Weights that can't be used: {literal(file.reason)}", icon=":material/warning:")
    for remark in () if weights.source == "sent" else weights.remarks:  # its own field says it
        st.caption(literal(remark))
    if weights.availability == "downloadable":
        offer_download(weights, fallback=DEFAULT_WEIGHTS)
        weights = offered[DEFAULT_WEIGHTS]
    return Choice(source, pictures, weights, offered, row, place)
