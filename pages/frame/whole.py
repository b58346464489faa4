"""A table as ever on screen, whole on paper, and with fewer columns on a phone.

Streamlit's own is a picture of its window: it prints no more than that, and on a phone it is moved sideways.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import streamlit as st

from resnet_core.notation import unbroken

MOST_ROWS = 600  # on paper, some ten sheets; what is longer is better taken home as a file


def whole_table(
    data: Any,
    *,
    alt: str,
    column_config: Mapping[str, Any] | None = None,
    column_order: Sequence[str] | None = None,
    on_paper: Sequence[str] | None = None,
    on_phone: Sequence[str] | None = None,
    **look: Any,
) -> None:
    """`st.dataframe`, and beside it the same as HTML that only paper shows, and a phone.

    Args:
        on_paper: its columns there, where all of them would be wider than a sheet.
        on_phone: those of them that fit a phone; without them it has Streamlit's table too.
    """
    with st.container(key=f"whole_{re.sub(r'[^A-Za-z0-9]+', '_', alt)}"):
        st.dataframe(data, alt=alt, column_config=column_config, column_order=column_order, **look)
        st.html(printed_html(data, column_config or {}, on_paper or column_order, on_phone))


def printed_html(
    data: Any,
    column_config: Mapping[str, Any],
    column_order: Sequence[str] | None = None,
    on_phone: Sequence[str] | None = None,
) -> str:
    """Every row of a table, written as its columns are configured; numbers stand on the right.

    Args:
        data: a DataFrame, what makes one, or one with a style.
        column_config, column_order: as for `st.dataframe`; a column set to None is left out.
        on_phone: the columns that a phone has, if it has this table.
    """
    import pandas as pd

    frame = pd.DataFrame(getattr(data, "data", data))
    names = [name for name in column_order or map(str, frame.columns) if column_config.get(name, {}) is not None]
    shown = frame.head(MOST_ROWS)
    numeric = {name for name in names if pd.api.types.is_numeric_dtype(frame[name])}
    kinds = {
        name: " ".join(["number"] * (name in numeric) + ["rest"] * (on_phone is not None and name not in on_phone))
        for name in names
    }
    head = "".join(f"<th{_kind(kinds[name])}>{escape(_label(name, column_config))}</th>" for name in names)
    rows = "".join(
        f"<tr>{''.join(_cell(row[name], column_config.get(name), kinds[name]) for name in names)}</tr>"
        for _, row in shown.iterrows()
    )
    rest = f"<p>{len(frame) - MOST_ROWS:,} rows more: they are in the file that the page offers.</p>"
    more = rest if len(frame) > MOST_ROWS else ""
    where = "class='only-print'" if on_phone is None else "class='only-print on-phone' tabindex='0'"  # it scrolls there
    return f"<div {where}><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{more}</div>"


def _label(name: str, column_config: Mapping[str, Any]) -> str:
    told = column_config.get(name)
    return unbroken(str((told.get("label") if isinstance(told, Mapping) else told) or name))


def _cell(value: Any, told: Any, kind: str) -> str:
    return f"<td{_kind(kind)}>{escape(unbroken(written(value, told)))}</td>"


def _kind(kind: str) -> str:
    return f" class='{kind}'" if kind else ""


def written(value: Any, told: Any = None) -> str:
    """A value as its column says: "1,179,648", "7.93 %"; nothing where there is none."""
    import pandas as pd

    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    form = told.get("type_config", {}).get("format") if isinstance(told, Mapping) else None
    if isinstance(value, bool) or not pd.api.types.is_number(value):
        return str(value)
    number = float(str(value))
    if isinstance(form, str) and "%" in form:
        return form % math.nextafter(number, math.copysign(math.inf, number))  # a tie goes away from 0, as in a browser
    return f"{number:,.0f}" if number.is_integer() else f"{number:,.4g}"
