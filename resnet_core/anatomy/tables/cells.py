"""csv_cell(): text in a CSV file that no spreadsheet computes."""

from __future__ import annotations

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # how a cell begins that a spreadsheet would compute


def csv_cell(text: str) -> str:
    """The text with an apostrophe before what a spreadsheet would take for a formula."""
    return f"'{text}" if len(text) > 1 and text.startswith(FORMULA) else text
