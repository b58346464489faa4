"""A look of the page Inside: milliseconds of each layer beside its multiply-adds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, chart, percent, theme_name
from pages._server import decoding_slot
from pages.network.columns import Columns, in_percent
from pages.photo.looks import Look
from resnet_core.notation import milliseconds

if TYPE_CHECKING:
    import pandas as pd


@st.cache_resource(max_entries=16, show_spinner="Timing each layer")
def layer_durations(weights: str, _network: rc.Classifier) -> dict[str, float]:
    """Milliseconds of each layer by path. They tell of this machine and of no picture, so all visitors share them."""
    with decoding_slot():
        return {layer.path: layer.duration_ms for layer in rc.layer_times(_network.model)}


def show_time(look: Look) -> None:
    """Milliseconds of each layer beside its multiply-adds."""
    from resnet_core.anatomy.tables.durations import duration_table, kind_duration_table, stage_duration_table

    network = look.network
    weights = f"{network.weights.name} {network.weights.sha256}"  # a visitor's own may have any name
    if st.button("Measure again", icon=":material/refresh:", key="again"):
        layer_durations.clear(weights)
    measured = layer_durations(weights, network)
    trace = rc.walk_spec(network.model.spec, tuple(look.subject.batch.shape))
    layers = duration_table(trace, measured)
    kinds = kind_duration_table(layers)
    for column, table, name, title in zip(
        st.columns(2, gap="large"), (stage_duration_table(layers), kinds.head(6)), ("stage", "kind"),
        ("By stage", "By kind of layer"), strict=True,
    ):  # fmt: skip
        with column:
            st.markdown(f"**{title}**")
            said = "; ".join(f"{row[name]} {milliseconds(row['duration_ms'])}" for _, row in table.iterrows())
            chart(rc.figures.durations_figure(table, name, theme_name()), f"time_{name}", said)
    with st.container(width=PROSE_WIDTH):
        st.caption(_said_of_time(kinds, layers))
    st.markdown("**The layers that take longest**")
    st.dataframe(
        in_percent(layers.nlargest(50, "duration_ms"), "macs_share", "duration_share"), hide_index=True, height=320,
        column_order=("path", "duration_ms", "duration_share", "kind", "stage", "macs", "macs_share", "gmacs_per_s"),
        alt="Layers by time", column_config=_time_columns(),
    )  # fmt: skip


def _said_of_time(kinds: pd.DataFrame, layers: pd.DataFrame) -> str:
    convolutions = kinds[kinds["kind"] == "Conv2d"]
    done, taken = (float(convolutions[share].sum()) for share in ("macs_share", "duration_share"))
    return (
        f"Convolutions do {percent(done)} of the multiply-adds and take {percent(taken)} of the time. The rest is "
        f"batch norm, ReLU and additions, which count no multiply-add but read and write memory. {len(layers)} layers, "
        f"{milliseconds(layers['duration_ms'].sum())} in all, one by one in float32; what Classify runs fuses many "
        "of them."
    )


def _time_columns() -> Columns:
    columns = st.column_config
    return {
        "stage": columns.TextColumn("stage", width=70),
        "path": columns.TextColumn("layer", width=130),
        "kind": columns.TextColumn("kind", width=130),
        "macs": columns.NumberColumn("MACs", format="localized"),
        "macs_share": columns.NumberColumn("of the MACs", format="%.1f %%"),
        "duration_ms": columns.NumberColumn("time", format="%.3f ms"),
        "duration_share": columns.NumberColumn("of the time", format="%.1f %%"),
        "gmacs_per_s": columns.NumberColumn("G MACs/s", format="%.1f"),
    }
