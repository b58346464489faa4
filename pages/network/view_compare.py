"""Compare: two networks on one scale, aligned by stage, with what differs."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._layout import PROSE_WIDTH, aside, how, prose, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.frame.as_notebook import offer_notebook
from pages.frame.whole import whole_table
from pages.network.comparison import comparison_look
from pages.network.diagram import network_drawing
from pages.network.exports import offer_tables
from pages.network.sizes import SIZES
from resnet_core.anatomy.tables.as_text import export_table
from resnet_core.anatomy.tables.family import spec_changes
from resnet_core.anatomy.tables.remarks import input_remark
from resnet_core.anatomy.tables.side_by_side import comparison_table, difference_in_words, plain_twin, side_by_side
from resnet_core.notation import times

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.anatomy.tables.side_by_side import StagePair

TWIN = "its plain twin"


@st.cache_resource(max_entries=64, show_spinner=False)
def compared(one: rc.ModelSpec, other: rc.ModelSpec, size: int) -> tuple[tuple[StagePair, ...], pd.DataFrame]:
    """Two networks stage by stage, and the same as a table; shared between visitors, so never changed in place."""
    pairs = side_by_side(walked(one, size), walked(other, size))
    return pairs, comparison_table(pairs, one.name, other.name)


def take_twin() -> None:
    """Set the left network against the same without shortcuts, whichever it is now and later."""
    st.session_state.right = TWIN


def show_compare() -> None:
    """Choose two networks; draw them, and list what differs."""
    names = rc.list_models()
    asked = asked_in_vain(left=names, right=(TWIN, *names), both=SIZES)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        left = st.selectbox("One", names, names.index("resnet34_a"), key="left", bind="query-params", width=190)
        others = (TWIN, *names)
        right = st.selectbox("The other", others, others.index("plain34"), key="right", bind="query-params", width=190)
        one = rc.get_spec(left)
        st.button(
            "Against its plain twin", on_click=take_twin, key="twin", disabled=one.shortcut == "none",
            help="The same network without its shortcuts.",
        )  # fmt: skip
        size = st.select_slider("Input of both, pixels a side", SIZES, 224, key="both", bind="query-params", width=160)
    say_in_vain(asked)
    if right == TWIN and one.shortcut == "none":
        st.info(f"{left} has no shortcuts that could go: it is its own plain twin.", icon=":material/info:")

    specs = [one, plain_twin(one) if right == TWIN else rc.get_spec(right)]
    right = specs[1].name
    pairs, table = compared(specs[0], specs[1], size)
    with st.container(width=PROSE_WIDTH):
        st.markdown(difference_in_words(pairs, left, right))
    traces = [walked(spec, size) for spec in specs]
    for said in dict.fromkeys(filter(None, map(input_remark, specs, traces))):
        st.warning(said, icon=":material/warning:")
    differing = tuple(pair.stage for pair in pairs if pair.differs)
    for trace, spec, other, side in zip(traces, specs, reversed(specs), ("left", "right"), strict=True):
        st.markdown(f"**{trace.name}**: {trace.total_params:,} parameters, {trace.total_macs:,} MACs")
        network_drawing(spec, size, f"{side}_drawing", beside=other, marked=differing)

    st.subheader("Stage by stage", anchor=False)
    look = comparison_look(table, theme_name())
    whole_table(
        **look, hide_index=True, placeholder="", alt=f"Stages of {left} and {right}",
        on_phone=("stage", "differs in", "added params", "added MACs"),
    )  # fmt: skip
    main, beside = aside()
    with beside:
        prose("compare_try")
    with main:
        twin = st.session_state.right == TWIN
        notebook = partial(offer_notebook, "compare", left=left, right=None if twin else right, size=size)
        _take_away(table, specs, notebook)
    how("compare_how", side_by_side, plain_twin)


def _take_away(table: pd.DataFrame, specs: list[rc.ModelSpec], notebook: Callable[[], None]) -> None:
    """The table in every format, the page as a notebook, and the choices in which the designs differ."""
    left, right = (spec.name for spec in specs)
    offer_tables(f"{left}_{right}".replace(" ", "_"), partial(export_table, table), "stages", notebook)

    changes = spec_changes(specs[1], specs[0])
    st.subheader("In the design", anchor=False)
    if changes:
        choices = {
            "choice": [change.field for change in changes], left: [times(str(change.before)) for change in changes],
            f"{right} ": [times(str(change.after)) for change in changes],
        }  # fmt: skip
        whole_table(choices, on_phone=list(choices), hide_index=True, alt="Choices in which the two designs differ")
    else:
        st.caption("Both have the same design.")
