"""Build: change the design of a residual network and see at once what it becomes, or why it can't work."""

import re

import streamlit as st

import resnet_core as rc
from pages._diagram import network_drawing
from pages._layout import header, how, next_pages, prose
from pages._shared import theme_name
from resnet_core.models.codegen import model_code
from resnet_core.models.repair import broken_field, nearest_spec

SIZES = (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 384, 448, 512)
BLOCKS = ("basic", "bottleneck", "preact_basic", "preact_bottleneck", "sk_bottleneck", "split_bottleneck")
SHORTCUTS = ("projection", "projection_all", "pooled_projection", "bare_projection", "zero_pad", "none")
MOST_BLOCKS, WIDEST = 400, 4096  # what a server draws for everyone


def numbers(text: str) -> tuple[int, ...]:
    """Whole numbers in a text field: "3, 4, 6, 3"."""
    return tuple(int(n) for n in re.findall(r"\d+", text)[:12])


def take_nearest(changes: dict[str, object]) -> None:
    """Put the nearest design that works into the form."""
    for field, value in changes.items():
        st.session_state[field] = ", ".join(map(str, value)) if isinstance(value, tuple) else value


header(
    "What if you change the design?",
    "A residual network is a handful of choices. Change one; the drawing, the counts and the code follow.",
)
with st.container(horizontal=True, gap="medium"):
    depths = st.text_input("Blocks in each stage", "3, 4, 6, 3", key="depths", bind="query-params", width=200)
    widths = st.text_input("Channels in each stage", "64, 128, 256, 512", key="widths", bind="query-params", width=230)
    block = st.selectbox("Block", BLOCKS, 1, key="block", bind="query-params", width=200)
    shortcut = st.selectbox("Shortcut", SHORTCUTS, key="shortcut", bind="query-params", width=200)
with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    stem = st.selectbox("Stem", ("imagenet", "cifar", "deep", "deep_wide"), key="stem", bind="query-params", width=150)
    groups = st.number_input("Groups", 1, 1024, 1, key="groups", bind="query-params", width=130)
    per_group = st.number_input(
        "Width per group", 1, 1024, 64, key="width_per_group", bind="query-params", width=150,
        help="Channels of each group in a bottleneck of base width 64.",
    )  # fmt: skip
    stride_on = st.segmented_control(
        "Stride on", ("3x3", "1x1"), default="3x3", key="stride_on", bind="query-params", required=True
    )
    squeeze = st.toggle("Squeeze and excite", key="squeeze_excite", bind="query-params")
    size = st.select_slider("Input, pixels a side", SIZES, 224, key="size", bind="query-params", width=200)

choices = {
    "name": "yours", "family": "own", "block": block, "depths": numbers(depths), "widths": numbers(widths),
    "stem": stem, "shortcut": shortcut, "stride_on": stride_on, "groups": groups, "width_per_group": per_group,
    "squeeze_excite": squeeze, "radix": 2 if block == "split_bottleneck" else 1, "input_size": (size, size),
}  # fmt: skip
if sum(choices["depths"]) > MOST_BLOCKS or max(choices["widths"], default=0) > WIDEST:
    st.error(f"Give at most {MOST_BLOCKS} blocks and {WIDEST:,} channels.", icon=":material/error:")
    st.stop()
try:
    spec = rc.ModelSpec(**choices)
except rc.InvalidSpecError as error:
    st.error(str(error), icon=":material/error:")
    try:
        spec, changes = nearest_spec(choices)
    except rc.InvalidSpecError:
        st.info(f"Change {broken_field(error)} to go on.", icon=":material/edit:")
        st.stop()
    words = ", ".join(
        f"{field} = {', '.join(map(str, v)) if isinstance(v, tuple) else v}" for field, v in changes.items()
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"The nearest design that works, drawn below: **{words}**.")
        st.button("Take it", on_click=take_nearest, args=(changes,), key="take_nearest", icon=":material/check:")

trace = rc.walk_spec(spec, (1, spec.in_channels, size, size))
network_drawing(trace, theme_name(), "built")
facts = st.columns(3)
facts[0].metric("Parameters", f"{trace.total_params:,}")
facts[1].metric("MACs", f"{trace.total_macs:,}")
facts[2].metric("Layers with weights", sum(call.kind in ("Conv2d", "Linear") for call in trace.calls))

st.subheader("The same network as code", anchor=False)
try:
    code = model_code(spec)
except rc.InvalidSpecError as error:
    st.info(str(error), icon=":material/info:")
else:
    st.download_button("yours.py", code, "yours.py", icon=":material/download:", on_click="ignore", key="code")
    with st.expander("Show it", icon=":material/code:"):
        st.code(code, language="python")

prose("build_try")
how("build_how", nearest_spec)
next_pages(("pages/compare.py", "Two named variants side by side"), ("pages/bottleneck.py", "Why blocks squeeze"))
