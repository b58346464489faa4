"""Rich display: how our types are shown when they end a cell, told to IPython by their names.

Nothing of them loads before one is shown, and the types themselves know nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

# Module and name of each type: its card in `cards`.
SHOWN = {
    ("resnet_core.anatomy.counting.calls", "Trace"): "trace",
    ("resnet_core.models.spec", "ModelSpec"): "spec",
    ("resnet_core.inference.prediction", "Prediction"): "prediction",
    ("resnet_core.anatomy.tables.bottleneck", "BottleneckComparison"): "comparison",
    ("resnet_core.anatomy.tables.compared", "Comparison"): "networks",
    ("resnet_core.lab.runs.recorded", "RecordedRun"): "run",
    ("resnet_core.inference.explain.shortcut.addition", "Addition"): "addition",
    ("resnet_core.inference.explain.shortcut.split", "GradientSplit"): "split",
    ("resnet_core.inference.explain.shortcut.sweep", "BranchSweep"): "sweep",
    ("resnet_core.inference.explain.shortcut.convolution", "ConvolutionValue"): "value",
    ("resnet_core.inference.explain.shortcut.options", "ShortcutOption"): "option",
}


def register(formatters: Any) -> None:
    """Tell IPython how each of our types is shown: in HTML, and in a line of text.

    Args:
        formatters: of a shell, `get_ipython().display_formatter.formatters`.
    """
    for (module, name), card in SHOWN.items():
        formatters["text/html"].for_type_by_name(module, name, _drawn(f"{card}_html"))
        formatters["text/plain"].for_type_by_name(module, name, _written(f"{card}_text"))


def register_here() -> None:
    """The same in the shell that runs, if one does."""
    shell = import_module("IPython").get_ipython()
    if shell is not None:
        register(shell.display_formatter.formatters)


def _drawn(card: str) -> Callable[[Any], str]:
    return lambda shown: str(getattr(import_module("resnet_core.notebook.cards"), card)(shown))


def _written(card: str) -> Callable[[Any, Any, bool], None]:
    def write(shown: Any, printer: Any, cycle: bool) -> None:
        printer.text(getattr(import_module("resnet_core.notebook.cards"), card)(shown))

    return write
