"""The command line: `python -m resnet_core COMMAND`. Each file holds the commands of one subject."""

from __future__ import annotations

import sys

import typer

from resnet_core.cli import anatomy, bench, inference, training
from resnet_core.errors import ResNetCoreError

app = typer.Typer(
    name="python -m resnet_core",
    help="ResNet, exact to the digit: shapes, parameters, multiply-adds, classification, training.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
for subject in (anatomy, inference, training, bench):
    subject.register(app)


def main() -> None:
    """Run a command; an error of ours is one sentence on stderr and exit status 2."""
    try:
        app()
    except ResNetCoreError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except BrokenPipeError:  # `... | head` closed its end: nothing is wrong
        sys.stderr.close()
