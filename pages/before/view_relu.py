"""A map before and after the ReLU."""

from __future__ import annotations

import numpy as np
import streamlit as st

from pages._layout import aside, how_made, prose, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.before.sliding import grid, sliding
from pages.before.view_filter import DIGITS, choose_digit
from pages.frame.as_notebook import offer_notebook
from resnet_core.lab.basics.sliding import FILTERS, digits, filter_weights, slide


def show_relu() -> None:
    """The map that a filter makes of a digit, and what the ReLU leaves of it."""
    asked = asked_in_vain(digit=DIGITS, filter=FILTERS)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        digit = choose_digit()
        name = st.segmented_control(
            "Filter", list(FILTERS), default=next(iter(FILTERS)), key="filter", bind="query-params", required=True
        )
    say_in_vain(asked)
    before = slide(digits(len(DIGITS))[digit], filter_weights(name), padding=1)
    after = np.maximum(before, 0)
    says = {"above": "{from} is positive and passes: {to}", "below": "{from} is not positive: {to}"}
    main, beside = aside()
    with main:
        sliding(
            grid(f"{name}, before", before), [grid("after the ReLU", after)], theme_name(), "sliding_relu", says=says,
            play="Step through",
        )  # fmt: skip
        st.caption(f"{(before < 0).sum()} of {before.size} numbers were negative.")
        how_made(slide)
        offer_notebook("basics_relu", digit=digit, filter=name)
    with beside:
        prose("basics_relu")
