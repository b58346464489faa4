"""How a notebook begins: badges that open it elsewhere, where the project has an address, and what installs it."""

from __future__ import annotations

import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

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
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", source], check=True)"""
SETUP = """\
import plotly.io

import resnet_core as rc

plotly.io.renderers.default = "plotly_mimetype+notebook"  # charts also show in a page that nbconvert makes"""


def address_in(pyproject: Path) -> str:
    """The project's address in its pyproject.toml; "" while it has none."""
    if not pyproject.is_file():
        return ""
    urls = tomllib.loads(pyproject.read_text("utf-8"))["project"].get("urls", {})
    return str(urls.get("Repository", ""))


def install_code(address: str = "") -> str:
    """The cell that installs the package: from a wheel beside the notebook, the project's address, or its folder."""
    if address:
        return INSTALL.format(words="the project's address", source=f'"resnet-explainer[notebook] @ git+{address}"')
    return INSTALL.format(words="the folder above it", source='f"{Path.cwd().parent}[notebook]"')


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
