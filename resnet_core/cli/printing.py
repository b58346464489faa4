"""How the commands print: notes, bars and tables, for people in columns."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table

if TYPE_CHECKING:
    from pandas import DataFrame


def colours() -> bool:
    """Whether colours may be printed. Source: no-color.org."""
    return not os.environ.get("NO_COLOR")


def screen(*, stderr: bool = False) -> Console:
    """A console that highlights nothing by itself, and has no styles at all where the reader wants no colours."""
    return Console(stderr=stderr, highlight=False, color_system="auto" if colours() else None)


def columns_of(frame: DataFrame) -> Table:
    """A table for people: numbers on the right, thousands set off, empty cells where nothing is known."""
    table = Table(box=None)
    for column in frame:
        table.add_column(str(column), justify="right" if frame[column].dtype.kind in "iuf" else "left", no_wrap=True)
    for row in frame.astype(object).where(frame.notna(), "").itertuples(index=False):
        table.add_row(*map(_cell, row))
    return table


def _cell(value: object) -> str:
    """A float that is a whole number, as pandas makes of one beside empty cells, is written as such."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return f"{value:,}" if isinstance(value, int | float) else str(value)


def print_wide(table: Table) -> None:
    """Print a table at its full width, whatever the terminal's: a narrow one wraps, and no digit is lost."""
    console = screen()
    unbounded = console.options.update(width=10_000)
    console.width = max(console.width, console.measure(table, options=unbounded).maximum)
    console.print(table)


def print_note(text: str) -> None:
    """Print a remark in a muted colour where there are colours."""
    screen().print(text, style="dim", markup=False, soft_wrap=True)


def progress_bar(*columns: str | ProgressColumn, hidden: bool = False) -> Progress:
    """A bar on stderr that is gone when its work is done, and that a file or a pipe never sees.

    What is printed meanwhile stands above it; where stdout is a file, it goes there.
    """
    console = screen(stderr=True)
    seen_too = sys.stdout.isatty()
    return Progress(
        *columns, console=console, transient=True, disable=hidden or not console.is_terminal, redirect_stdout=seen_too
    )
