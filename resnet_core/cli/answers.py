"""How `classify` writes answers: on the screen as they come, or into a CSV file that a later run continues."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from io import StringIO
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from resnet_core.anatomy.tables.cells import csv_cell
from resnet_core.atomic import refusal
from resnet_core.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.inference.prediction import Prediction

COLUMNS = ("photo", "rank", "label", "probability", "weights", "precision", "engine")

WEIGHTS, PRECISION = COLUMNS.index("weights"), COLUMNS.index("precision")


def shown(photo: Path) -> str:
    """A path as it is printed: bytes of its name that are no text are written as numbers, \\xff."""
    return os.fsencode(photo).decode("utf-8", "backslashreplace")


def csv_rows(photo: Path, answer: Prediction) -> str:
    """One line for each class, the likeliest first."""
    name, how = csv_cell(shown(photo)), (csv_cell(answer.weights), answer.precision, answer.engine)
    return _as_csv([(name, rank, csv_cell(one.label), one.probability, *how) for rank, one in enumerate(answer.top, 1)])


def as_frame(answers: Sequence[tuple[Path, Prediction]]) -> pd.DataFrame:
    """The same rows as a table, of all photos."""
    import pandas as pd

    return pd.DataFrame(
        [
            (shown(photo), rank, one.label, one.probability, answer.weights, answer.precision, answer.engine)
            for photo, answer in answers
            for rank, one in enumerate(answer.top, 1)
        ],
        columns=list(COLUMNS),
    )


def csv_header() -> str:
    """The names of the columns."""
    return _as_csv([COLUMNS])


def as_json(answers: Sequence[tuple[Path, Prediction]]) -> str:
    """All answers as one array, each with the engine that computed it."""
    return json.dumps([_record(photo, answer) for photo, answer in answers], indent=1, ensure_ascii=False)


def as_table(photo: Path, answer: Prediction) -> str:
    """An answer for people: what is sure, where the network has groups, then classes and percentages."""
    width = max(len(scored.label) for scored in answer.top)
    how = f"{answer.engine} in {answer.precision} on {answer.device}"
    lines = [f"{shown(photo)}  ({answer.weights}, {answer.duration_ms:.1f} ms, {how})"]
    lines += [f"  {answer.headline.text}"] if answer.headline else []
    lines += [f"  {scored.label:{width}}  {scored.probability * 100:5.1f} %" for scored in answer.top]
    return "\n".join(lines) + "\n"


def saved_precision(path: Path) -> str:
    """The number format of the answers in a file; empty where it has none, or is no file of answers."""
    try:
        lines = path.read_bytes().decode("utf-8").splitlines()[:2]
    except (OSError, UnicodeDecodeError):
        return ""
    return next((row[PRECISION] for row in csv.reader(lines[1:]) if len(row) == len(COLUMNS)), "")


class AnswerFile:
    """A CSV file that grows photo by photo. What is in it stays, whatever ends the run.

    Args:
        path: of the file; an existing one is continued.
        weights: of this run; those of an existing file must be the same.
        classes: how many each photo gets.

    Raises:
        DataError: if the file is none of these, of other weights, or can't be written.
    """

    def __init__(self, path: Path, weights: str, classes: int) -> None:
        self.path, self._classes = path, classes
        try:
            text = path.read_bytes().decode("utf-8") if path.exists() else ""
            self._photos = self._whole_photos(text, weights)
            kept = csv_header() + "".join(self._photos.values())
            if kept != text:  # new, or killed in the middle of a photo
                self._write(kept, "w")
        except OSError as error:
            raise refusal(path, error) from error
        except (UnicodeDecodeError, csv.Error) as error:
            raise DataError(f"{path} is not a file of answers: {error}. Choose another name.") from error

    def __contains__(self, photo: Path) -> bool:
        return csv_cell(shown(photo)) in self._photos

    def __len__(self) -> int:
        return len(self._photos)

    def add(self, photo: Path, answer: Prediction) -> None:
        """Append one photo's answer, on the disk before this returns.

        Raises:
            DataError: if the disk is full or the file can't be written.
        """
        rows = csv_rows(photo, answer)
        try:
            self._write(rows, "a")
        except OSError as error:
            raise refusal(self.path, error) from error
        self._photos[csv_cell(shown(photo))] = rows

    def _write(self, text: str, mode: str) -> None:
        with self.path.open(mode, encoding="utf-8", newline="") as file:
            file.write(text)

    def _whole_photos(self, text: str, weights: str) -> dict[str, str]:
        """The lines of each photo in the file; those of the last one are left out unless all are there."""
        rows = list(csv.reader(StringIO(text, newline="")))
        if not rows:
            return {}
        if tuple(rows[0]) != COLUMNS:
            raise DataError(
                f"{self.path} is not a file of answers: its first line is not {','.join(COLUMNS)}. Choose another name."
            )
        if not text.endswith("\n"):
            rows.pop()
        groups = [list(group) for _, group in groupby(rows[1:], key=lambda row: row[:1])]
        if groups and len(groups[-1]) != self._classes:
            groups.pop()  # killed in the middle of it
        for group in groups:
            if any(len(row) != len(COLUMNS) or row[WEIGHTS] != csv_cell(weights) for row in group):
                raise DataError(f"{self.path} has answers of other weights than {weights}. Choose another name.")
            if len(group) != self._classes:
                raise DataError(
                    f"{self.path} names {len(group)} classes for a photo, and {self._classes} are asked for. "
                    "Ask for as many, or choose another name."
                )
        return {group[0][0]: _as_csv(group) for group in groups}


def _as_csv(rows: Sequence[Sequence[object]]) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _record(photo: Path, answer: Prediction) -> dict[str, object]:
    facts: dict[str, object] = {
        "weights": answer.weights, "device": answer.device, "precision": answer.precision, "engine": answer.engine,
        "duration_ms": round(answer.duration_ms, 2),
    }  # fmt: skip
    if answer.headline:
        facts |= {"headline": asdict(answer.headline), "groups": [asdict(group) for group in answer.groups[:5]]}
    return {"photo": shown(photo), **facts, "top": [asdict(scored) for scored in answer.top]}
