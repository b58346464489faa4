"""Published figures: the papers' tables with ours beside them, each with its source."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from pages._layout import header, how, next_pages, prose
from pages._links import asked_in_vain, say_in_vain
from pages.frame.whole import whole_table
from pages.network.reconciler import where_it_comes_from
from resnet_core.anatomy.reconcile.explain import explain_count

if TYPE_CHECKING:
    import pandas as pd


@st.cache_data(show_spinner="Counting what the papers print")
def published_counts() -> pd.DataFrame:
    """Each printed count, what is counted here, and the rule that lies between."""
    import pandas as pd

    from resnet_core.anatomy.reconcile.explain import explain_published

    rows = [
        {
            "network": row.printed,
            "printed": f"{row.text} {row.quantity}",
            "counted here": explanation.matches[0].value if explanation and explanation.matches else None,
            "why": explanation.sentence if explanation else "This network is not built here.",
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


header(
    "Do the published figures hold?",
    "What the papers print, beside what is counted here. Where the two differ, the reason stands beside them. "
    "Accuracies are quoted: training on ImageNet does not fit into a browser.",
)

st.subheader("Counts: printed, and counted here", anchor=False)
whole_table(
    published_counts(), hide_index=True, alt="Published counts and ours", placeholder="",
    column_config={
        "counted here": st.column_config.NumberColumn(format="localized"),
        "why": st.column_config.TextColumn(width=510),
        "source": st.column_config.TextColumn(width=120),
    },
)  # fmt: skip

st.subheader("Errors, as printed", anchor=False)
tables = published_errors()
asked = asked_in_vain(table=tables)
which = st.segmented_control("Table", list(tables), default="Table 2", key="table", bind="query-params", required=True)
say_in_vain(asked)
whole_table(
    tables[which], hide_index=True, alt=which, placeholder="",
    column_config={
        "top1": st.column_config.NumberColumn("top-1 error", format="%.2f %%"),
        "top5": st.column_config.NumberColumn("top-5 error", format="%.2f %%"),
        "source": st.column_config.TextColumn(width="medium"),
    },
)  # fmt: skip

st.subheader("A number that you read elsewhere", anchor=False)
model = st.text_input("Network", "resnet50", key="model", bind="query-params", width=260, max_chars=40)
where_it_comes_from(model, "25,636,712")

prose("published_try")
how("published_how", explain_count)
next_pages(("pages/architecture.py", "The network behind a count"), ("pages/variants.py", "What the accuracies bought"))
