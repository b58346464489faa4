"""The command that trains one recipe several times: sweep."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TimeElapsedColumn

from resnet_core.atomic import check_folder
from resnet_core.cli import recipe_options as option
from resnet_core.cli.forms import AsForm, IntoFile, Target, choose_target
from resnet_core.cli.printing import progress_bar
from resnet_core.errors import InvalidSpecError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE, get_recipe

if TYPE_CHECKING:
    from resnet_core.lab.runs.sweep import SweepResult


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(sweep)


@option.with_recipe("seed")
def sweep(
    given: Mapping[str, Any],
    seed: Annotated[str, typer.Option(help="Of each run, with commas between.")] = "0,1,2,3,4",
    config: option.Config = None,
    data_dir: option.DataDir = None,
    compare: option.Compare = None,
    out: Annotated[Path, typer.Option(help="A folder for each run is made in it.")] = Path("runs/sweep"),
    device: option.Device = "auto",
    address: Annotated[
        str | None,
        typer.Option(help="Of a Ray cluster: auto, HOST:PORT, or local. Without it, one run after the other."),
    ] = None,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Train a recipe once for each seed, and for each network of --compare, and set the results side by side.

    On a Ray cluster the runs take place at once, as many as it has processors or GPUs; the files come back to --out.

    Examples:

        python -m resnet_core sweep --config race --compare plain,residual --seed 0,1,2,3,4

        python -m resnet_core sweep --config paper-cifar10 --seed 0,1,2 --data-dir /shared/data --address auto
    """
    target = choose_target(form, output)

    from resnet_core.lab.runs.sweep import plan_sweep
    from resnet_core.lab.runs.sweep import sweep as carry_out

    arms = compare.split(",") if compare else []
    recipe = option.make_recipe(get_recipe(config) if config else RACE if arms else TrainConfig(), given)
    runs = plan_sweep(recipe, _seeds(seed), arms)
    check_folder(out)
    results: list[SweepResult] = []
    with progress_bar("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()) as bar:
        task = bar.add_task("runs", total=len(runs))
        for result in carry_out(runs, out, data_dir=data_dir, device=device, address=address):
            results.append(result)
            bar.advance(task)
            if result.message:
                print(f"{result.run.name}: {result.message}", file=sys.stderr)
    _print_results(sorted(results, key=lambda result: runs.index(result.run)), target)
    if any(result.message for result in results):
        raise typer.Exit(2)


def _seeds(text: str) -> list[int]:
    try:
        return [int(word) for word in text.split(",")]
    except ValueError as error:
        raise InvalidSpecError(f"seed={text!r} does not work: write whole numbers with commas between.") from error


def _print_results(results: Sequence[SweepResult], target: Target) -> None:
    """One row for each run that has finished an epoch, with what its last one measured."""
    import pandas as pd

    records = [(r.run.name, json.loads(r.files[f"{r.run.config.name}.json"])["history"]) for r in results if r.files]
    rows = [
        {
            "run": name,
            "training loss": round(history[-1]["train_loss"], 4),
            "training error %": round(history[-1]["train_error"] * 100, 2),
            "held out error %": round(history[-1]["validation_error"] * 100, 2),
        }
        for name, history in records
        if history
    ]
    if rows:
        target.show(pd.DataFrame(rows))
