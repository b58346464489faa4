"""The options that say what to train, shared by the commands that train."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from resnet_core.cli.printing import progress_bar
from resnet_core.cli.weights import DOWNLOAD_COLUMNS
from resnet_core.lab.recipe.arms import ARMS, CARDINALITIES
from resnet_core.lab.recipe.config import DataKind, InitKind, OptimizerKind, ScheduleKind, TrainConfig
from resnet_core.lab.recipe.recipes import RECIPES
from resnet_core.lab.recipe.size import with_depth, with_width

if TYPE_CHECKING:
    from resnet_core.lab.data.sources import TrainingData


def _choices(kind: Any) -> str:
    return f"{', '.join(get_args(kind))}."


Config = Annotated[str | None, typer.Option(help=f"A recipe to begin with: {', '.join(RECIPES)}.")]
Model = Annotated[str | None, typer.Option(help="A name from `list`.")]
Data = Annotated[str | None, typer.Option(help=_choices(DataKind))]
DataDir = Annotated[
    Path | None, typer.Option(help="Where the data lies or is to be downloaded; ImageFolder layout works too.")
]
Epochs = Annotated[int | None, typer.Option(help="Passes over the training set.")]
Rate = Annotated[float | None, typer.Option("--lr", help="Learning rate; AdamW wants some 0.001.")]
BatchSize = Annotated[int | None, typer.Option(help="Pictures per step, over all processes.")]
Seed = Annotated[int | None, typer.Option(help="Of weights, order and augmentation.")]
Depth = Annotated[int | None, typer.Option(help="Layers, 6n+2: 8, 20, 56, 110.")]
Width = Annotated[int | None, typer.Option(help="Channels of the first stage; each further one has twice as many.")]
Norm = Annotated[str | None, typer.Option(help="batch or none.")]
Init = Annotated[str | None, typer.Option(help=f"First weights: {_choices(InitKind)}")]
Optimizer = Annotated[str | None, typer.Option(help=_choices(OptimizerKind))]
Momentum = Annotated[float | None, typer.Option(help="Of SGD; AdamW's beta1.")]
Nesterov = Annotated[bool | None, typer.Option(help="Nesterov's momentum, for SGD.")]
WeightDecay = Annotated[float | None, typer.Option(help="0 to 1.")]
Schedule = Annotated[str | None, typer.Option(help=f"Of the learning rate: {_choices(ScheduleKind)}")]
WarmupSteps = Annotated[int | None, typer.Option(help="Steps at a tenth of the rate before all others.")]
LabelSmoothing = Annotated[float | None, typer.Option(help="Share of each target spread over all classes: 0 to 0.99.")]
Augment = Annotated[bool | None, typer.Option(help="Crop and flip at random.")]
Crop = Annotated[
    str | None, typer.Option(help="pad (CIFAR), scale (ImageNet; pictures stay on disk) or area (parts of any size).")
]
ImageSize = Annotated[int | None, typer.Option(help="Resize pictures to this side, in pixels.")]
EpochSizes = Annotated[
    str | None, typer.Option(help="Sides of the training pictures over the epochs, e.g. 32,32,48; or none.")
]
LeastArea = Annotated[float | None, typer.Option(help="Of a picture, with --crop area: 0.01 to 1.")]
LeaveOut = Annotated[
    str | None, typer.Option(help="Classes of tiny-imagenet not to train, e.g. n02486410,n02481823; or none.")
]
WarmupShare = Annotated[float | None, typer.Option(help="Of all steps, for the one_cycle schedule: 0 to 1.")]
DecayNorms = Annotated[bool | None, typer.Option(help="Weight decay on batch norm and biases too.")]
NumberFormat = Annotated[str | None, typer.Option("--precision", help="fp32 or bf16; auto is fp32 on a CPU.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Compare = Annotated[
    str | None,
    typer.Option(help=f"Several networks, e.g. plain,residual. There are {', '.join([*ARMS, *CARDINALITIES])}."),
]


def make_recipe(start: TrainConfig, given: Mapping[str, Any]) -> TrainConfig:
    """The recipe to begin with, with every option in place that was given (is not None).

    Raises:
        InvalidSpecError, UnknownModelError: for options that do not fit; the message names the field.
    """
    changes = {field: value for field, value in given.items() if value is not None}
    for field in ("epoch_sizes", "leave_out"):
        if field in changes:
            changes[field] = _listed(changes[field])
    depth, width, norm = (changes.pop(name, None) for name in ("depth", "width", "norm"))
    if changes.get("optimizer", "sgd") != "sgd":
        changes.setdefault("nesterov", False)  # a choice within SGD, which the default recipe makes
    recipe = start.override(**changes)
    if depth is not None:
        recipe = with_depth(recipe, depth)
    if width is not None:
        recipe = with_width(recipe, width)
    if norm is not None:
        recipe = recipe.override(overrides=tuple((dict(recipe.overrides) | {"norm": norm}).items()))
    return recipe


def _listed(text: str) -> tuple[int | str, ...]:
    """What stands between commas: numbers where they are. "none" is nothing."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    return tuple(int(word) if word.isdecimal() else word for word in words if word != "none")


def load_shown(recipe: TrainConfig, folder: Path | None) -> TrainingData:
    """Load the recipe's data, with a bar where it must be downloaded, and print what of a folder is left out.

    One process of a machine downloads for all.
    """
    from resnet_core.lab.data.sources import load_for
    from resnet_core.lab.training.distributed import first_of_machine

    with first_of_machine(), progress_bar(*DOWNLOAD_COLUMNS) as bar:
        task = bar.add_task(recipe.data, total=None, visible=False)

        def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total or None, visible=True)

        data = load_for(recipe, folder, show)
    for remark in data.remarks:
        print(remark, file=sys.stderr)
    return data
