"""Architecture: every layer of a variant, its shape and its cost, beside the paper's table."""

from functools import partial

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._layout import compact, drawing, header, how, next_pages, prose, theme_name
from pages._links import asked_in_vain, hear_link, link, say_in_vain
from pages.network.columns import stage_columns
from pages.network.diagram import diagram, explorer, offer_exports, show_place
from pages.network.exports import offer_tables
from pages.network.journey import journey, show_stop, way
from pages.network.layer_by_layer import layer_by_layer
from pages.network.questions import questions
from pages.network.reconciler import where_it_comes_from
from pages.network.sizes import SIZES
from pages.network.traced import exported, tables, traced
from resnet_core.anatomy.counting.cost import MAC_RULE
from resnet_core.anatomy.tables.remarks import (
    beside_its_twin,
    beside_the_paper,
    input_remark,
    left_out,
    where_it_goes,
    where_the_pool_stands,
)
from resnet_core.anatomy.tables.units import UNITS, in_unit

CHANNELS = (1, 3, 4)


def take_variant() -> None:
    """A newly chosen variant starts at the size that it was made for, and whole."""
    st.session_state.size = rc.get_spec(st.session_state.model).input_size[0]
    link("layer", "")
    show_place("", "")
    show_stop("")


header(
    "What is inside a ResNet, layer by layer?",
    "A stem, then stages of one repeated block, each at half the size and twice the channels of the one before. "
    "Every number is counted by formulas and checked by hooks on the real network.",
)

families = ["all", *rc.list_families()]
asked = asked_in_vain(family=families, model=rc.list_models(), size=SIZES, in_channels=CHANNELS, unit=UNITS)
with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
    family = st.selectbox("Family", families, key="family", bind="query-params", width=130)
    names = rc.list_models(None if family == "all" else family)
    start = names.index("resnet50") if "resnet50" in names else 0
    model = st.selectbox("Variant", names, start, key="model", bind="query-params", on_change=take_variant, width=190)
    own_size = rc.get_spec(model).input_size[0]
    size = st.select_slider("Input, pixels a side", SIZES, own_size, key="size", bind="query-params", width=150)
    channels = st.segmented_control(
        "Input channels", CHANNELS, default=3, key="in_channels", bind="query-params", required=True
    )
    unit = st.segmented_control(
        "Count in", tuple(UNITS), default="MACs", key="unit", bind="query-params", required=True,
        help="One multiply-add is 1 MAC and 2 FLOPs. The paper says FLOPs and means multiply-adds.",
    )  # fmt: skip
spec = rc.get_spec(model).override(in_channels=channels)
walk = walked(spec, size)
paths = [call.path for call in walk.calls]
if (layer := hear_link("layer")) not in ("", *paths):  # another family came with another variant, or the link is wrong
    asked["layer"] = layer
    link("layer", "")
    layer = hear_link("layer")
say_in_vain(asked, layer="the whole network")
picture = diagram(spec, size, unit)
opened = explorer(picture, theme_name())
offer_exports(walk, spec, opened, theme_name(), unit)

numbers = st.columns(4)
numbers[0].metric("Parameters", f"{walk.total_params:,}")
numbers[1].metric(unit, f"{in_unit(walk.total_macs, unit):,}")
numbers[2].metric("Activations in float32", f"{compact(walk.total_activation_bytes)}B")
numbers[3].metric("Layer calls", f"{len(walk.calls):,}")

st.subheader("Follow a pixel, follow a number", anchor=False)
journey(way(spec, size, unit), theme_name())

with st.spinner("Running the network on the meta device"):
    trace, (layers, stages) = traced(model, size, channels), tables(model, size, channels)
factor = UNITS[unit]
if remark := input_remark(spec, walk):
    st.warning(remark, icon=":material/warning:")

charts = (("params", "parameters", 1), ("macs", unit, factor))
for column, (quantity, title, scale) in zip(st.columns(2, gap="large"), charts, strict=True):
    with column:
        st.markdown(f"**Where the {title} go**")
        drawing(rc.figures.stage_bars_drawing(stages, quantity, title, theme_name(), scale), f"{quantity}_chart")
st.caption(where_it_goes(stages))

st.subheader("Stage by stage, beside the paper", anchor=False)
shown = stages.assign(macs=stages["macs"] * factor).drop(columns=["paper_macs", "difference"])
if not shown["paper_output"].any():
    shown = shown.drop(columns=["paper_output", "paper_layers"])
st.dataframe(shown, hide_index=True, column_config=stage_columns(unit), placeholder="", alt=f"Stages of {model}")
twin = model.removesuffix("_v1") if model.endswith("_v1") else f"{model}_v1"
remarks = [beside_the_paper(trace), where_the_pool_stands(trace), left_out(trace)]
if twin in rc.list_models():
    remarks.append(beside_its_twin(trace, walked(rc.get_spec(twin).override(in_channels=channels), size)))
st.markdown(" ".join(filter(None, remarks)))

st.subheader("Layer by layer", anchor=False)
layer_by_layer(trace, layers, picture, opened, layer, unit)
offer_tables(model, partial(exported, model, size, channels))

st.subheader("Another tool says something else?", anchor=False)
where_it_comes_from(model)

st.subheader("Check yourself", anchor=False)
questions(walk)

prose("architecture_try")
how(
    "architecture_how", rc.trace_model, rc.layer_table,
    rule=MAC_RULE, params=f"{trace.total_params:,}", macs=f"{trace.total_macs:,}",
)  # fmt: skip
next_pages(
    ("pages/bottleneck.py", "Why the blocks squeeze their channels"),
    ("pages/classify.py", "The network at work on your photo"),
)
