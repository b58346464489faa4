"""A table as text: CSV, Markdown, LaTeX or JSON."""

from __future__ import annotations

from typing import Literal, get_args

import pandas as pd

from resnet_core.errors import InvalidSpecError

TableFormat = Literal["csv", "markdown", "latex", "json"]
FORMATS: tuple[str, ...] = get_args(TableFormat)
SUFFIXES = {"csv": "csv", "markdown": "md", "latex": "tex", "json": "json"}


def export_table(table: pd.DataFrame, form: str) -> str:
    """The table as text, with every digit.

    Raises:
        InvalidSpecError: for a format that does not exist.
    """
    if form == "csv":
        return table.to_csv(index=False)
    if form == "markdown":
        return _with_blanks(table).to_markdown(index=False, intfmt=",") + "\n"
    if form == "latex":
        return _with_blanks(table).to_latex(index=False, escape=True)
    if form == "json":
        return table.to_json(orient="records", indent=1, force_ascii=False) + "\n"
    raise InvalidSpecError(f"{form!r} is no table format. The formats are: {', '.join(FORMATS)}.")


def _with_blanks(table: pd.DataFrame) -> pd.DataFrame:
    """Empty cells instead of "NaN", for tables that people read."""
    return table.astype(object).where(table.notna(), "")
