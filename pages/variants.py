"""Variants: what each change did to the block, to the cost and to the accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, chart, drawing, header, how, next_pages, prose, theme_name
from pages._links import asked_in_vain, say_in_vain, unknown_among
from pages.network.columns import variant_columns
from resnet_core.anatomy.tables.block_steps import compare_block
from resnet_core.anatomy.tables.family import accuracy_table, equal_cost_pairs, recipe_and_depth, variant_table

if TYPE_CHECKING:
    import pandas as pd

CHANNELS, WIDTHS = (128, 256, 512), (32, 64, 128)
CODE = ("Residual", "ResNeXtBlock")
COSTS = ("variant", "family", "input", "params", "macs", "activation_bytes")


@st.cache_data(show_spinner="Reading the published accuracies")
def accuracies() -> pd.DataFrame:
    """Every published accuracy of the family, with its cost."""
    return accuracy_table(rc.list_models())


@st.cache_data(max_entries=len(CODE), show_spinner=False)
def framework_blocks(block: str) -> list[str]:
    """Source of one block in PyTorch, Flax and Keras."""
    from resnet_core.models.frameworks import FRAMEWORKS, block_source

    return [block_source(framework, block) for framework in FRAMEWORKS]


header(
    "What did people change, and what did it buy?",
    "Variants touch four places: the stem, the branch, the shortcut, and the addition with what follows it. "
    "What differs from the original is marked.",
)

names = rc.list_models()
asked = unknown_among("variants", names)
chosen = st.multiselect(
    "Up to four variants", names, ["resnet50", "resnet50d", "seresnet50", "resnext50_32x4d"],
    key="variants", bind="query-params", max_selections=4,
)  # fmt: skip
say_in_vain(asked)
if not chosen:
    st.info("Choose a variant above to see what it changes.", icon=":material/arrow_upward:")
    st.stop()

theme = theme_name()
for pair in (chosen[:2], chosen[2:]):
    for column, name in zip(st.columns(2, gap="large"), pair, strict=False):
        with column:
            spec = rc.get_spec(name)
            drawing(rc.figures.change_drawing(compare_block(spec), name, theme), f"change_{name}")
            st.caption(spec.source)

st.subheader("What it costs", anchor=False)
table = variant_table(chosen)[list(COSTS)]
st.dataframe(table, hide_index=True, column_config=variant_columns(), placeholder="", alt="Cost of the variants")
st.caption("All at the input size of the first one.")

st.subheader("What it bought", anchor=False)
published = accuracies()
points = recipe_and_depth(published)
figure = rc.figures.accuracy_figure(published, chosen, theme)
chart(figure, "accuracy", "Top-1 accuracy against multiply-adds")
st.caption(
    "Each mark is one published set of weights; the name that it shows when pointed at ends in its recipe. The best of "
    "each chosen variant is named. Compare marks of one recipe: on ImageNet, torchvision's second recipe moves "
    f"resnet50 by {points[0]:.1f} points, and 51 more layers move it by {points[1]:.1f} under the first."
)
with st.expander("The numbers and their sources", icon=":material/table:"):
    st.dataframe(published[published["variant"].isin(chosen)], hide_index=True, alt="Published accuracies")

st.subheader("More groups or more width, at equal cost?", anchor=False)
asked = asked_in_vain(channels=CHANNELS, width=WIDTHS)
with st.container(horizontal=True, gap="medium"):
    channels = st.select_slider("Channels in and out", CHANNELS, 256, key="channels", bind="query-params", width=240)
    width = st.select_slider("Width without groups", WIDTHS, 64, key="width", bind="query-params", width=240)
say_in_vain(asked)
pairs = equal_cost_pairs(channels=channels, width=width)
st.dataframe(
    {
        "cardinality × width": [pair.label for pair in pairs],
        "weights of the bottleneck": [pair.params for pair in pairs],
        "difference": [pair.difference * 100 for pair in pairs],
        "printed by Xie et al.": [f"{pair.printed_width}d" if pair.printed_width else "" for pair in pairs],
        "ResNet-50 with it, parameters": [pair.model_params for pair in pairs],
        "MACs": [pair.model_macs for pair in pairs],
    },
    hide_index=True,
    column_config={
        "weights of the bottleneck": st.column_config.NumberColumn(format="localized"),
        "difference": st.column_config.NumberColumn(format="%+.1f %%"),
        "ResNet-50 with it, parameters": st.column_config.NumberColumn(format="localized"),
        "MACs": st.column_config.NumberColumn(format="localized"),
    },
    alt="Cardinality and width at equal cost",
)

st.subheader("The same block in three frameworks", anchor=False)
asked = asked_in_vain(code=CODE)
block = st.segmented_control("Block", CODE, default="Residual", key="code", bind="query-params", required=True)
say_in_vain(asked)
for tab, source in zip(st.tabs(["PyTorch", "Flax", "Keras"]), framework_blocks(block), strict=True):
    tab.code(source, language="python", wrap_lines=True)
with st.container(width=PROSE_WIDTH):
    st.caption("With the same weights, all three give the same output within 1e-4: a test holds them to it.")

prose("variants_try", points=f"{points[0]:.1f}")
how("variants_how", variant_table, equal_cost_pairs)
next_pages(("pages/architecture.py", "Each layer of one variant"), ("pages/published.py", "The papers' own tables"))
