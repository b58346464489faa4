"""The options that say what to train, shared by the commands that train."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

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
DataDir = Annotated[
    Path | None, typer.Option(help="Where the data lies or is to be downloaded; ImageFolder layout works too.")
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")]
Compare = Annotated[
    str | None,
    typer.Option(help=f"Several networks, e.g. plain,residual. There are {', '.join([*ARMS, *CARDINALITIES])}."),
]


class RecipeOptions:
    """Each option that replaces a field of the recipe to begin with, or changes its network."""

    model: Annotated[str | None, typer.Option(help="A name from `list`.")]
    data: Annotated[str | None, typer.Option(help=_choices(DataKind))]
    epochs: Annotated[int | None, typer.Option(help="Passes over the training set.")]
    lr: Annotated[float | None, typer.Option(help="Learning rate; AdamW wants some 0.001.")]
    batch_size: Annotated[int | None, typer.Option(help="Pictures per step, over all processes.")]
    seed: Annotated[int | None, typer.Option(help="Of weights, order and augmentation.")]
    depth: Annotated[int | None, typer.Option(help="Layers, 6n+2: 8, 20, 56, 110.")]
    width: Annotated[int | None, typer.Option(help="Channels of the first stage; each further one has twice as many.")]
    norm: Annotated[str | None, typer.Option(help="batch or none.")]
    init: Annotated[str | None, typer.Option(help=f"First weights: {_choices(InitKind)}")]
    optimizer: Annotated[str | None, typer.Option(help=_choices(OptimizerKind))]
    momentum: Annotated[float | None, typer.Option(help="Of SGD; AdamW's beta1.")]
    nesterov: Annotated[bool | None, typer.Option(help="Nesterov's momentum, for SGD.")]
    weight_decay: Annotated[float | None, typer.Option(help="0 to 1.")]
    schedule: Annotated[str | None, typer.Option(help=f"Of the learning rate: {_choices(ScheduleKind)}")]
    warmup_steps: Annotated[int | None, typer.Option(help="Steps at a tenth of the rate before all others.")]
    label_smoothing: Annotated[
        float | None, typer.Option(help="Share of each target spread over all classes: 0 to 0.99.")
    ]
    augment: Annotated[bool | None, typer.Option(help="Crop and flip at random.")]
    crop: Annotated[
        str | None,
        typer.Option(help="pad (CIFAR), scale (ImageNet; pictures stay on disk) or area (parts of any size)."),
    ]
    image_size: Annotated[int | None, typer.Option(help="Resize pictures to this side, in pixels.")]
    epoch_sizes: Annotated[
        str | None, typer.Option(help="Sides of the training pictures over the epochs, e.g. 32,32,48; or none.")
    ]
    least_area: Annotated[float | None, typer.Option(help="Of a picture, with --crop area: 0.01 to 1.")]
    leave_out: Annotated[
        str | None, typer.Option(help="Classes of tiny-imagenet not to train, e.g. n02486410,n02481823; or none.")
    ]
    warmup_share: Annotated[float | None, typer.Option(help="Of all steps, for the one_cycle schedule: 0 to 1.")]
    decay_norms: Annotated[bool | None, typer.Option(help="Weight decay on batch norm and biases too.")]
    precision: Annotated[str | None, typer.Option(help="fp32 or bf16; auto is fp32 on a CPU.")]


def with_recipe(*leaving_out: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command with those of a recipe after its own options, which it takes together, as `given`.

    Args:
        leaving_out: names of options that the command has of its own.
    """
    options = {name: kind for name, kind in get_type_hints(RecipeOptions, include_extras=True).items()
               if name not in leaving_out}  # fmt: skip

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def told(**said: Any) -> None:
            command(given={name: said.pop(name) for name in options}, **said)

        own = [one for one in signature(command, eval_str=True).parameters.values() if one.name != "given"]
        own = [one.replace(kind=Parameter.KEYWORD_ONLY) for one in own]
        recipe = [Parameter(name, Parameter.KEYWORD_ONLY, default=None, annotation=kind)
                  for name, kind in options.items()]  # fmt: skip
        told.__signature__ = Signature([*own, *recipe])  # type: ignore[attr-defined]
        told.__annotations__ = {one.name: one.annotation for one in (*own, *recipe)}
        return told

    return decorate


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
