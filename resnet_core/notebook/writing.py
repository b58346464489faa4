"""as_notebook(): a text with fenced Python as a notebook's JSON. Needs nothing but Python."""

from __future__ import annotations

import json
import re
from typing import Any

from resnet_core.notebook.head import SETUP, install_code

FENCED = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def as_notebook(text: str, address: str = "") -> str:
    """A notebook of format 4.5: what stands before the first code, what installs the package, and the rest.

    Args:
        text: Markdown, in which each fenced block of Python becomes a cell.
        address: of the project, from which it can be installed elsewhere.
    """
    first, *cells = cells_of(text)
    return to_json([first, code(install_code(address)), code(SETUP), *cells])


def cells_of(text: str) -> list[dict[str, Any]]:
    """Markdown and code cells, in turn."""
    prose, *pairs = FENCED.split(text)
    made = [markdown(prose)]
    for source, after in zip(pairs[::2], pairs[1::2], strict=True):
        made += [code(source), markdown(after)]
    return [cell for cell in made if cell["source"]]


def markdown(text: str) -> dict[str, Any]:
    """A cell of text."""
    return {"cell_type": "markdown", "metadata": {}, "source": _lines(text)}


def code(text: str) -> dict[str, Any]:
    """A cell of code that was not run yet."""
    return {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": _lines(text)}


def to_json(cells: list[dict[str, Any]]) -> str:
    """The file as Jupyter writes it, with an id for each cell that has none."""
    numbered = [{"id": f"cell-{number:02}"} | cell for number, cell in enumerate(cells)]
    metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    document = {"cells": numbered, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _lines(text: str) -> list[str]:
    return text.strip("\n").splitlines(keepends=True)
