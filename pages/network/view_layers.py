"""Every layer of a variant with all its columns, at any batch, height and width; the stages beside the paper."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import exported, tables, traced
from pages._layout import how, literal, unbroken
from pages._links import say_in_vain
from pages.frame.as_notebook import offer_notebook
from pages.frame.whole import whole_table
from pages.network.chosen import choose_any
from pages.network.columns import as_read, layer_columns, stage_columns
from pages.network.exports import offer_tables
from pages.network.reconciler import where_it_comes_from
from resnet_core.anatomy.counting.cost import MAC_RULE
from resnet_core.anatomy.tables.remarks import (
    beside_its_twin,
    beside_the_paper,
    input_remark,
    left_out,
    where_the_pool_stands,
)
from resnet_core.anatomy.tables.units import UNITS, in_unit

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.anatomy.counting.calls import Trace

# Every column of a call, in the order in which a call happens.
IN_FULL = (
    "path", "kind", "input_shape", "output_shape", "kernel_size", "stride", "padding", "groups", "params", "macs",
    "receptive_field", "activation_bytes", "stage", "block",
)  # fmt: skip
ON_PHONE = ("path", "output_shape", "params")
ON_PAPER = ("path", "kind", "output_shape", "kernel_size", "stride", "params", "macs", "receptive_field")


def show_layers() -> None:
    """All calls first, filtered; then the stages, and where another tool's number comes from."""
    model, spec, shape, unit, asked = choose_any()
    say_in_vain(asked)
    try:
        with st.spinner("Running the network on the meta device"):
            trace, (layers, stages) = traced(model, shape), tables(model, shape)
    except rc.ResNetCoreError as error:
        st.error(literal(error), icon=":material/error:")
        return
    if remark := input_remark(spec, trace):
        st.warning(remark, icon=":material/warning:")
    stage = _pills("Stage", layers["stage"], "stages")
    kind = _pills("Kind", layers["kind"], "kinds")
    kept = layers["stage"].isin(stage or layers["stage"]) & layers["kind"].isin(kind or layers["kind"])
    rows = layers[kept]
    rows = rows.assign(macs=rows["macs"] * UNITS[unit])
    if rows.empty:
        st.info("No layer is of this kind and in this stage. Clear a filter.", icon=":material/filter_alt_off:")
    else:
        whole_table(
            as_read(rows), hide_index=True, height=480, column_config=layer_columns(unit), column_order=IN_FULL,
            on_paper=ON_PAPER, on_phone=ON_PHONE, placeholder="", alt=f"Layers of {model}",
        )  # fmt: skip
        st.caption(
            f"{len(rows)} of {len(layers)} calls: {rows['params'].sum():,} of {trace.total_params:,} parameters, "
            f"{rows['macs'].sum():,} of {in_unit(trace.total_macs, unit):,} {unit}."
        )
    notebook = partial(
        offer_notebook, "layers", model=model, channels=shape[1], shape=shape, stages=list(stage), kinds=list(kind)
    )
    offer_tables(model, partial(exported, model, shape), notebook=notebook)

    st.subheader("Stage by stage, beside the paper", anchor=False)
    shown = stages.assign(macs=stages["macs"] * UNITS[unit]).drop(columns=["paper_macs", "difference"])
    if not shown["paper_output"].any():
        shown = shown.drop(columns=["paper_output", "paper_layers"])
    whole_table(
        as_read(shown), hide_index=True, column_config=stage_columns(unit), placeholder="", alt=f"Stages of {model}",
        on_phone=("stage", "output", "blocks", "params", "macs"),
    )  # fmt: skip
    remarks = (beside_the_paper(trace), where_the_pool_stands(trace), left_out(trace), *_beside_its_twin(model, trace))
    st.markdown(unbroken(" ".join(filter(None, remarks))))

    st.subheader("Another tool says something else?", anchor=False)
    where_it_comes_from(model)
    how(
        "architecture_how", rc.trace_model, rc.layer_table,
        rule=MAC_RULE, params=f"{trace.total_params:,}", macs=f"{trace.total_macs:,}",
    )  # fmt: skip


def _pills(label: str, values: pd.Series[str], key: str) -> list[str]:
    """A filter: the values that are chosen, none of them for all."""
    return st.pills(
        label, list(values.unique()), selection_mode="multi", key=key, bind="query-params", label_visibility="collapsed"
    )


def _beside_its_twin(model: str, trace: Trace) -> list[str]:
    """What the paper's place of the stride changes, or torchvision's; nothing where there is no such twin."""
    twin = model.removesuffix("_v1") if model.endswith("_v1") else f"{model}_v1"
    return [beside_its_twin(trace, traced(twin, trace.input_shape))] if twin in rc.list_models() else []
