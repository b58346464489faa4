"""The command that answers what is in a picture: classify."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

from resnet_core.cli.answers import AnswerFile, as_frame, as_json, as_table, csv_header, csv_rows, saved_precision
from resnet_core.cli.forms import ENDINGS, AsForm, Form, Target, choose_target
from resnet_core.cli.photos import STDIN, find_photos, read_stdin
from resnet_core.cli.printing import print_note, progress_bar
from resnet_core.errors import DataError, ImageError, InvalidSpecError
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from resnet_core.inference.classifier import Classifier
    from resnet_core.inference.prediction import Prediction


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(classify)


def classify(
    photos: Annotated[
        list[Path],
        typer.Argument(
            metavar="PHOTO...", help="Files, folders of them at any depth, or - for standard input.", readable=False
        ),
    ],
    weights: Annotated[
        str, typer.Option(help="A name from `weights list`, or a .safetensors, .pt or .pth file.")
    ] = DEFAULT_WEIGHTS,
    top_k: Annotated[int, typer.Option(min=1, help="How many classes to name.")] = 5,
    ten_crop: Annotated[bool, typer.Option("--ten-crop", help="Average over ten crops, as the paper tests.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    precision: Annotated[str, typer.Option(help="auto, fp32, bf16 or fp16.")] = "auto",
    form: AsForm = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output", metavar="FILE", help=f"Write it to a file: {', '.join(ENDINGS)}. A later run continues a .csv."
        ),
    ] = None,
) -> None:
    """Say what is in photographs, with probabilities.

    A file or folder that can't be read is named on stderr and the others go on; then the exit status is 2.
    A run that continues a file computes in that file's precision.

    Examples:

        python -m resnet_core classify dog.jpg

        python -m resnet_core classify holiday/ --weights resnet50 --top-k 3 --format csv

        python -m resnet_core classify holiday/ --output answers.csv

        curl https://example.org/dog.jpg | python -m resnet_core classify -
    """
    target = choose_target(form, output)
    continued = target.path if target.form is Form.csv else None
    if continued:
        precision = _precision_to_continue(continued, precision)
    files, problems = find_photos(photos)
    for problem in problems:
        print(problem, file=sys.stderr, flush=True)
    if not files:
        raise typer.Exit(2)
    classifier = _load(weights, device, precision)
    for remark in classifier.weights.remarks:
        print(remark, file=sys.stderr)
    if continued:
        failures = _save_answers(classifier, files, continued, top_k, ten_crop)
    else:
        failures = _print_answers(classifier, files, target, top_k, ten_crop)
    if failures or problems:
        raise typer.Exit(2)


def _precision_to_continue(path: Path, precision: str) -> str:
    """The number format of the answers that are in a file already, or the one asked for where there are none.

    Raises:
        DataError: if another one is asked for.
    """
    saved = saved_precision(path)
    if saved and precision not in ("auto", saved):
        raise DataError(
            f"{path} has answers in {saved}, and {precision} is asked for. "
            "Leave --precision away, or choose another name."
        )
    return saved or precision


def _load(weights: str, device: str, precision: str) -> Classifier:
    """The network in the engine and number format that all photos of this command are answered in.

    Raises:
        InvalidSpecError: if this machine can't compute in the number format asked for.
    """
    from resnet_core.inference.classifier import Classifier

    classifier = Classifier.load(weights, device=device, precision=precision)
    choice = classifier.engine.wait()
    if precision not in ("auto", choice.precision):
        raise InvalidSpecError(f"precision={precision!r} does not work on this {choice.device}: {choice.why}")
    return classifier


def _print_answers(classifier: Classifier, files: Sequence[Path], target: Target, top_k: int, ten_crop: bool) -> int:
    """Print each answer as it comes, in other forms than table and CSV all at the end; give back how many failed."""
    answers: list[tuple[Path, Prediction]] = []
    failures = 0
    for photo, answer in _answers(classifier, files, top_k, ten_crop, hidden=sys.stdout.isatty()):
        if isinstance(answer, ImageError):
            failures += 1
            continue
        if target.form is Form.csv:
            print("" if answers else csv_header(), csv_rows(photo, answer), sep="", end="", flush=True)
        elif target.for_people:
            print(as_table(photo, answer), flush=True)
        answers.append((photo, answer))
    if target.form is Form.json:
        target.write(as_json(answers) + "\n")
    elif target.form is Form.csv:
        print("" if answers else csv_header(), end="")
    elif not target.for_people:
        target.show(as_frame(answers))
    elif answers:
        _print_what_it_knows(classifier)
    return failures


def _save_answers(classifier: Classifier, files: Sequence[Path], path: Path, top_k: int, ten_crop: bool) -> int:
    """Write each answer to a file as it comes; photos that are in it already are not asked again."""
    guarded = classifier.weights.grouping.guarded if classifier.weights.grouping else ()
    top_k = min(top_k, len(classifier.weights.classes) - len(guarded))  # as many for each photo
    saved = AnswerFile(path, classifier.weights.name, top_k)
    if len(saved):
        print_note(f"{path} has answers in {classifier.precision}, so this run computes in {classifier.precision} too.")
    remaining = [photo for photo in files if photo not in saved]
    failures = 0
    for photo, answer in _answers(classifier, remaining, top_k, ten_crop, hidden=False):
        if isinstance(answer, ImageError):
            failures += 1
        else:
            saved.add(photo, answer)
    before, new = len(files) - len(remaining), len(remaining) - failures
    print_note(
        f"{path}: {new} {'photo' if new == 1 else 'photos'} answered"
        + (f", {before} {'was' if before == 1 else 'were'} in it already" if before else "")
        + (f", {failures} can't be read" if failures else "")
        + f". {classifier.engine.choice}."
    )
    return failures


def _answers(
    classifier: Classifier, files: Sequence[Path], top_k: int, ten_crop: bool, hidden: bool
) -> Iterator[tuple[Path, Prediction | ImageError]]:
    """Each photo with its answer. What can't be read is named on stderr, where a terminal also sees a bar."""
    columns = (*Progress.get_default_columns()[:2], MofNCompleteColumn(), TimeRemainingColumn())
    with progress_bar(*columns, hidden=hidden or len(files) < 2) as bar:
        task = bar.add_task("Classifying", total=len(files))
        sources = [read_stdin() if photo == STDIN else photo for photo in files]
        for photo, (source, answer) in zip(files, classifier.predict_each(sources, top_k, ten_crop), strict=True):
            if isinstance(answer, ImageError):
                print(answer if source == photo else f"{photo}: {answer}", file=sys.stderr, flush=True)
            yield photo, answer
            bar.advance(task)


def _print_what_it_knows(classifier: Classifier, most: int = 20) -> None:
    classes = classifier.weights.classes
    named = f": {', '.join(classes)}" if len(classes) <= most else ""
    always = "" if classifier.weights.grouping else " It always answers with one of them."
    print_note(f"This network knows {len(classes)} classes{named}.{always}")
    print_note(f"It ran as {classifier.engine.choice}. {classifier.engine.choice.why}")
