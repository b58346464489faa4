"""Architecture: every layer of a variant, its shape and its cost, beside the paper's table."""

import streamlit as st
from resnet_core.anatomy.formulas import explain_call

import resnet_core as rc
from pages._columns import layer_columns, stage_columns
from pages._layout import compact, header, how, next_pages, prose
from pages._shared import exported, ignored_choice, tables, theme_name, traced
from resnet_core.anatomy.cost import MAC_RULE
from resnet_core.anatomy.export import SUFFIXES

SIZES = (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 384, 448, 512)
UNITS = {"MACs": 1, "FLOPs": 2}


def beside_the_paper(trace: rc.Trace, stages: object) -> str:
    """Our multiply-adds beside the paper's and beside the other place of the stride, in words."""
    words = []
    printed, difference = stages["paper_macs"].iloc[-1], stages["difference"].iloc[-1]
    if printed == printed and printed is not None and difference is not None:
        words.append(f"The paper prints {printed / 1e9:.1f} billion multiply-adds; counted here: {trace.total_macs:,}.")
    twin = f"{model.removesuffix('_v1')}_v1" if not model.endswith("_v1") else model.removesuffix("_v1")
    if twin in rc.list_models():
        place, other = ("first 1×1", "3×3") if model.endswith("_v1") else ("3×3", "first 1×1")
        words.append(
            f"This variant strides its {place} convolution. With the stride on the {other}, as in `{twin}`, "
            f"the same parameters need {traced(twin, size, channels).total_macs:,} MACs."
        )
    return " ".join(words)


def take_own_size() -> None:
    """A newly chosen variant starts at the size that it was made for."""
    st.session_state.size = rc.get_spec(st.session_state.model).input_size[0]


header(
    "What is inside a ResNet, layer by layer?",
    "Five stages of the same block, each at half the size and twice the channels of the one before. "
    "Every number below is read off the real network, as it runs.",
)

asked = ignored_choice("model", rc.list_models())
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    family = st.selectbox("Family", ["all", *rc.list_families()], key="family", bind="query-params", width=180)
    names = rc.list_models(None if family == "all" else family)
    model = st.selectbox(
        "Variant", names, names.index("resnet50") if "resnet50" in names else 0,
        key="model", bind="query-params", on_change=take_own_size, width=220,
    )  # fmt: skip
    if "size" not in st.session_state and "size" not in st.query_params:
        take_own_size()
    size = st.select_slider("Input, pixels a side", SIZES, 224, key="size", bind="query-params", width=300)
    channels = st.segmented_control(
        "Input channels", (1, 3, 4), default=3, key="channels", bind="query-params", required=True
    )
    unit = st.segmented_control(
        "Count", tuple(UNITS), default="MACs", key="unit", bind="query-params", required=True,
        help="One multiply-add is 1 MAC and 2 FLOPs. The paper says FLOPs and means multiply-adds.",
    )  # fmt: skip
if asked:
    st.warning(f"The link asks for {asked!r}, which is no variant here. You see {model}.", icon=":material/link_off:")

with st.spinner("Running the network on the meta device"):
    trace, (layers, stages) = traced(model, size, channels), tables(model, size, channels)
factor = UNITS[unit]
spec = rc.get_spec(model)
if spec.stem == "imagenet" and size < 64:
    st.warning(
        f"At {size}×{size} pixels this stem throws most of the picture away: the last stage has "
        f"{stages['output'].iloc[-3]} values a channel left. The cifar_ variants are made for small pictures.",
        icon=":material/warning:",
    )

numbers = st.columns(4)
numbers[0].metric("Parameters", f"{trace.total_params:,}")
numbers[1].metric(unit, f"{trace.total_macs * factor:,}")
numbers[2].metric("Activations, float32", f"{compact(trace.total_activation_bytes)}B")
numbers[3].metric("Layer calls", f"{len(trace.calls):,}")

where = st.columns(2, gap="large")
for column, (quantity, title, scale) in zip(where, (("params", "parameters", 1), ("macs", unit, factor)), strict=True):
    with column:
        st.markdown(f"**Where the {title} go**")
        figure = rc.figures.stage_bars_figure(stages, quantity, title, theme_name(), scale)
        st.plotly_chart(
            figure, theme=None, key=f"{quantity}_chart", config={"displayModeBar": False}, alt=f"{title} by stage"
        )
st.caption(
    "The last stages hold the weights. The work is spread over all of them: half the size pays for twice the channels."
)

st.subheader("Stage by stage, beside the paper", anchor=False)
shown = stages.assign(macs=stages["macs"] * factor).drop(columns=["paper_macs", "difference"])
if not stages["paper_output"].any():
    shown = shown.drop(columns=["paper_output", "paper_layers"])
st.dataframe(shown, hide_index=True, column_config=stage_columns(unit), alt=f"Stages of {model}")
st.markdown(beside_the_paper(trace, stages))

st.subheader("Layer by layer", anchor=False)
with st.container(horizontal=True, gap="medium"):
    stage_filter = st.pills(
        "Stage", list(layers["stage"].unique()), selection_mode="multi", key="stages", bind="query-params"
    )
    kind_filter = st.pills(
        "Kind", list(layers["kind"].unique()), selection_mode="multi", key="kinds", bind="query-params"
    )
rows = layers[
    (layers["stage"].isin(stage_filter or layers["stage"])) & (layers["kind"].isin(kind_filter or layers["kind"]))
]
paths = list(rows["path"])


def take_row() -> None:
    """A row that is clicked becomes the layer in the link."""
    selected = st.session_state.layer_rows.selection.rows
    if selected:
        st.session_state.layer = paths[selected[0]]


if rows.empty:
    st.info("No layer is of this kind in this stage. Clear one of the two filters.", icon=":material/filter_alt_off:")
else:
    st.dataframe(
        rows.assign(macs=rows["macs"] * factor), hide_index=True, height=390, column_config=layer_columns(unit),
        key="layer_rows", on_select=take_row, selection_mode="single-row", alt=f"Layers of {model}",
    )  # fmt: skip
    chosen = st.selectbox("Show the arithmetic of", paths, key="layer", bind="query-params", width=360)
    call = trace.calls[list(layers["path"]).index(chosen)]
    with st.container(border=True):
        st.markdown(f"**{call.path}**, {call.kind}: {call.input_shape} → {call.output_shape}")
        for formula in explain_call(trace, call.index):
            st.markdown(f"{formula.quantity}: `{formula.expression}`")

with st.container(horizontal=True, gap="small"):
    for form, suffix in SUFFIXES.items():
        st.download_button(
            f"Layers, {suffix}", exported(model, size, channels, "layers", form), f"{model}_layers.{suffix}",
            icon=":material/download:", on_click="ignore",
        )  # fmt: skip

prose("architecture_try")
how(
    "architecture_how",
    rc.trace_model,
    rc.layer_table,
    rule=MAC_RULE,
    params=f"{trace.total_params:,}",
    macs=f"{trace.total_macs:,}",
)
next_pages(
    ("pages/bottleneck.py", "Why the blocks squeeze their channels"),
    ("pages/classify.py", "The network at work on your photo"),
)
