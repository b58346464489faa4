"""The command that teaches a network classes of yours: teach."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, TimeRemainingColumn

from resnet_core.atomic import check_file
from resnet_core.cli.forms import AsForm, IntoFile, choose_target
from resnet_core.cli.printing import print_note, progress_bar
from resnet_core.errors import DataError, ImageError, require

if TYPE_CHECKING:
    from resnet_core.inference.classifier import Classifier
    from resnet_core.lab.teach.feature_store import FeatureStore

Photos = Mapping[str, Sequence[Path]]


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(teach)


def teach(
    folder: Annotated[Path, typer.Argument(help="A folder for each class, with its photos.")],
    out: Annotated[Path, typer.Option(help="The network with its note inside: .safetensors, or .onnx.")],
    network: Annotated[
        str | None, typer.Option(help="Whose features: weights by name or file.", show_default="the bundled default")
    ] = None,
    held_out: Annotated[
        Path | None, typer.Option(help="Folders of the same classes to measure with, instead of cross-validation.")
    ] = None,
    fine_tune: Annotated[
        str, typer.Option(help="What learns beside the new last layer: none, last-stage or all of the network.")
    ] = "none",
    seed: Annotated[int, typer.Option(help="Of the folds.", min=0, max=2**31 - 1)] = 0,
    cached: Annotated[
        bool, typer.Option("--cache/--no-cache", help="Keep the features of files for the next run.")
    ] = True,
    form: AsForm = None,
    output: IntoFile = None,
) -> None:
    """Teach a trained network classes of your own, from five photos a class or a thousand.

    Its features stay as they are; a new last layer is fitted to them. With --fine-tune a few steps of gradient descent
    then change the last stage too, or all of it, on one core. Prints which held-out photos were called what. A photo
    that can't be read is named and left out. A run that is stopped goes on where it was.

    Examples:

        python -m resnet_core teach photos/ --out mine.safetensors

        python -m resnet_core teach photos/ --network resnet50 --out mine.safetensors

        python -m resnet_core teach photos/ --fine-tune last-stage --out mine.onnx

        python -m resnet_core classify cup.jpg --weights mine.safetensors
    """
    target = choose_target(form, output)
    check_file(out)

    from resnet_core.inference.classifier import Classifier
    from resnet_core.lab.data.folders import left_out, list_classes
    from resnet_core.lab.teach.photos import check_classes
    from resnet_core.lab.teach.saving import check_ending
    from resnet_core.lab.teach.teach import teach as learn
    from resnet_core.lab.teach.tuning import NONE, WAYS
    from resnet_core.weights.library import DEFAULT_WEIGHTS

    check_ending(out)
    require(fine_tune in WAYS, "--fine-tune", fine_tune, f"one of {', '.join(WAYS)}")
    photos = list_classes(folder)
    remarks = left_out(folder)
    try:
        check_classes(photos)
    except DataError as refused:
        raise DataError(" ".join((str(refused), *remarks))) from refused
    apart = list_classes(held_out) if held_out else None
    for remark in (*remarks, *(left_out(held_out) if held_out else ())):
        print(remark, file=sys.stderr)
    known = Classifier.load(network or DEFAULT_WEIGHTS)
    unread: list[ImageError] = []
    with _progress(photos, apart or {}, fine_tune != NONE) as (looked, tuned), _store(known, kept=cached) as store:
        taught = learn(photos, known, apart, seed, looked, store, unread.append, fine_tune, tuned)
    taught.save(out)
    target.show(taught.held_out.to_frame().rename_axis("shows \\ called").reset_index())
    if target.for_people:
        for error in unread:
            print_note(f"Left out: {error}")
        print_note(f"{taught.held_out}. {out} answers with {len(taught.weights.classes)} classes.")


@contextmanager
def _progress(
    photos: Photos, apart: Photos, tuning: bool
) -> Iterator[tuple[Callable[[int], None], Callable[[float], None]]]:
    """Bars for the photos looked at, and for the share of fine-tuning that is done."""
    with progress_bar("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()) as bar:
        task = bar.add_task("photos", total=sum(map(len, photos.values())) + sum(map(len, apart.values())))
        steps = bar.add_task("fine-tuning, %", total=100, visible=tuning)
        yield (
            lambda count: bar.update(task, completed=count),
            lambda share: bar.update(steps, completed=round(100 * share)),
        )


@contextmanager
def _store(known: Classifier, *, kept: bool) -> Iterator[FeatureStore | None]:
    """The features of this network and this crop in this machine's cache, if they are to be kept."""
    if not kept:
        yield None
        return
    from resnet_core.cache import cache_folder
    from resnet_core.lab.teach.feature_store import FeatureStore
    from resnet_core.weights.download import hash_file

    weights = known.weights
    network = f"{weights.sha256 or hash_file(weights.path)}:{weights.preprocessing}"
    with closing(FeatureStore(cache_folder() / "features.sqlite", network)) as store:
        yield store
