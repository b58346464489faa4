"""Published figures: the papers' tables with ours beside them, each with its source."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import aside, header, how, next_pages, percent, prose
from pages._links import asked_in_vain, say_in_vain
from pages.frame.as_notebook import offer_notebook
from pages.frame.whole import whole_table
from pages.network.printed import show_printed
from pages.network.reconciler import where_it_comes_from
from resnet_core.anatomy.papers.published import TRACED_ELSEWHERE
from resnet_core.anatomy.reconcile.explain import explain_count

if TYPE_CHECKING:
    import pandas as pd


FIRST_TABLE = "Table 2"
TABS = ("Counts, printed and here", "Errors, as printed")


@st.cache_data(show_spinner="Counting what the papers print")
def published_counts() -> pd.DataFrame:
    """Each printed count, what is counted here, and the rule that lies between."""
    import pandas as pd

    from resnet_core.anatomy.reconcile.explain import explain_published

    beside = {name: rc.walk_spec("resnet34").total_macs / macs for name, macs in TRACED_ELSEWHERE.items()}
    rows = [
        {
            "network": row.printed,
            "printed": f"{row.text} {row.quantity}",
            "counted here": explanation.matches[0].value
            if explanation and explanation.matches
            else TRACED_ELSEWHERE.get(row.printed),
            "why": explanation.sentence
            if explanation
            else f"torchvision's, by the same rule. ResNet-34 does {percent(beside[row.printed])} of it.",
            "source": row.source,
        }
        for row, explanation in explain_published()
    ]
    return pd.DataFrame(rows).astype({"counted here": "Int64"})


@st.cache_data(show_spinner=False)
def published_errors() -> dict[str, pd.DataFrame]:
    """The papers' tables of errors, by name."""
    import pandas as pd

    from resnet_core.anatomy.papers.published import ERROR_TABLES

    tables = {name: pd.DataFrame([asdict(row) for row in rows]) for name, rows in ERROR_TABLES.items()}
    order = ["printed", "top1", "top5", "test", "variant", "note", "source"]
    return {name: table.replace("", None)[order].dropna(axis="columns", how="all") for name, table in tables.items()}


def show_errors() -> None:
    """One of the papers' tables of errors. They are quoted: training on ImageNet does not fit into a browser."""
    tables = published_errors()
    asked = asked_in_vain(table=tables)
    which = st.segmented_control(
        "Table", list(tables), default=FIRST_TABLE, key="table", bind="query-params", required=True
    )
    say_in_vain(asked)
    table = tables[which]
    same = {name: table[name].iloc[0] for name in ("source", "test") if table[name].nunique() == 1}
    whole_table(
        table.drop(columns=list(same)), hide_index=True, alt=which, placeholder="",
        on_phone=("printed", "top1", "top5", "variant"),
        column_config={
            "top1": st.column_config.NumberColumn("top-1 error", format="%.2f %%"),
            "top5": st.column_config.NumberColumn("top-5 error", format="%.2f %%"),
        },
    )  # fmt: skip
    st.caption(f"Quoted: {'. '.join(same.values())}. Training on ImageNet does not fit into a browser.")


header(
    "Do the published figures hold?",
    "Printed numbers beside counted ones; and for a number from elsewhere, the rule that gives it.",
)

networks = rc.list_models()
asked = asked_in_vain(model=networks)
main, beside = aside()
with beside:
    prose("published_try")
with main:
    with st.container(horizontal=True, gap="small"):
        model = st.selectbox(
            "Network", networks, networks.index("resnet50"), key="model", bind="query-params", width=220
        )
        field = st.container(width="content")
    say_in_vain(asked)
    seen = where_it_comes_from(model, "25,636,712", field)

counts, errors = st.tabs(TABS, default=TABS["table" in st.query_params], key="shows", bind="query-params")
with counts:
    if counts.open:
        show_printed(published_counts())
with errors:
    if errors.open:
        show_errors()

how("published_how", explain_count)
offer_notebook("published", model=model, seen=seen, table=st.session_state.get("table", FIRST_TABLE))
next_pages(("pages/architecture.py", "The network behind a count"), ("pages/variants.py", "What the accuracies bought"))
