"""Which network Architecture shows, and at what input: one row of controls, their state in the link."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import resnet_core as rc
from pages._links import asked_in_vain, link, standing
from pages.network.place import show_place
from pages.network.sizes import SIZES
from resnet_core.anatomy.tables.units import UNITS

CHANNELS = (1, 3, 4)
LONGEST_SIDE, LARGEST_BATCH = 4096, 4096


class Chosen(NamedTuple):
    """A variant and its input, (N, C, H, W); `asked` is what the link asks for in vain."""

    model: str
    spec: rc.ModelSpec
    input_shape: tuple[int, int, int, int]
    unit: str
    asked: dict[str, str]


def choose_square() -> Chosen:
    """A variant at one picture of as many pixels on each side; the controls stand in the row that calls."""
    asked = _asked_in_vain(size=SIZES)
    place, beside = st.container(width=200), st.container(width=140)
    channels, unit, family = _folded()
    with place:
        model = _variant(family)
    with beside:
        own_size = rc.get_spec(model).input_size[0]
        size = st.select_slider("Input, pixels a side", SIZES, own_size, key="size", bind="query-params")
    return Chosen(model, rc.get_spec(model).override(in_channels=channels), (1, channels, size, size), unit, asked)


def choose_any() -> Chosen:
    """A variant at any batch, height and width."""
    sides = range(1, LONGEST_SIDE + 1)
    asked = _asked_in_vain(images=range(1, LARGEST_BATCH + 1), height_px=sides, width_px=sides)
    with settings_row():
        place = st.container(width=200)
        numbers = [st.container(width=112) for _ in range(3)]
        channels, unit, family = _folded()
        with place:
            model = _variant(family)
        height, width = rc.get_spec(model).input_size
        with numbers[0]:
            batch = _count("Batch", LARGEST_BATCH, 1, "images")
        with numbers[1]:
            height = _count("Height, px", LONGEST_SIDE, height, "height_px")
        with numbers[2]:
            width = _count("Width, px", LONGEST_SIDE, width, "width_px")
    return Chosen(
        model, rc.get_spec(model).override(in_channels=channels), (batch, channels, height, width), unit, asked
    )


def _asked_in_vain(**inputs: range | tuple[int, ...]) -> dict[str, str]:
    return asked_in_vain(**_rarer(), model=rc.list_models(), **inputs)


def settings_row() -> DeltaGenerator:
    """The place of the controls, in one line above what they change."""
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def _rarer() -> dict[str, Collection[Any]]:
    return {"in_channels": CHANNELS, "unit": tuple(UNITS), "family": ("all", *rc.list_families())}


def _folded() -> tuple[int, str, str]:
    """Input channels, unit and family: chosen rarely, so they fold into a few words that say what they are."""
    now = standing({"in_channels": 3, "unit": "MACs", "family": "all"}, _rarer())
    many = "1 channel" if now["in_channels"] == 1 else f"{now['in_channels']} channels"
    family = "" if now["family"] == "all" else f", {now['family']}"
    with st.popover(f"{many}, {now['unit']}{family}", key="folded_network"):
        return _channels(), _unit(), _family()


def _family() -> str:
    families = ["all", *rc.list_families()]
    return st.selectbox("Offer variants of the family", families, key="family", bind="query-params")


def _variant(family: str) -> str:
    names = rc.list_models(None if family == "all" else family)
    start = names.index("resnet50") if "resnet50" in names else 0
    return st.selectbox("Variant", names, start, key="model", bind="query-params", on_change=_take_variant)


def _take_variant() -> None:
    """A newly chosen variant starts at the size that it was made for, and whole."""
    height, width = rc.get_spec(st.session_state.model).input_size
    st.session_state.update(size=height, height_px=height, width_px=width)
    link("layer", "")
    show_place("", "")


def _count(label: str, most: int, start: int, key: str) -> int:
    return st.number_input(label, 1, most, start, key=key, bind="query-params")


def _channels() -> int:
    chosen = st.segmented_control(
        "Input channels", CHANNELS, default=3, key="in_channels", bind="query-params", required=True
    )
    return int(chosen)


def _unit() -> str:
    chosen = st.segmented_control(
        "Count in", tuple(UNITS), default="MACs", key="unit", bind="query-params", required=True,
        help="One multiply-add is 1 MAC and 2 FLOPs. The paper says FLOPs and means multiply-adds.",
    )  # fmt: skip
    return str(chosen)
