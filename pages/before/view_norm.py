"""Batch norm: the values of four channels over a batch of digits, before and after."""

from __future__ import annotations

import streamlit as st

import resnet_core as rc
from pages._layout import how_made, percent, prose, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.before.two_sizes import two_sizes
from pages.frame.as_notebook import offer_notebook
from resnet_core.lab.basics.normed import normalise, normed_channels

BATCH = 64
SCALES, SHIFTS = (0.25, 0.5, 1.0, 1.5, 2.0), (-2.0, -1.0, 0.0, 1.0, 2.0)


def show_norm() -> None:
    """Four channels as the filters gave them out, and at a mean of 0 and a spread of 1; then scaled and shifted."""
    asked = asked_in_vain(scale=SCALES, shift=SHIFTS)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        scale = st.select_slider("Scale γ", SCALES, 1.0, key="scale", bind="query-params", width=160)
        shift = st.select_slider("Shift β", SHIFTS, 0.0, key="shift", bind="query-params", width=160)
    say_in_vain(asked)
    channels = normed_channels(BATCH, scale, shift)
    two_sizes(lambda narrow: rc.figures.norm_drawing(channels, theme_name(), narrow=narrow), "norm")
    gone = sum((one.after < 0).sum() for one in channels) / sum(one.after.size for one in channels)
    st.caption(
        f"The four filters, each slid over the same {BATCH} digits: {channels[0].before.size:,} values a channel. "
        f"Pale: what a ReLU behind it makes zero, {percent(gone, 0)} of all."
    )
    prose("basics_norm")
    how_made(normalise)
    offer_notebook("basics_norm", batch=BATCH, scale=scale, shift=shift)
