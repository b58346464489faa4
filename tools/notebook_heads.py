"""Writes how each notebook begins: the cell that installs the package, and badges where the project has an address.

    .venv/bin/python tools/notebook_heads.py

Run it when the address in pyproject.toml has changed (`[project.urls]`, `Repository`), or the cell itself.
"""

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from resnet_core.ipynb import address_in, badges, code, install_code, markdown, to_json

OURS = ("badges", "install")


def with_head(cells: list[dict[str, Any]], address: str, path: str) -> list[dict[str, Any]]:
    """The cells of a notebook with its title first, then badges if there are some, then what installs the package.

    Args:
        address: of the project; "" while it has none.
        path: of the notebook in the project.
    """
    title, *rest = (cell for cell in cells if cell["id"] not in OURS)
    shown = badges(address, path)
    opened = [markdown(shown) | {"id": "badges"}] if shown else []
    return [title, *opened, code(install_code(address)) | {"id": "install"}, *rest]


def write_heads(root: Path) -> None:
    """Renew the heads of all notebooks below a checkout."""
    address = address_in(root / "pyproject.toml")
    for file in sorted((root / "notebooks").glob("*.ipynb")):
        cells = json.loads(file.read_text("utf-8"))["cells"]
        file.write_text(to_json(with_head(cells, address, f"notebooks/{file.name}")), "utf-8")


if __name__ == "__main__":
    write_heads(ROOT)
