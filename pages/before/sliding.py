"""Grids of numbers and a window that moves over them: a filter and what it makes, a map before and after the ReLU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from resnet_core.data import drawing_script
from resnet_core.figures.shortcut.payload import SCALE

if TYPE_CHECKING:
    from resnet_core.lab.basics.sliding import Grid

FRAME = """
<section class='sliding' aria-label='Numbers, one of them read'>
  <div class='line'><div class='buttons'><button type='button' aria-label='The value before'>‹</button>
    <button type='button' aria-label='The next value'>›</button><button type='button'></button></div>
    <div class='said' aria-live='polite'></div></div>
  <div class='maps'></div>
</section>
"""
START = (3, 3)  # row and column that are read first: where a digit has ink

_SLIDING = st.components.v2.component(
    "sliding",
    html=FRAME,
    css=drawing_script("sliding.css"),
    js=drawing_script("sliding.js"),
)


def sliding(left: dict[str, Any], maps: Sequence[dict[str, Any]], theme: str, key: str, **more: Any) -> None:
    """Draw the grids; a value is chosen in the browser, by pointer, arrow keys or step by step.

    Args:
        left, maps: of `grid`: what the window moves over, and what is made there.
        more: `stride` and `side` of the window, `says` where there are no weights.
    """
    data = {
        "left": left, "maps": list(maps), "stride": 1, "side": 1, "start": START, "play": "Slide",
        "colours": {"below": SCALE[0], "above": SCALE[2]}, "muted": rc.figures.palette(theme)["muted"],
    }  # fmt: skip
    _SLIDING(data=data | more, key=key)


def grid(name: str, cells: Grid, *, shape: str = "", padding: int = 0, weights: Grid | None = None) -> dict[str, Any]:
    """One grid as the browser gets it.

    Args:
        cells: (rows, columns).
        padding: how many rings of zeros lie around it.
        weights: (3, 3), of the filter that made it.
    """
    return {
        "name": name, "cells": cells.tolist(), "padding": padding, "shape": shape or "×".join(map(str, cells.shape)),
        "weights": None if weights is None else weights.tolist(),
    }  # fmt: skip
