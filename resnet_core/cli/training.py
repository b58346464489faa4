"""The command that trains: one network, or several in a race."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TimeRemainingColumn

from resnet_core.atomic import check_folder
from resnet_core.cli import recipe_options as option
from resnet_core.cli.printing import print_note, progress_bar
from resnet_core.cli.runs import keep_race
from resnet_core.lab.recipe.arms import check_race
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE, get_recipe
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics

if TYPE_CHECKING:
    from resnet_core.lab.data.sources import TrainingData
    from resnet_core.lab.training.distributed import Team

RUNS_FOLDER = Path("runs")
TRAINING_COLUMNS = (
    "epoch {task.fields[epoch]}/{task.fields[epochs]}", BarColumn(), MofNCompleteColumn(), "{task.fields[now]}",
    TimeRemainingColumn(),
)  # fmt: skip


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(train)


@option.with_recipe()
def train(
    given: Mapping[str, Any],
    config: option.Config = None,
    data_dir: option.DataDir = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run.", show_default="runs/MODEL-RECIPE_ID")] = None,
    initial_weights: Annotated[
        Path | None, typer.Option(help="Begin with these weights: one more cycle of a run, or fine-tuning.")
    ] = None,
    freeze: Annotated[
        str | None, typer.Option(help="The last stage that stays as --initial-weights has it: stem, conv2_x, ...")
    ] = None,
    device: option.Device = "auto",
    compare: option.Compare = None,
) -> None:
    """Train a network and save it; the same command goes on where a stopped run was saved.

    Without options the net learns CIFAR-10. What you give replaces the recipe's own. With --compare, networks race
    side by side on the same batches instead; `runs list` has their curves, and no weights are saved. Under torchrun,
    all processes train together.

    Examples:

        python -m resnet_core train --model cifar_resnet20 --data digits --epochs 3

        python -m resnet_core train --config paper-cifar10 --data-dir ~/data --out runs/paper

        python -m resnet_core train --epochs 10 --initial-weights runs/first/cifar_resnet20.safetensors

        python -m resnet_core train --data folder --data-dir mine --initial-weights resnet18.pth --freeze conv4_x

        python -m resnet_core train --config tiny-imagenet --data-dir ~/tiny-imagenet-200

        python -m resnet_core train --config race --depth 56 --compare plain,residual

        torchrun --standalone --nproc-per-node 4 -m resnet_core train --config paper-imagenet --data-dir ~/imagenet
    """
    arms = compare.split(",") if compare else []
    recipe = option.make_recipe(get_recipe(config) if config else RACE if arms else TrainConfig(), given)
    if arms and out:
        raise typer.BadParameter("A race saves nothing: leave --out away, or train one network without --compare.")
    if freeze and (arms or initial_weights is None):
        raise typer.BadParameter("--freeze keeps stages of trained weights: name them with --initial-weights.")
    if arms:
        check_race(recipe, arms)
    shown = {"data_dir": data_dir and "DIR", "initial_weights": initial_weights and initial_weights.name,
             "freeze": freeze}  # fmt: skip
    folder = out or RUNS_FOLDER / f"{recipe.name}-{recipe.id}"
    record = {"command": _command({"config": config, **given, **shown})}

    if not arms:
        check_folder(folder)

    from resnet_core.lab.training.distributed import join_team

    with join_team(device) as (team, own_device):
        loaded = option.load_shown(recipe, data_dir)
        if arms:
            _race(recipe, arms, loaded, own_device, team)
        else:
            _train(recipe, loaded, folder, own_device, record, initial_weights, freeze or "", team)


def _command(given: Mapping[str, object]) -> str:
    """The command that repeats a run. The record travels with the weights, so a folder's own name stays out of it."""
    words = ["python -m resnet_core train"]
    for field, value in given.items():
        name = field.replace("_", "-")
        if isinstance(value, bool):
            words.append(f"--{name}" if value else f"--no-{name}")
        elif value is not None:
            words.append(f"--{name} {value}")
    return " ".join(words)


