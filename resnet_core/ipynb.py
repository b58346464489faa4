"""A notebook as a file: how it begins, and a text with fenced Python as its cells. Needs nothing but Python."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

FENCED = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
BADGES = {
    "Colab": ("https://colab.research.google.com/assets/colab-badge.svg", "https://colab.research.google.com/{colab}"),
    "Binder": ("https://mybinder.org/badge_logo.svg", "https://mybinder.org/v2/{binder}"),
}
HOSTS = {"github.com": "gh", "gitlab.com": "gl"}  # as Binder calls them; Colab knows the first alone
INSTALL = """\
# Installs resnet_core where it is missing: from a wheel beside this notebook, else from {words}.
import importlib.util
import subprocess
import sys
from pathlib import Path

if importlib.util.find_spec("resnet_core") is None:
    wheel = next(Path.cwd().glob("resnet_explainer-*.whl"), None)
    source = f"{{wheel}}[notebook]" if wheel else {source}
{refusal}    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)"""
REFUSAL = """\
    if wheel is None and not (Path.cwd().parent / "pyproject.toml").is_file():
        raise ModuleNotFoundError(
            "resnet_core is missing: put its wheel, resnet_explainer-*.whl, beside this notebook and run this cell "
            "again. Who has the project makes one with `pip wheel --no-deps .` in its folder."
        )
"""
SETUP = """\
import plotly.io

import resnet_core as rc

plotly.io.renderers.default = "plotly_mimetype+notebook"  # charts also show in a page that nbconvert makes"""


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


def address_in(pyproject: Path) -> str:
    """The project's address in its pyproject.toml; "" while it has none."""
    if not pyproject.is_file():
        return ""
    urls = tomllib.loads(pyproject.read_text("utf-8"))["project"].get("urls", {})
    return str(urls.get("Repository", ""))


def install_code(address: str = "") -> str:
    """The cell that installs the package: from a wheel beside the notebook, the project's address, or its folder."""
    if address:
        return INSTALL.format(
            words="the project's address", refusal="", source=f'"resnet-explainer[notebook] @ git+{address}"'
        )
    return INSTALL.format(words="the folder above it", refusal=REFUSAL, source='f"{Path.cwd().parent}[notebook]"')


def badges(address: str, path: str) -> str:
    """Markdown that opens a notebook in Colab and Binder; "" where the project has no address that they know.

    Args:
        address: of the project, e.g. "https://github.com/someone/resnet-explainer".
        path: of the notebook in it.
    """
    parts = urlsplit(address.removesuffix(".git"))
    host, project = HOSTS.get(parts.netloc), parts.path.strip("/")
    if host is None:
        return ""
    places = {"Binder": f"{host}/{quote(project, '' if host == 'gl' else '/')}/main?labpath={quote(path, '')}"}
    if host == "gh":
        places = {"Colab": f"github/{project}/blob/main/{path}"} | places
    links = {name: BADGES[name][1].format(colab=place, binder=place) for name, place in places.items()}
    return "\n".join(f"[![Open in {name}]({BADGES[name][0]})]({link})" for name, link in links.items())
