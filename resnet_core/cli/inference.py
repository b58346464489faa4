"""The command that answers what is in a picture: classify."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from resnet_core.cli.printing import print_note
from resnet_core.errors import ImageError
from resnet_core.models.weights_record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from resnet_core.inference.classifier import Prediction


class AnswerForm(StrEnum):
    """How to print answers."""

    table = "table"
    csv = "csv"
    json = "json"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command()(classify)


def classify(
    photos: Annotated[list[Path], typer.Argument(metavar="PHOTO...", help="Files, or folders of them.")],
    weights: Annotated[
        str, typer.Option(help="A name from `weights list`, or a .safetensors, .pt or .pth file.")
    ] = DEFAULT_WEIGHTS,
    top_k: Annotated[int, typer.Option(min=1, help="How many classes to name.")] = 5,
    ten_crop: Annotated[bool, typer.Option("--ten-crop", help="Average over ten crops, as the paper tests.")] = False,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda or mps.")] = "auto",
    form: Annotated[AnswerForm, typer.Option("--format", help="How to print it.")] = AnswerForm.table,
) -> None:
    """Say what is in photographs, with probabilities.

    A file that can't be read is named on stderr and the others go on; then the exit status is 2.

    Examples:

        python -m resnet_core classify dog.jpg

        python -m resnet_core classify holiday/ --weights resnet50 --top-k 3 --format csv
    """
    from resnet_core.inference.classifier import Classifier

    classifier = Classifier.load(weights, device=device)
    answers: dict[Path, Prediction] = {}
    failures = 0
    for path in _files(photos):
        try:
            answers[path] = classifier.predict(path, top_k=top_k, ten_crop=ten_crop)
        except ImageError as error:
            failures += 1
            print(error, file=sys.stderr)
    _print_answers(answers, form)
    if form is AnswerForm.table and answers:
        _print_what_it_knows(classifier.weights.classes)
    if failures:
        raise typer.Exit(2)


def _files(photos: Iterable[Path]) -> Iterator[Path]:
    """The files themselves, and the pictures in each folder by name; a folder without any is left to fail."""
    from PIL import Image

    from resnet_core.inference.images import FORMATS

    endings = {ending for ending, kind in Image.registered_extensions().items() if kind in FORMATS}
    for photo in photos:
        inside = sorted(path for path in photo.glob("*") if path.suffix.lower() in endings)
        yield from inside or [photo]


def _print_answers(answers: dict[Path, Prediction], form: AnswerForm) -> None:
    if form is AnswerForm.json:
        print(json.dumps([_record(photo, answer) for photo, answer in answers.items()], indent=1, ensure_ascii=False))
    elif form is AnswerForm.csv:
        _print_csv(answers)
    else:
        for photo, answer in answers.items():
            _print_table(photo, answer)


def _record(photo: Path, answer: Prediction) -> dict[str, object]:
    facts = {"weights": answer.weights, "device": answer.device, "duration_ms": round(answer.duration_ms, 2)}
    return {"photo": str(photo), **facts, "top": [asdict(scored) for scored in answer.top]}


def _print_csv(answers: dict[Path, Prediction]) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("photo", "rank", "label", "probability"))
    for photo, answer in answers.items():
        writer.writerows((photo, rank, one.label, one.probability) for rank, one in enumerate(answer.top, start=1))


def _print_table(photo: Path, answer: Prediction) -> None:
    width = max(len(scored.label) for scored in answer.top)
    print(f"{photo}  ({answer.weights}, {answer.duration_ms:.1f} ms on {answer.device})")
    for scored in answer.top:
        print(f"  {scored.label:{width}}  {scored.probability * 100:5.1f} %")
    print()


def _print_what_it_knows(classes: Sequence[str], most: int = 20) -> None:
    named = f": {', '.join(classes)}" if len(classes) <= most else ""
    print_note(f"This network knows {len(classes)} classes{named}. It always answers with one of them.")
