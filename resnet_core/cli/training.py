"""The command that trains: one network, or several in a race."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

from resnet_core.cli.printing import progress_bar
from resnet_core.lab.config import TrainConfig
from resnet_core.lab.metrics import EpochMetrics, StepMetrics
from resnet_core.lab.recipes import RACE, RECIPES, get_recipe

if TYPE_CHECKING:
    from resnet_core.lab.data import DataSet

RUNS_FOLDER = Path("runs")
TRAINING_COLUMNS = (
    "epoch {task.fields[epoch]}/{task.fields[epochs]}", BarColumn(), MofNCompleteColumn(), "{task.fields[now]}",
    TimeRemainingColumn(),
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(train)


def train(
    config: Annotated[str | None, typer.Option(help=f"A recipe to begin with: {', '.join(RECIPES)}.")] = None,
    model: Annotated[str | None, typer.Option(help="A name from `list`.")] = None,
    data: Annotated[str | None, typer.Option(help="digits, cifar10, fashion-mnist or folder.")] = None,
    data_dir: Annotated[
        Path | None, typer.Option(help="Where the data lies or is to be downloaded; ImageFolder layout works too.")
    ] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training set.")] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Pictures per step.")] = None,
    seed: Annotated[int | None, typer.Option(help="Of weights, order and augmentation.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run.", show_default="runs/MODEL-RECIPE_ID")] = None,
    initial_weights: Annotated[
        Path | None, typer.Option(help="Begin with this .safetensors file: one more cycle of a run, or fine-tuning.")
    ] = None,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    compare: Annotated[
        str | None, typer.Option(help="Race these side by side instead, e.g. plain,residual,residual_b.")
    ] = None,
) -> None:
    """Train a network and save it; the same command goes on where a stopped run was saved.

    Without options the net learns CIFAR-10. What you give replaces the recipe's own.

    Examples:

        python -m resnet_core train --model cifar_resnet20 --data digits --epochs 3

        python -m resnet_core train --config paper-cifar10 --data-dir ~/data --out runs/paper

        python -m resnet_core train --epochs 10 --initial-weights runs/first/cifar_resnet20.safetensors

        python -m resnet_core train --compare plain,residual --epochs 3
    """
    from resnet_core.lab.data import load_data

    given = {"model": model, "data": data, "epochs": epochs, "lr": lr, "batch_size": batch_size, "seed": seed}
    changes = {field: value for field, value in given.items() if value is not None}
    start = get_recipe(config) if config else RACE if compare else TrainConfig()
    recipe = start.override(**changes)
    if compare and out:
        raise typer.BadParameter("A race saves nothing: leave --out away, or train one network without --compare.")
    if compare:
        _race(recipe, compare.split(","), load_data(recipe.data, data_dir), device)
        return
    shown = {"data_dir": data_dir and "DIR", "initial_weights": initial_weights and initial_weights.name}
    command = _command({"config": config, **given, **shown})
    folder = out or RUNS_FOLDER / f"{recipe.model}-{recipe.id}"
    _train(recipe, load_data(recipe.data, data_dir), folder, device, command, initial_weights)


def _command(given: Mapping[str, object]) -> str:
    """The command that repeats a run. The record travels with the weights, so a folder's own name stays out of it."""
    options = (f" --{name.replace('_', '-')} {value}" for name, value in given.items() if value is not None)
    return "python -m resnet_core train" + "".join(options)


def _train(
    recipe: TrainConfig, data: DataSet, folder: Path, device: str, command: str, initial_weights: Path | None
) -> None:
    from resnet_core.lab.batches import steps_per_epoch
    from resnet_core.lab.checkpoints import train_and_save

    print(f"{recipe.model} on {data.name}, {recipe.epochs} epochs; saved in {folder}")
    record = {"command": command}
    run = train_and_save(recipe, data, folder, device=device, initial_weights=initial_weights, record=record)
    try:
        last = _follow(run, recipe, steps_per_epoch(data, recipe.batch_size))
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from where the run was last saved.", file=sys.stderr)
        raise typer.Exit(130) from None
    if isinstance(last, StepMetrics) and last.stop_reason:
        print(last.stop_reason, file=sys.stderr)
        raise typer.Exit(2)
    print(f"Trained: {folder / recipe.model}.safetensors")


def _follow(
    run: Iterable[StepMetrics | EpochMetrics], recipe: TrainConfig, epoch_steps: int
) -> StepMetrics | EpochMetrics | None:
    """Show a run as it goes, and give back its last record."""
    last = None
    with progress_bar(*TRAINING_COLUMNS) as bar:
        task = bar.add_task(recipe.model, total=recipe.epochs * epoch_steps, epoch=1, epochs=recipe.epochs, now="")
        for last in run:
            epoch = min(1 + last.step // epoch_steps, recipe.epochs)
            if isinstance(last, EpochMetrics):
                bar.console.print(epoch_line(last), highlight=False, soft_wrap=True)
                bar.update(task, completed=last.step, epoch=epoch)
            else:
                bar.update(task, completed=last.step, epoch=epoch, now=_step_text(last))
    return last


def _step_text(metrics: StepMetrics) -> str:
    return f"loss {metrics.loss:.3f}  error {metrics.error * 100:.1f} %  {metrics.images_per_s:,.0f} images/s"


def epoch_line(metrics: EpochMetrics) -> str:
    """One epoch in a line: loss and errors, in training and on the pictures held out."""
    return (
        f"{metrics.arm}, epoch {metrics.epoch}: training loss {metrics.train_loss:.3f}, "
        f"error {metrics.train_error * 100:.1f} %; held out {metrics.validation_error * 100:.1f} %; "
        f"{metrics.images_per_s:,.0f} images/s"
    )


def _race(recipe: TrainConfig, arms: list[str], data: DataSet, device: str) -> None:
    from resnet_core.lab.curves import describe_race
    from resnet_core.lab.race import race

    seen: list[StepMetrics | EpochMetrics] = []
    for metrics in race(recipe, arms, data=data, device=device):
        seen.append(metrics)
        if isinstance(metrics, EpochMetrics):
            print(epoch_line(metrics), flush=True)
        elif metrics.stop_reason:
            print(f"{metrics.arm}: {metrics.stop_reason}", file=sys.stderr)
    print(f"\n{describe_race(seen)}")
