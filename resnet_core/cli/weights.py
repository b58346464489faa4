"""Commands about weights: weights list, weights fetch, weights average."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
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

from resnet_core.atomic import check_folder
from resnet_core.cli.forms import AsForm, IntoFile, choose_target
from resnet_core.cli.printing import print_note, progress_bar

if TYPE_CHECKING:
    from resnet_core.weights.library import Unreadable, Weights

DOWNLOAD_COLUMNS = ("{task.description}", BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())

commands = typer.Typer(help="List weights, fetch published ones, average your own.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.add_typer(commands, name="weights")


@commands.command("list")
def list_all(form: AsForm = None, output: IntoFile = None) -> None:
    """List the weights: bundled, yours (in the folder named by RESNET_WEIGHTS_DIR) and torchvision's.

    A file that can't be used is listed with the reason.

    Example:

        python -m resnet_core weights list
    """
    target = choose_target(form, output)

    import pandas as pd

    from resnet_core.weights.library import Unreadable, survey_weights

    found = survey_weights()
    target.show(pd.DataFrame([_row(one) for one in found]))
    for one in found:
        if isinstance(one, Unreadable):
            print(f"{one.path} can't be used: {one.reason}", file=sys.stderr)
    if target.for_people:
        print_note("\nTop-1 in percent, of the data's test or validation set, as published with the weights.")


def _row(found: Weights | Unreadable) -> dict[str, object]:
    from resnet_core.weights.library import Weights

    if isinstance(found, Weights):
        return _facts(found)
    return {"weights": found.path.name, "where": "can't be used"}


def _facts(weights: Weights) -> dict[str, object]:
    return {
        "weights": weights.name,
        "model": weights.spec.name,
        "where": weights.availability,
        "classes": len(weights.classes),
        "pixels": weights.preprocessing.crop_size,
        "top1": weights.top1,
        "megabytes": round(weights.size_bytes / 1e6, 1) if weights.size_bytes else None,
        "data": weights.data,
    }


@commands.command()
def fetch(
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="From `weights list`, or timm/NAME.", show_default=False)
    ],
) -> None:
    """Download published weights, check them, and keep them for use without a network.

    A download that was interrupted goes on where it stopped.

    Examples:

        python -m resnet_core weights fetch resnet50

        python -m resnet_core weights fetch resnet18.IMAGENET1K_V1 resnet152

        python -m resnet_core weights fetch timm/resnet50d.ra2_in1k
    """
    from resnet_core.weights.hub import fetch_from_hub, is_hub_name
    from resnet_core.weights.library import fetch_weights, find_weights

    listed = [find_weights(name) for name in names if not is_hub_name(name)]  # a wrong one fails before any is fetched
    for name in filter(is_hub_name, names):
        print(f"{name} is in {fetch_from_hub(name).path}")
    for weights in listed:
        with progress_bar(*DOWNLOAD_COLUMNS) as bar:
            task = bar.add_task(weights.name, total=weights.size_bytes or None)
            fetched = fetch_weights(weights, partial(_show, bar, task))
        print(f"{fetched.name} is in {fetched.path}")


@commands.command()
def average(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help=".safetensors files of one network.")],
    out: Annotated[Path, typer.Option(help="Folder of the result.")],
    data_dir: Annotated[Path | None, typer.Option(help="Where the data lies that they were trained on.")] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
) -> None:
    """Average the weights at the ends of several cycles of a run, and take the statistics of batch norm anew.

    Example:

        python -m resnet_core weights average first/cifar_resnet56.safetensors second/cifar_resnet56.safetensors \\
            --data-dir ~/data --out averaged
    """
    check_folder(out)

    from resnet_core.lab.data.sources import load_for
    from resnet_core.lab.training.averaging import average_runs, recipe_of

    recipe = recipe_of(files)
    metrics = average_runs(files, load_for(recipe, data_dir), out, device=device)
    print(f"{out / recipe.name}.safetensors: error on the pictures held out {metrics.validation_error * 100:.2f} %")


def _show(bar: Progress, task: TaskID, done: int, total: int) -> None:
    bar.update(task, completed=done, total=total or None)
