"""Which network Architecture shows, and at what input: one row of controls, their state in the link."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import resnet_core as rc
from pages._links import asked_in_vain, link
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
    """A variant at one picture of as many pixels on each side."""
    asked = _asked_in_vain(size=SIZES)
    with _row():
        model = _variant()
        own_size = rc.get_spec(model).input_size[0]
        size = st.select_slider("Input, pixels a side", SIZES, own_size, key="size", bind="query-params", width=150)
        channels, unit = _channels(), _unit()
    return Chosen(model, rc.get_spec(model).override(in_channels=channels), (1, channels, size, size), unit, asked)


def choose_any() -> Chosen:
    """A variant at any batch, height and width."""
    sides = range(1, LONGEST_SIDE + 1)
    asked = _asked_in_vain(images=range(1, LARGEST_BATCH + 1), height_px=sides, width_px=sides)
    with _row():
        model = _variant()
        height, width = rc.get_spec(model).input_size
        batch = _count("Batch", LARGEST_BATCH, 1, "images")
        height = _count("Height, px", LONGEST_SIDE, height, "height_px")
        width = _count("Width, px", LONGEST_SIDE, width, "width_px")
        channels, unit = _channels(), _unit()
    return Chosen(
        model, rc.get_spec(model).override(in_channels=channels), (batch, channels, height, width), unit, asked
    )


def _asked_in_vain(**inputs: range | tuple[int, ...]) -> dict[str, str]:
    families = ["all", *rc.list_families()]
    return asked_in_vain(family=families, model=rc.list_models(), in_channels=CHANNELS, unit=UNITS, **inputs)


def _row() -> DeltaGenerator:
    return st.container(horizontal=True, vertical_alignment="bottom", gap="small")


def _variant() -> str:
    family = st.selectbox("Family", ["all", *rc.list_families()], key="family", bind="query-params", width=120)
    names = rc.list_models(None if family == "all" else family)
    start = names.index("resnet50") if "resnet50" in names else 0
    return st.selectbox("Variant", names, start, key="model", bind="query-params", on_change=_take_variant, width=180)


def _take_variant() -> None:
    """A newly chosen variant starts at the size that it was made for, and whole."""
    height, width = rc.get_spec(st.session_state.model).input_size
    st.session_state.update(size=height, height_px=height, width_px=width)
    link("layer", "")
    show_place("", "")


def _count(label: str, most: int, start: int, key: str) -> int:
    return st.number_input(label, 1, most, start, key=key, bind="query-params", width=112)


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
