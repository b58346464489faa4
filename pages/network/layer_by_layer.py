"""The table of layer calls and the arithmetic of one of them; a layer that is chosen here leads the whole page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._links import link, linked
from pages.network.columns import LAYER_ORDER, as_read, layer_columns
from pages.network.place import show_place
from resnet_core.anatomy.tables.formulas import explain_call
from resnet_core.anatomy.tables.units import UNITS, formula_in_unit

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.anatomy.counting.calls import Trace


def layer_by_layer(
    trace: Trace, layers: pd.DataFrame, diagram: dict[str, Any], opened: str, layer: str, unit: str
) -> None:
    """Every call of a network, filtered, one of them with its arithmetic.

    Args:
        layers: the trace's layer table.
        diagram, opened: what is drawn above, and the part of it that is open.
        layer: the one that was chosen, "" while there is none.
    """
    st.session_state["_listed"] = listed = (opened, layer)
    stage = st.pills("Stage", list(layers["stage"].unique()), selection_mode="multi", key="stages", bind="query-params")
    kind = st.pills("Kind", list(layers["kind"].unique()), selection_mode="multi", key="kinds", bind="query-params")
    follow = st.toggle("Only what is open in the drawing", True, key="follow", bind="query-params")
    rows = layers[layers["stage"].isin(stage or layers["stage"]) & layers["kind"].isin(kind or layers["kind"])]
    if follow and opened:
        inside = rows["path"].str.startswith(f"{opened}.") | rows["stage"].eq(diagram["places"][opened][2])
        rows = rows[inside]
    if rows.empty:
        st.info(
            "No layer that is open is of this kind and in this stage. Clear a filter.",
            icon=":material/filter_alt_off:",
        )
        return
    here = [position for position, path in enumerate(rows["path"]) if path == layer]
    # A table takes a selection only when it is new: each place of the drawing has its own, and its own list.
    table_key, list_key = f"rows_{opened}_{layer}", f"list_{opened}_{layer}"
    shown_rows = as_read(rows.assign(macs=rows["macs"] * UNITS[unit]))
    st.dataframe(
        shown_rows, hide_index=True, height=390, column_config=layer_columns(unit),
        column_order=LAYER_ORDER, placeholder="", key=table_key, alt=f"Layers of {trace.name}",
        on_select=partial(_take_row, diagram, table_key, list(rows["path"]), listed), selection_mode="single-row",
        selection_default={"selection": {"rows": here[:1]}},
    )  # fmt: skip
    paths = list(layers["path"])
    first = layer or paths[0]
    shown = st.selectbox(
        "Show the arithmetic of", paths, paths.index(first), key=list_key, width=360,
        on_change=_take_listed, args=(diagram, list_key, listed, first),
    )  # fmt: skip
    call = trace.calls[paths.index(shown)]
    formulas = (formula_in_unit(formula, unit) for formula in explain_call(trace, call.index))
    lines = "\n".join(f"| {formula.quantity} | {formula.line} |" for formula in formulas)
    st.markdown(f"| {call.kind} | {call.input_shape} → {call.output_shape} |\n|:--|--:|\n{lines}")


def _take_row(diagram: dict[str, Any], key: str, paths: list[str], listed: tuple[str, str]) -> None:
    """A row that is clicked becomes the layer in the link."""
    for row in st.session_state[key].selection.rows:
        _take_layer(diagram, paths[row], listed, listed[1])


def _take_listed(diagram: dict[str, Any], key: str, listed: tuple[str, str], first: str) -> None:
    """So does a layer that is chosen in the list."""
    _take_layer(diagram, st.session_state[key], listed, first)


def _take_layer(diagram: dict[str, Any], layer: str, listed: tuple[str, str], first: str) -> None:
    """The drawing and the picture go to a layer that was chosen below them.

    Two reports are no choice: what a table or a list began with, if its first run was cut off, and what one says
    that has left the page, for a browser that has not heard of that sends its last value once more.
    """
    if st.session_state["_listed"] == listed and layer not in (first, linked("layer")):
        link("layer", layer)
        show_place(rc.figures.place_of_layer(diagram, layer), layer)