def _train(
    recipe: TrainConfig,
    data: TrainingData,
    folder: Path,
    device: str,
    record: dict[str, Any],
    initial_weights: Path | None,
    frozen: str,
    team: Team,
) -> None:
    from resnet_core.lab.data.batches import steps_per_epoch
    from resnet_core.lab.training.checkpoints import train_and_save

    if team.size > 1:
        record = record | {"processes": team.size}
    run = train_and_save(
        recipe, data, folder, device=device, initial_weights=initial_weights, frozen=frozen, record=record, team=team,
        tell=print,
    )  # fmt: skip
    if team.writes:
        print(f"{recipe.name} on {data.name}, {recipe.epochs} epochs; saved in {folder}")
    try:
        last = _follow(run, recipe, steps_per_epoch(data, recipe.batch_size), team)
    except KeyboardInterrupt:
        print("Stopped. The same command goes on from where the run was last saved.", file=sys.stderr)
        raise typer.Exit(130) from None
    if isinstance(last, StepMetrics) and last.stop_reason:
        print(last.stop_reason, file=sys.stderr)
        raise typer.Exit(2)
    if team.writes:
        print(f"Trained: {folder / recipe.name}.safetensors")


def _follow(
    run: Iterable[StepMetrics | EpochMetrics], recipe: TrainConfig, epoch_steps: int, team: Team
) -> StepMetrics | EpochMetrics | None:
    """Show a run as it goes, in the process that writes, and give back its last record."""
    last = None
    with progress_bar(*TRAINING_COLUMNS, hidden=not team.writes) as bar:
        task = _add_task(bar, recipe, epoch_steps)
        for last in run:
            epoch = min(1 + last.step // epoch_steps, recipe.epochs)
            if isinstance(last, StepMetrics):
                bar.update(task, completed=last.step, epoch=epoch, now=_step_text(last))
            elif team.writes:
                print(epoch_line(last), flush=True)
                bar.update(task, completed=last.step, epoch=epoch)
    return last


def _add_task(bar: Progress, recipe: TrainConfig, epoch_steps: int) -> TaskID:
    return bar.add_task(recipe.name, total=recipe.epochs * epoch_steps, epoch=1, epochs=recipe.epochs, now="")


def _step_text(metrics: StepMetrics) -> str:
    return f"loss {metrics.loss:.3f}  error {metrics.error * 100:.1f} %  {metrics.images_per_s:,.0f} images/s"


def epoch_line(metrics: EpochMetrics) -> str:
    """One epoch in a line: loss and errors, in training and on the pictures held out."""
    return (
        f"{metrics.arm}, epoch {metrics.epoch}: training loss {metrics.train_loss:.3f}, "
        f"error {metrics.train_error * 100:.1f} %; held out {metrics.validation_error * 100:.1f} %; "
        f"{metrics.images_per_s:,.0f} images/s"
    )


def _race(recipe: TrainConfig, arms: list[str], data: TrainingData, device: str, team: Team) -> None:
    from resnet_core.lab.data.batches import steps_per_epoch
    from resnet_core.lab.runs.curves import describe_race
    from resnet_core.lab.runs.records import RunRequest
    from resnet_core.lab.training.race import race

    seen: list[StepMetrics | EpochMetrics] = []
    losses: dict[str, float] = {}
    epoch_steps = steps_per_epoch(data, recipe.batch_size)
    with progress_bar(*TRAINING_COLUMNS, hidden=not team.writes) as bar:
        task = _add_task(bar, recipe, epoch_steps)
        for metrics in race(recipe, arms, data=data, device=device, team=team):
            seen.append(metrics)
            if isinstance(metrics, EpochMetrics):
                line: str | None = epoch_line(metrics)
            else:
                losses[metrics.arm], line = metrics.loss, metrics.stop_reason
                epoch = min(1 + metrics.step // epoch_steps, recipe.epochs)
                bar.update(task, completed=metrics.step, epoch=epoch, now=_losses_text(losses))
            if line and team.writes:
                print(line, flush=True)
    if team.writes:
        print(f"\n{describe_race(seen)}")
        print_note(keep_race(RunRequest(config=recipe, arms=tuple(arms)), seen, recipe.epochs * epoch_steps))


def _losses_text(losses: Mapping[str, float]) -> str:
    return "loss: " + ", ".join(f"{arm} {loss:.3f}" for arm, loss in losses.items())
