"""The view of Architecture that opens: the drawing, and behind tabs what one asks of it next."""

from __future__ import annotations

from functools import partial

import streamlit as st

import resnet_core as rc
from pages._caches import exported, tables, traced, walked
from pages._layout import aside, drawing, how, prose, theme_name
from pages._links import hear_link, link, say_in_vain
from pages.frame.as_notebook import offer_notebook
from pages.network.alive import accept_proposal, alive, arrive, link_to_addition, proposal
from pages.network.chosen import choose_square, settings_row
from pages.network.diagram import diagram, explorer, offer_exports, way
from pages.network.exports import offer_tables
from pages.network.layer_by_layer import layer_by_layer
from pages.network.questions import questions
from resnet_core.anatomy.counting.cost import MAC_RULE
from resnet_core.anatomy.tables.remarks import input_remark, where_it_goes
from resnet_core.anatomy.tables.units import UNITS, in_unit
from resnet_core.notation import megabytes

TABS = ("Check yourself", "Layers", "Where it goes")


def show_explore() -> rc.ModelSpec:
    """Draw a network that opens; returns its spec."""
    arrive()
    row = settings_row()
    with row:
        model, spec, shape, unit, asked = choose_square()
    size, theme = shape[-1], theme_name()
    walk = walked(spec, size)
    layer = hear_link("layer")
    if layer not in ("", *(call.path for call in walk.calls)):  # another variant came, or the link is wrong
        asked["layer"] = layer
        link("layer", "")
        layer = hear_link("layer")
    say_in_vain(asked, layer="the whole network")
    if remark := input_remark(spec, walk):
        st.warning(remark, icon=":material/warning:")
    picture = diagram(spec, size, unit)
    flowing = alive(spec, size, row)
    opened = explorer(picture, way(spec, size, unit), theme, flowing, proposal(model, size), accept_proposal)
    link_to_addition(flowing, opened)
    numbers = st.columns(4)
    numbers[0].metric("Parameters", f"{walk.total_params:,}")
    numbers[1].metric(unit, f"{in_unit(walk.total_macs, unit):,}")
    numbers[2].metric("All outputs in float32", megabytes(walk.total_activation_bytes))
    numbers[3].metric("Layer calls", f"{len(walk.calls):,}")
    notebook = partial(
        offer_notebook, "architecture", model=model, channels=shape[1], shape=shape, opened=opened, unit=unit
    )
    offer_exports(walk, spec, opened, theme, unit, notebook)

    main, beside = aside()
    with beside:
        prose("architecture_try")
    with main:
        check, rows, costs = st.tabs(TABS, key="below", bind="query-params")
        with rows:
            if rows.open:
                with st.spinner("Running the network on the meta device"):
                    trace, (layers, _) = traced(model, shape), tables(model, shape)
                layer_by_layer(trace, layers, picture, opened, layer, unit)
                offer_tables(model, partial(exported, model, shape))
        with costs:
            if costs.open:
                _where_it_goes(model, shape, unit, theme)
        with check:
            if check.open:
                questions(walk)
    how(
        "architecture_how", rc.trace_model, rc.layer_table,
        rule=MAC_RULE, params=f"{walk.total_params:,}", macs=f"{walk.total_macs:,}",
    )  # fmt: skip
    return spec


def _where_it_goes(model: str, shape: tuple[int, int, int, int], unit: str, theme: str) -> None:
    """Parameters and work by stage."""
    _, stages = tables(model, shape)
    charts = (("params", "parameters", 1), ("macs", unit, UNITS[unit]))
    for column, (quantity, title, scale) in zip(st.columns(2, gap="large"), charts, strict=True):
        with column:
            st.markdown(f"**Where the {title} go**")
            drawing(rc.figures.stage_bars_drawing(stages, quantity, title, theme, scale), f"{quantity}_chart")
    st.caption(where_it_goes(stages))
