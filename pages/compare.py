"""Compare: two networks on one scale, aligned by stage, with what differs."""

import streamlit as st

import resnet_core as rc
from pages._diagram import network_drawing
from pages._layout import PROSE_WIDTH, header, how, next_pages, prose
from pages._shared import ignored_choice, theme_name
from resnet_core.anatomy.family import spec_changes
from resnet_core.anatomy.side_by_side import StagePair, side_by_side
from resnet_core.figures.diagram_words import shape_words

SIZES = (32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 384, 448, 512)


def stage_rows(pairs: tuple[StagePair, ...], left: str, right: str) -> list[dict[str, object]]:
    """The table below the drawings: each stage on both sides, and right minus left."""
    right = right if right != left else f"{right} again"
    return [
        {
            "stage": pair.name,
            "differs in": ", ".join(pair.differs),
            f"output, {left}": shape_words(pair.left.output_shape) if pair.left else "",
            f"output, {right}": shape_words(pair.right.output_shape) if pair.right else "",
            f"parameters, {left}": pair.left.params if pair.left else None,
            f"parameters, {right}": pair.right.params if pair.right else None,
            "added parameters": pair.added_params,
            f"MACs, {left}": pair.left.macs if pair.left else None,
            f"MACs, {right}": pair.right.macs if pair.right else None,
            "added MACs": pair.added_macs,
        }
        for pair in pairs
    ]


header(
    "How do two variants differ?",
    "Both networks are drawn on one scale and aligned by stage. Framed stages differ; the table says in what.",
)
names = rc.list_models()
asked = [bad for side in ("left", "right") if (bad := ignored_choice(side, names))]
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    left = st.selectbox("One", names, names.index("resnet34"), key="left", bind="query-params", width=210)
    right = st.selectbox("The other", names, names.index("plain34"), key="right", bind="query-params", width=210)
    size = st.select_slider("Input of both, pixels a side", SIZES, 224, key="size", bind="query-params", width=260)
for name in asked:
    st.warning(f"The link asks for {name!r}, which is no variant here.", icon=":material/link_off:")

specs = [rc.get_spec(name) for name in (left, right)]
traces = [rc.walk_spec(spec, (1, spec.in_channels, size, size)) for spec in specs]
pairs = side_by_side(*traces)
differing = [pair.stage for pair in pairs if pair.differs]
for trace, other, side in zip(traces, reversed(traces), ("left", "right"), strict=True):
    st.markdown(f"**{trace.name}**: {trace.total_params:,} parameters, {trace.total_macs:,} MACs")
    network_drawing(trace, theme_name(), f"{side}_drawing", beside=other, marked=differing)

total, rows = pairs[-1], stage_rows(pairs, left, right)
with st.container(width=PROSE_WIDTH):
    if total.differs or differing:
        st.markdown(
            f"Against {left}, {right} has **{total.added_params:+,}** parameters and does **{total.added_macs:+,}** "
            f"multiply-adds. {len(differing) - bool(total.differs)} of {len(pairs) - 1} stages differ."
        )
    else:
        st.markdown("The two do the same in every stage.")
st.dataframe(
    rows, hide_index=True, placeholder="", alt=f"Stages of {left} and {right}",
    column_config={
        name: st.column_config.NumberColumn(format="localized")
        for name in rows[0] if "parameters" in name or "MACs" in name
    },
)  # fmt: skip

changes = spec_changes(specs[1], specs[0])
st.subheader("In the design", anchor=False)
if changes:
    table = {
        "choice": [change.field for change in changes], left: [str(change.before) for change in changes],
        f"{right} ": [str(change.after) for change in changes],
    }  # fmt: skip
    st.dataframe(table, hide_index=True, alt="Choices in which the two designs differ")
else:
    st.caption("Both have the same design.")

prose("compare_try")
how("compare_how", side_by_side)
next_pages(("pages/architecture.py", "Each layer of one variant"), ("pages/variants.py", "What each change bought"))
