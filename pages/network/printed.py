"""Counts as papers print them, as a table whose reasons can be read on a wide screen and on a phone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._layout import theme_name
from resnet_core.figures.svg import Markup, tag, together, words

if TYPE_CHECKING:
    import pandas as pd

HEADS = ("network", "printed", "counted here", "why")
LOOK = """<style>
.printed { width: 100%; border-collapse: collapse; font-size: 15px; font-variant-numeric: tabular-nums; }
.printed th { text-align: left; font-weight: 600; color: MUTED; padding: 8px 24px 8px 0; }
.printed td { padding: 8px 24px 8px 0; border-top: 1px solid LINE; vertical-align: top; }
.printed :is(td:nth-child(1), td:nth-child(2), .count) { white-space: nowrap; }
.printed .count { text-align: right; }
.printed .source { color: MUTED; font-size: 14px; }
@media (max-width: 640px) {
  .printed thead { position: absolute; clip-path: inset(50%); }
  .printed tr { display: grid; grid-template-columns: 1fr auto; padding: 8px 0; border-top: 1px solid LINE; }
  .printed td { border: 0; padding: 0; }
  .printed td:nth-child(1) { font-weight: 600; }
  .printed td:nth-child(2) { text-align: right; }
  .printed td:nth-child(3), .printed td:nth-child(4) { grid-column: 1 / -1; text-align: left; }
  .printed .again { display: none; }
}
</style>"""


def show_printed(counts: pd.DataFrame) -> None:
    """The table; each reason wraps, with its source under it."""
    colours = rc.figures.palette(theme_name())
    kinds = (None, None, "count", None)
    heads = (tag("th", words(name), role="columnheader", class_=kind) for name, kind in zip(HEADS, kinds, strict=True))
    head = tag("tr", *heads, role="row")
    rows = (_row(row) for row in counts.to_dict("records"))
    table = tag("table", tag("thead", head), tag("tbody", *rows), class_="printed", role="table")
    st.html(LOOK.replace("MUTED", colours["muted"]).replace("LINE", colours["hairline"]) + table)


def _row(row: Mapping[Hashable, Any]) -> Markup:
    here = f"{row['counted here']:,}" if isinstance(row["counted here"], int) else "–"
    again = " again" if row["why"].startswith(here) else ""  # on a phone the reason, right below, says it
    cells = (
        words(row["network"]), words(row["printed"]), words(here),
        together(words(row["why"]), tag("div", words(row["source"]), class_="source")),
    )  # fmt: skip
    kinds = (None, None, f"count{again}", None)
    return tag(
        "tr", *(tag("td", cell, role="cell", class_=kind) for cell, kind in zip(cells, kinds, strict=True)), role="row"
    )
