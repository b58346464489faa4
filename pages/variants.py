"""Variants: what each change did to the block, to the cost and to the accuracy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import aside, drawing, header, how, next_pages, prose, theme_name
from pages._links import say_in_vain, unknown_among
from pages.frame.as_notebook import offer_notebook
from pages.frame.whole import whole_table
from pages.lesson.check import check_yourself
from pages.network.bought import show_accuracy, show_equal_cost, show_frameworks, under
from pages.network.columns import as_read, variant_columns
from pages.theory.table_1 import show_table_1
from resnet_core.anatomy.exercises.networks import variant_exercises
from resnet_core.anatomy.tables.block_steps import compare_block
from resnet_core.anatomy.tables.family import accuracy_table, equal_cost_pairs, recipe_and_depth, variant_table

if TYPE_CHECKING:
    import pandas as pd

TABS = ("What it bought", "What it costs", "Groups or width", "In three frameworks", "Table 1, trained")
COSTS = ("variant", "family", "input", "params", "macs", "activation_bytes")


@st.cache_data(show_spinner="Reading the published accuracies")
def accuracies() -> pd.DataFrame:
    """Every published accuracy of the family, with its cost."""
    return accuracy_table(rc.list_models())


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
table, published = variant_table(chosen), accuracies()
drawings = [rc.figures.change_drawing(compare_block(rc.get_spec(name)), name, theme) for name in chosen]
drawing(rc.figures.beside_each_other(drawings, [under(row, published) for row in table.itertuples()]), "changes")

points = recipe_and_depth(published)
main, beside = aside()
with beside:
    prose("variants_try", points=f"{points[0]:.1f}")
with main:
    bought, costs, groups, code, five = st.tabs(TABS, key="more", bind="query-params")
    with bought:
        if bought.open:
            show_accuracy(published, chosen, points, theme)
    with costs:
        if costs.open:
            whole_table(
                as_read(table[list(COSTS)]), hide_index=True, column_config=variant_columns(), placeholder="",
                alt="Cost of the variants", on_phone=("variant", "params", "macs"),
            )  # fmt: skip
            st.caption("All at the input size of the first one.")
    with groups:
        if groups.open:
            show_equal_cost()
    with code:
        if code.open:
            show_frameworks()
    with five:
        if five.open:
            show_table_1()
how("variants_how", variant_table, equal_cost_pairs)
offer_notebook("variants", chosen=chosen)
check_yourself("Variants", lambda: variant_exercises(chosen))
next_pages(("pages/architecture.py", "Each layer of one variant"), ("pages/published.py", "The papers' own tables"))
