"""The command that answers what is in a picture: classify."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from resnet_core.cli.answers import AnswerFile, as_json, as_table, csv_header, csv_rows
from resnet_core.cli.printing import print_note
from resnet_core.errors import ImageError, require
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from resnet_core.inference.classifier import Classifier
    from resnet_core.inference.prediction import Prediction


class AnswerForm(StrEnum):
    """How to print answers."""

    table = "table"
    csv = "csv"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(classify)


def classify(
    photos: Annotated[list[Path], typer.Argument(metavar="PHOTO...", help="Files, or folders of them at any depth.")],
    weights: Annotated[
        str, typer.Option(help="A name from `weights list`, or a .safetensors, .pt or .pth file.")
    ] = DEFAULT_WEIGHTS,
    top_k: Annotated[int, typer.Option(min=1, help="How many classes to name.")] = 5,
    ten_crop: Annotated[bool, typer.Option("--ten-crop", help="Average over ten crops, as the paper tests.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, fp32, bf16 or fp16.")] = "auto",
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "--format",
            metavar="table|csv|json|FILE.csv",
            help="How to print it; or a file to save it in, which a later run continues.",
        ),
    ] = AnswerForm.table.value,
) -> None:
    """Say what is in photographs, with probabilities.

    A file that can't be read is named on stderr and the others go on; then the exit status is 2.

    Examples:

        python -m resnet_core classify dog.jpg

        python -m resnet_core classify holiday/ --weights resnet50 --top-k 3 --output csv

        python -m resnet_core classify holiday/ --output answers.csv
    """
    printed = output in set(AnswerForm)
    require(printed or output.lower().endswith(".csv"), "output", output, "table, csv, json, or a file *.csv")
    from resnet_core.inference.classifier import Classifier

    classifier = Classifier.load(weights, device=device, precision=precision)
    for remark in classifier.weights.remarks:
        print(remark, file=sys.stderr)
    files = list(_files(photos))
    if printed:
        failures = _print_answers(classifier, files, AnswerForm(output), top_k, ten_crop)
    else:
        failures = _save_answers(classifier, files, Path(output), top_k, ten_crop)
    if failures:
        raise typer.Exit(2)


def _files(photos: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and all pictures below each folder by name; a folder without any is left to fail."""
    from PIL import Image

    from resnet_core.inference.images import FORMATS

    endings = {ending for ending, kind in Image.registered_extensions().items() if kind in FORMATS}
    for photo in photos:
        inside = sorted(path for path in photo.rglob("*") if path.suffix.lower() in endings)
        yield from inside or [photo]


def _print_answers(classifier: Classifier, files: Sequence[Path], form: AnswerForm, top_k: int, ten_crop: bool) -> int:
    """Print each answer as it comes, JSON as a whole at the end; give back how many photos could not be read."""
    answers: list[tuple[Path, Prediction]] = []
    failures = 0
    for photo, answer in _answers(classifier, files, top_k, ten_crop, hidden=sys.stdout.isatty()):
        if isinstance(answer, ImageError):
            failures += 1
            continue
        if form is AnswerForm.csv:
            print("" if answers else csv_header(), csv_rows(photo, answer), sep="", end="", flush=True)
        elif form is AnswerForm.table:
            print(as_table(photo, answer), flush=True)
        answers.append((photo, answer))
    if form is AnswerForm.json:
        print(as_json(answers))
    elif form is AnswerForm.csv and not answers:
        print(csv_header(), end="")
    elif form is AnswerForm.table and answers:
        _print_what_it_knows(classifier)
    return failures


def _save_answers(classifier: Classifier, files: Sequence[Path], path: Path, top_k: int, ten_crop: bool) -> int:
    """Write each answer to a file as it comes; photos that are in it already are not asked again."""
    saved = AnswerFile(path, classifier.weights.name, min(top_k, len(classifier.weights.classes)))
    remaining = [photo for photo in files if photo not in saved]
    failures = 0
    for photo, answer in _answers(classifier, remaining, top_k, ten_crop, hidden=False):
        if isinstance(answer, ImageError):
            failures += 1
        else:
            saved.add(photo, answer)
    before = len(files) - len(remaining)
    print_note(
        f"{path}: {len(remaining) - failures} photos answered"
        + (f", {before} were in it already" if before else "")
        + (f", {failures} can't be read" if failures else "")
        + f". {classifier.engine.choice}."
    )
    return failures


def _answers(
    classifier: Classifier, files: Sequence[Path], top_k: int, ten_crop: bool, hidden: bool
) -> Iterator[tuple[Path, Prediction | ImageError]]:
    """Each photo with its answer. What can't be read is named on stderr, where a terminal also sees a bar."""
    screen = Console(stderr=True)
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    hidden = hidden or len(files) < 2 or not screen.is_terminal
    with Progress(*columns, console=screen, transient=True, disable=hidden) as bar:
        task = bar.add_task("Classifying", total=len(files))
        for photo, answer in classifier.predict_each(files, top_k, ten_crop):
            if isinstance(answer, ImageError):
                print(str(answer).encode("utf-8", "backslashreplace").decode(), file=sys.stderr, flush=True)
            yield photo, answer
            bar.advance(task)


def _print_what_it_knows(classifier: Classifier, most: int = 20) -> None:
    classes = classifier.weights.classes
    named = f": {', '.join(classes)}" if len(classes) <= most else ""
    print_note(f"This network knows {len(classes)} classes{named}. It always answers with one of them.")
    print_note(f"It ran as {classifier.engine.choice}. {classifier.engine.choice.why}")
