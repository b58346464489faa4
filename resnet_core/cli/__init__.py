"""The command line: `python -m resnet_core COMMAND`. Each file holds the commands of one subject."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import typer
from typer.core import TyperGroup

from resnet_core.cli import anatomy, bench, inference, runs, sweep, training, weights
from resnet_core.errors import ResNetCoreError


class _Sentences(TyperGroup):
    """A group of commands whose errors, where they are ours, are one sentence on stderr and exit status 2."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except ResNetCoreError as error:
            print(error, file=sys.stderr)
            raise typer.Exit(2) from error


app = typer.Typer(
    name="python -m resnet_core",
    cls=_Sentences,
    help="ResNet, exact to the digit: shapes, parameters, multiply-adds, classification, training.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for subject in (anatomy, inference, weights, training, sweep, runs, bench):
    subject.register(app)


def main() -> None:
    """Run the command that the arguments name."""
    try:
        app(prog_name="python -m resnet_core")
    except BrokenPipeError:  # `... | head` closed its end: nothing is wrong, and nothing more can be said
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:  # what ends may still wait for an engine's threads; a second Ctrl-C would abort the process there
        signal.signal(signal.SIGINT, signal.SIG_IGN)
