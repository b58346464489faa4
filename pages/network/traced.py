"""A variant read off the real network as it runs: its trace, its tables, and these as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.anatomy.counting.calls import Trace


@st.cache_resource(max_entries=256, show_spinner=False)
def traced(model: str, size: int, channels: int) -> Trace:
    """The trace of a catalogue variant at `size` x `size` pixels with `channels` input channels."""
    spec = rc.get_spec(model).override(in_channels=channels)
    return rc.trace_model(spec, (1, channels, size, size))


@st.cache_resource(max_entries=256, show_spinner=False)
def tables(model: str, size: int, channels: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Layer table and stage table of `traced`; shared between visitors, so never changed in place."""
    trace = traced(model, size, channels)
    return rc.layer_table(trace), rc.stage_table(trace)


@st.cache_data(max_entries=256, show_spinner=False)
def exported(model: str, size: int, channels: int, form: str) -> str:
    """The layer table as text in one of the export formats."""
    from resnet_core.anatomy.tables.as_text import export_table

    layers, _ = tables(model, size, channels)
    return export_table(layers, form)
