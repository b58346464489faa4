"""A table as text: CSV, Markdown, LaTeX or JSON."""

from __future__ import annotations

import json
import re
from typing import Literal, get_args

import pandas as pd
from pandas.api.types import is_numeric_dtype

from resnet_core.anatomy.tables.cells import csv_cell
from resnet_core.errors import InvalidSpecError

TableFormat = Literal["csv", "markdown", "latex", "json"]
FORMATS: tuple[str, ...] = get_args(TableFormat)
SUFFIXES = {"csv": "csv", "markdown": "md", "latex": "tex", "json": "json"}
SHAPE = re.compile(r"\(\d+(?:, \d+)*\)")


def export_table(table: pd.DataFrame, form: str) -> str:
    """The table as text, with every digit; in JSON a shape such as "(1, 64, 56, 56)" is a list of numbers.

    In CSV no cell of text is a formula: names of files and modules are whatever people made them.

    Raises:
        InvalidSpecError: for a format that does not exist.
    """
    if form == "csv":
        return table.map(lambda cell: csv_cell(cell) if isinstance(cell, str) else cell).to_csv(index=False)
    if form == "markdown":
        return _without_bars(_with_blanks(table)).to_markdown(index=False, intfmt=",") + "\n"
    if form == "latex":
        columns = "".join("r" if is_numeric_dtype(dtype) else "l" for dtype in table.dtypes)
        return _with_blanks(table).to_latex(index=False, escape=True, column_format=columns)
    if form == "json":
        records = json.loads(table.to_json(orient="records"))
        rows = [{name: _shape_list(value) for name, value in record.items()} for record in records]
        return json.dumps(rows, indent=1, ensure_ascii=False) + "\n"
    raise InvalidSpecError(f"{form!r} is no table format. The formats are: {', '.join(FORMATS)}.")


def _with_blanks(table: pd.DataFrame) -> pd.DataFrame:
    """Empty cells instead of "NaN", for tables that people read."""
    return table.astype(object).where(table.notna(), "")


def _without_bars(table: pd.DataFrame) -> pd.DataFrame:
    """A bar within a cell would begin the next one."""
    return table.map(lambda cell: cell.replace("|", "\\|") if isinstance(cell, str) else cell)


def _shape_list(value: object) -> object:
    if isinstance(value, str) and SHAPE.fullmatch(value):
        return [int(side) for side in value[1:-1].split(", ")]
    return value
