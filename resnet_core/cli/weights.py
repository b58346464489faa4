"""Commands about weights: weights list, weights fetch."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TimeRemainingColumn,
    TransferSpeedColumn,
)

from resnet_core.cli.printing import Form, print_frame, print_note, progress_bar

if TYPE_CHECKING:
    from resnet_core.models.weights import Weights

DOWNLOAD_COLUMNS = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())

commands = typer.Typer(help="List the weights that can be used, and fetch published ones.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands, name="weights")


@commands.command("list")
def list_all(
    form: Annotated[Form, typer.Option("--format", help="How to print it.")] = Form.table,
) -> None:
    """List the weights: bundled, yours (in the folder named by RESNET_WEIGHTS_DIR) and torchvision's.

    Example:

        python -m resnet_core weights list
    """
    import pandas as pd

    from resnet_core.models.weights import list_weights

    print_frame(pd.DataFrame([_row(weights) for weights in list_weights()]), form)
    if form is Form.table:
        print_note("\nTop-1 in percent, of the data's test or validation set, as published with the weights.")


def _row(weights: Weights) -> dict[str, object]:
    return {
        "weights": weights.name,
        "model": weights.spec.name,
        "where": weights.availability,
        "classes": len(weights.classes),
        "top1": weights.top1,
        "megabytes": round(weights.size_bytes / 1e6, 1) if weights.size_bytes else None,
        "data": weights.data,
    }


@commands.command()
def fetch(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="From `weights list`.", show_default=False)],
) -> None:
    """Download published weights, check them, and keep them for use without a network.

    A download that was interrupted goes on where it stopped.

    Examples:

        python -m resnet_core weights fetch resnet50

        python -m resnet_core weights fetch resnet18.IMAGENET1K_V1 resnet152
    """
    from resnet_core.models.weights import fetch_weights, find_weights

    for weights in [find_weights(name) for name in names]:  # a wrong name fails before anything is fetched
        with progress_bar(*DOWNLOAD_COLUMNS) as bar:
            task = bar.add_task(weights.name, total=weights.size_bytes or None)
            fetched = fetch_weights(weights, partial(_show, bar, task))
        print(f"{fetched.name} is in {fetched.path}")


def _show(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total or None)
