"""The one grammar of tables: --format says how, --output where; the ending of the file's name says how as well."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from resnet_core.atomic import check_file, write_atomically
from resnet_core.cli.printing import columns_of, print_wide
from resnet_core.errors import InvalidSpecError, require

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pandas import DataFrame


class Form(StrEnum):
    """How a table is written."""

    table = "table"
    csv = "csv"
    markdown = "markdown"
    latex = "latex"
    json = "json"


ENDINGS = {".csv": Form.csv, ".json": Form.json, ".md": Form.markdown, ".tex": Form.latex}
AsForm = Annotated[
    Form | None, typer.Option("--format", help="How to print it.", show_default="table, or the ending of --output")
]
IntoFile = Annotated[
    str | None, typer.Option("--output", metavar="FILE", help=f"Write it to a file: {', '.join(ENDINGS)}.")
]


class Target(NamedTuple):
    """Where a table goes: into a file, or onto stdout where there is none."""

    form: Form
    path: Path | None = None

    @property
    def for_people(self) -> bool:
        """Whether it is printed in columns, with the remarks that belong to it."""
        return self.form is Form.table

    def write(self, text: str) -> None:
        """Put the text there, and say so of a file.

        Raises:
            DataError: if the file can't be written.
        """
        if self.path is None:
            print(text, end="")
            return
        write_atomically(self.path, text.encode())
        print(f"Written: {self.path}")

    def show(self, frame: DataFrame, columns: Callable[[DataFrame], DataFrame] = lambda frame: frame) -> None:
        """Print or write a table, with every digit and nothing else.

        Args:
            columns: picks those for people, where not all of them fit.
        """
        if self.for_people:
            print_wide(columns_of(columns(frame)))
            return
        from resnet_core.anatomy.tables.as_text import export_table

        self.write(export_table(frame, self.form.value))


def choose_target(form: Form | None, output: str | None, endings: Iterable[str] = ENDINGS) -> Target:
    """What --format and --output ask for together; a bare format after --output is meant as one.

    Args:
        endings: to be named in a refusal, where a command writes more than tables.

    Raises:
        InvalidSpecError: for a file of another ending, or of one that contradicts the format.
        DataError: for a file that can't be written: to be called before the work.
    """
    if output is None:
        return Target(form or Form.table)
    if output in set(Form):
        asked, path = Form(output), None
    else:
        path = Path(output)
        ending = path.suffix.lower()
        require(ending in ENDINGS, "output", output, f"a file whose name ends in {', '.join(endings)}")
        asked = ENDINGS[ending]
    if form and form is not asked:
        raise InvalidSpecError(f"format={form.value!r} does not work: output={output!r} is {asked}. Leave one away.")
    if path:
        check_file(path)
    return Target(asked, path)
