"""How the columns of our tables look: titles, units, whole numbers with separators."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from resnet_core.notation import times

if TYPE_CHECKING:
    import pandas as pd

Columns = dict[str, ColumnConfig | str | None]  # for st.dataframe

# What a reader looks for first stands first; the rest is a scroll away.
LAYER_ORDER = (
    "index", "path", "kind", "output_shape", "kernel_size", "stride", "params", "macs", "receptive_field",
    "activation_bytes", "input_shape", "padding", "groups", "stage", "block",
)  # fmt: skip


def in_percent(table: pd.DataFrame, *shares: str) -> pd.DataFrame:
    """A table whose shares, from 0 to 1, are percentages: st.dataframe formats a number, but does not multiply it."""
    return table.assign(**{name: table[name] * 100 for name in shares})


def as_read(table: pd.DataFrame) -> pd.DataFrame:
    """A table as it is written on a page: windows 3×3 and not 3x3, activations in megabytes and not in bytes."""
    words = [name for name in table if table[name].map(lambda cell: isinstance(cell, str)).any()]
    shown = table.assign(**{str(name): table[name].map(_as_read) for name in words})
    if "activation_bytes" in shown:
        shown = shown.assign(activation_bytes=shown["activation_bytes"] / 1e6)
    return shown


def _as_read(cell: object) -> object:
    return times(cell) if isinstance(cell, str) else cell


def stage_columns(unit: str) -> Columns:
    """Of `stage_table`; `unit` is MACs or FLOPs."""
    return {
        "stage": st.column_config.TextColumn("stage", width="small"),
        "output": st.column_config.TextColumn("output", width="small"),
        "channels": st.column_config.NumberColumn(format="localized", width="small"),
        "blocks": st.column_config.NumberColumn(width="small"),
        "calls": st.column_config.NumberColumn(width="small"),
        "params": st.column_config.NumberColumn("parameters", format="localized"),
        "macs": st.column_config.NumberColumn(unit, format="localized"),
        "activation_bytes": st.column_config.NumberColumn("activations", format="%.1f MB"),
        "paper_output": st.column_config.TextColumn("paper size", width="small"),
        "paper_layers": st.column_config.TextColumn("paper layers", width="large"),
    }


def layer_columns(unit: str) -> Columns:
    """Of `layer_table`; `unit` is MACs or FLOPs."""
    return {
        "index": st.column_config.NumberColumn("#", width="small"),
        "path": st.column_config.TextColumn("layer", width=168),
        "stage": st.column_config.TextColumn("stage", width="small"),
        "block": st.column_config.NumberColumn("block", width="small", help="Counted from 0, as in the layer's name."),
        "input_shape": "input (N, C, H, W)",
        "output_shape": "output",
        "kernel_size": st.column_config.TextColumn("kernel", width=60),
        "stride": st.column_config.TextColumn("stride", width=60),
        "padding": st.column_config.TextColumn("padding", width=70),
        "groups": st.column_config.NumberColumn("groups", width=65),
        "params": st.column_config.NumberColumn("parameters", format="localized"),
        "macs": st.column_config.NumberColumn(unit, format="localized"),
        "activation_bytes": st.column_config.NumberColumn("activations", format="%.3f MB"),
        "receptive_field": st.column_config.TextColumn(
            "receptive field", help="Input pixels that can reach one value."
        ),
    }


def variant_columns() -> Columns:
    """Of `variant_table`."""
    return {
        "params": st.column_config.NumberColumn("parameters", format="localized"),
        "macs": st.column_config.NumberColumn("MACs", format="localized"),
        "activation_bytes": st.column_config.NumberColumn("activations", format="%.1f MB"),
        "top1": st.column_config.NumberColumn("top-1", format="%.1f %%"),
        "top5": st.column_config.NumberColumn("top-5", format="%.1f %%"),
        "weights": "measured with the weights",
        "image_size": st.column_config.NumberColumn("at, px", width="small"),
    }
