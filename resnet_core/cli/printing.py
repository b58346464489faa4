"""How the commands print tables: for people in columns, for programs as CSV, Markdown, LaTeX or JSON."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table

if TYPE_CHECKING:
    from pandas import DataFrame


class Form(StrEnum):
    """How to print a table."""

    table = "table"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"
    json = "json"


def print_frame(frame: DataFrame, form: Form) -> None:
    """Print a table on stdout, with every digit and nothing else."""
    if form is Form.table:
        print_wide(columns_of(frame))
        return
    from resnet_core.anatomy.tables.as_text import export_table

    print(export_table(frame, form.value), end="")


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
    console = Console(highlight=False)
    unbounded = console.options.update(width=10_000)
    console.width = max(console.width, console.measure(table, options=unbounded).maximum)
    console.print(table)


def print_note(text: str) -> None:
    """Print a remark in a muted colour where there are colours."""
    Console(highlight=False, soft_wrap=True).print(text, style="dim", markup=False)


def progress_bar(*columns: str | ProgressColumn, hidden: bool = False) -> Progress:
    """A bar that is gone when its work is done, and that a file or a pipe never sees; nobody does where `hidden`."""
    console = Console()
    return Progress(*columns, console=console, transient=True, disable=hidden or not console.is_terminal)
