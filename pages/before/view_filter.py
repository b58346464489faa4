"""A filter slides over a digit: convolution, channel, stride and padding on one drawing."""

from __future__ import annotations

import streamlit as st

from pages._layout import PROSE_WIDTH, how_made, prose, theme_name
from pages._links import asked_in_vain, say_in_vain, unknown_among
from pages.before.sliding import grid, sliding
from pages.frame.as_notebook import offer_notebook
from resnet_core.lab.basics.sliding import FILTERS, digits, filter_weights, padded, slide

DIGITS, STRIDES, PADDINGS = range(10), (1, 2), (0, 1)


def choose_digit() -> int:
    """Which of the ten digits is looked at; the views keep it."""
    chosen = st.selectbox("Digit", DIGITS, 7, key="digit", bind="query-params", width=90)
    return int(chosen)


def show_filter() -> None:
    """The digit, the filter, and one map for each filter that is chosen."""
    asked = asked_in_vain(digit=DIGITS, stride=STRIDES, padding=PADDINGS) | unknown_among("filters", FILTERS)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        digit = choose_digit()
        stride = st.segmented_control("Stride", STRIDES, default=1, key="stride", bind="query-params", required=True)
        padding = st.segmented_control(
            "Padding", PADDINGS, default=0, key="padding", bind="query-params", required=True
        )
        names = st.segmented_control(
            "Filters: each makes one channel", list(FILTERS), selection_mode="multi", default=[next(iter(FILTERS))],
            key="filters", bind="query-params",
        )  # fmt: skip
    say_in_vain(asked)
    if names:
        _draw(digit, names, stride, padding)
    else:
        st.info("Choose a filter: without one nothing is made.", icon=":material/filter_alt:")
    prose("basics_filter")
    how_made(slide)
    if names:
        offer_notebook("basics_filter", digit=digit, names=names, stride=stride, padding=padding)


def _draw(digit: int, names: list[str], stride: int, padding: int) -> None:
    picture = digits(len(DIGITS))[digit]
    made = {name: slide(picture, filter_weights(name), stride, padding) for name in FILTERS if name in names}
    around = f"{picture.shape[0]}×{picture.shape[1]}" + (" and zeros around it" if padding else "")
    sliding(
        grid("digit", padded(picture, padding), padding=padding, shape=around),
        [grid(name, cells, weights=filter_weights(name)) for name, cells in made.items()],
        theme_name(), "sliding_filter", stride=stride, side=3,
    )  # fmt: skip
    height, width = next(iter(made.values())).shape
    channels = f"{len(made)} channel{'s' if len(made) > 1 else ''}"
    side = len(picture)
    with st.container(width=PROSE_WIDTH):
        st.caption(
            f"What comes out: {channels} of {height}×{width}. "
            f"({side} + 2·{padding} − 3) / {stride}, rounded down, plus 1 is {height}."
        )
