"""What the package brings along: checkpoints, samples, recorded runs, and the scripts of the drawings."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def data_folder(name: str) -> Path:
    """One of the package's own folders, e.g. "checkpoints", wherever the package is installed."""
    return Path(str(files("resnet_core.data"))) / name


def drawing_script(*names: str) -> str:
    """The text of a drawing's ES module or style sheet, e.g. "explorer/main.js"; of several, one behind the other.

    A component gets its module as text. That has no address from which it could import another file, so what drawings
    share is put before what is their own.
    """
    return "\n".join((data_folder("drawings") / name).read_text("utf-8") for name in names)


def network_module() -> str:
    """The ES module that runs a CIFAR network in a browser: imported by a page, and by itself as its worker."""
    names = ("layers", "network", "picture", "told", "options", "maps", "worker", "runner", "sweep")
    return "\n".join((data_folder("network") / f"{name}.js").read_text("utf-8") for name in names)


def training_module() -> str:
    """The ES module that trains a small CIFAR network in a browser: as a worker, or imported by a page."""
    names = ("random", "convolution", "norm", "trainee", "worker")
    return "\n".join((data_folder("training") / f"{name}.js").read_text("utf-8") for name in names)
