"""What variants bought and what they cost, and the same block elsewhere: parts of the page Variants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._layout import chart, percent
from pages._links import asked_in_vain, say_in_vain
from pages.frame.whole import whole_table
from resnet_core.anatomy.tables.family import equal_cost_pairs
from resnet_core.notation import short

if TYPE_CHECKING:
    import pandas as pd

CHANNELS, WIDTHS = (128, 256, 512), (32, 64, 128)
CODE = ("Residual", "ResNeXtBlock")


@st.cache_data(max_entries=len(CODE), show_spinner=False)
def framework_blocks(block: str) -> list[str]:
    """Source of one block in PyTorch, Flax and Keras."""
    from resnet_core.models.frameworks import FRAMEWORKS, block_source

    return [block_source(framework, block) for framework in FRAMEWORKS]


def under(row: Any, published: pd.DataFrame) -> str:
    """What stands below a variant's drawing: its cost, its best published accuracy, its source.

    Args:
        row: of `variant_table`.
    """
    own = published[published["variant"] == row.variant]
    best = "No published accuracy here"
    if len(own):
        first = own.loc[own["top1"].idxmax()]
        best = f"At best {percent(first['top1'] / 100)} top-1, {first['weights'].partition('.')[2]}"
    cost = f"{short(row.params)} parameters, {short(row.macs)} MACs"
    return "\n".join((cost, best, rc.get_spec(row.variant).source))


def show_accuracy(published: pd.DataFrame, chosen: list[str], points: tuple[float, float], theme: str) -> None:
    """Every published set of weights by its cost, the chosen variants named."""
    figure = rc.figures.accuracy_figure(published, chosen, theme)
    chart(figure, "accuracy", "Top-1 accuracy against multiply-adds")
    st.caption(
        "Each mark is one published set of weights; the name that it shows when pointed at ends in its recipe. The "
        "best of each chosen variant is named. Compare marks of one recipe: on ImageNet, torchvision's second recipe "
        f"moves resnet50 by {points[0]:.1f} points, and 51 more layers move it by {points[1]:.1f} under the first."
    )
    with st.expander("The numbers and their sources", icon=":material/table:"):
        whole_table(
            published[published["variant"].isin(chosen)], hide_index=True, alt="Published accuracies",
            on_phone=("variant", "weights", "top1"),
        )  # fmt: skip


def show_equal_cost() -> None:
    """More groups or more width at equal cost."""
    asked = asked_in_vain(channels=CHANNELS, width=WIDTHS)
    with st.container(horizontal=True, gap="medium"):
        channels = st.select_slider(
            "Channels in and out", CHANNELS, 256, key="channels", bind="query-params", width=240
        )
        width = st.select_slider("Width without groups", WIDTHS, 64, key="width", bind="query-params", width=240)
    say_in_vain(asked)
    pairs = equal_cost_pairs(channels=channels, width=width)
    whole_table(
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
        on_phone=("cardinality × width", "weights of the bottleneck", "difference", "MACs"),
    )


def show_frameworks() -> None:
    """One block in three frameworks."""
    asked = asked_in_vain(code=CODE)
    block = st.segmented_control("Block", CODE, default="Residual", key="code", bind="query-params", required=True)
    say_in_vain(asked)
    for tab, source in zip(st.tabs(["PyTorch", "Flax", "Keras"]), framework_blocks(block), strict=True):
        tab.code(source, language="python", wrap_lines=True)
    st.caption("With the same weights, all three give the same output within 1e-4: a test holds them to it.")
