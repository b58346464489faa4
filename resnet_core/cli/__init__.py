"""The command line: `resnet-explainer COMMAND`, or `python -m resnet_core COMMAND`. A file for each subject."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import rich_utils

from resnet_core.cli import anatomy, bench, inference, runs, site, sweep, teach, theory, training, weights
from resnet_core.cli.printing import colours
from resnet_core.cli.sentences import Sentences
from resnet_core.version import VERSION

MODULE, SCRIPT = "python -m resnet_core", "resnet-explainer"

app = typer.Typer(
    cls=Sentences,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    context_settings={"help_option_names": ["-h", "--help"]},
)
for subject in (anatomy, inference, weights, training, teach, sweep, runs, theory, site, bench):
    subject.register(app)


def print_version(asked: bool) -> None:
    """Print the version and end, where it is asked for."""
    if asked:
        print(VERSION)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=print_version, help="Print the version.")
    ] = False,
) -> None:
    """ResNet, exact to the digit: shapes, parameters, multiply-adds, classification, training."""


def called_as(program: str) -> str:
    """What to type to come here again, from sys.argv[0]: the module's __main__.py, or the script's own name."""
    return MODULE if Path(program).stem == "__main__" else SCRIPT


def name_itself(command: Any, name: str) -> None:
    """The examples in all help texts begin as the reader began."""
    command.help = (command.help or "").replace(MODULE, name)
    for inner in getattr(command, "commands", {}).values():
        name_itself(inner, name)


def main() -> None:
    """Run the command that the arguments name."""
    if not colours():
        rich_utils.COLOR_SYSTEM = None  # of the help texts, which keep bold letters otherwise
    name, command = called_as(sys.argv[0]), typer.main.get_command(app)
    name_itself(command, name)
    try:
        command(prog_name=name)
    finally:  # what ends may still wait for an engine's threads; a second Ctrl-C would abort the process there
        signal.signal(signal.SIGINT, signal.SIG_IGN)
