"""Recorded runs: longer trainings as small files, with all that is needed to repeat them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from resnet_core.atomic import write_atomically
from resnet_core.data import data_folder
from resnet_core.errors import DataError, ResNetCoreError
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.metrics import EpochMetrics

RECORDED_RUNS = data_folder("runs")
DIGITS = 5  # of each number in a file: more than any chart or table shows


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedRun:
    """One network's training, epoch by epoch.

    Attributes:
        model: its name in the catalogue.
        recipe: all that decides how the run goes.
        command: what makes it again.
        machine, device, precision: what it ran on, and in which numbers.
        seconds: computing time of the whole run.
        validation_split: which pictures the validation error was measured on, e.g. "test".
        note: where the pictures come from; empty if nobody said.
        epochs: one record each, first to last.
    """

    model: str
    recipe: TrainConfig
    command: str
    machine: str
    device: str
    precision: str
    seconds: float
    validation_split: str
    note: str
    epochs: tuple[EpochMetrics, ...]

    @property
    def layers(self) -> int:
        """Layers with weights on the main path."""
        return self.recipe.spec().layers

    @property
    def kind(self) -> str:
        """ "plain" or "residual"."""
        return "plain" if self.recipe.spec().shortcut == "none" else "residual"

    @property
    def title(self) -> str:
        """ "plain, 56 layers"."""
        return f"{self.kind}, {self.layers} layers"

    def to_json(self) -> str:
        """JSON with one line per epoch, its numbers rounded to `DIGITS` digits."""
        facts = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in ("recipe", "epochs")}
        facts["recipe"] = json.loads(self.recipe.to_json())
        head = json.dumps(facts, indent=1).removesuffix("\n}")
        epochs = ",\n".join("  " + json.dumps(_rounded(asdict(epoch))) for epoch in self.epochs)
        return f'{head},\n "epochs": [\n{epochs}\n ]\n}}\n'

    @classmethod
    def from_json(cls, text: str) -> RecordedRun:
        """The inverse of `to_json`."""
        values = json.loads(text)
        recipe = TrainConfig.from_json(json.dumps(values.pop("recipe")))
        epochs = tuple(EpochMetrics.from_record(record) for record in values.pop("epochs"))
        return cls(recipe=recipe, epochs=epochs, **values)


def recorded_runs(folder: Path = RECORDED_RUNS) -> dict[str, RecordedRun]:
    """Every recorded run of a folder by its file's name: plain before residual, few layers before many.

    Raises:
        DataError: if a file can't be read.
    """
    runs = {path.stem: read_run(path) for path in sorted(folder.glob("*.json"))}
    return dict(sorted(runs.items(), key=lambda item: (item[1].layers, item[1].kind, item[0])))


def read_run(path: Path) -> RecordedRun:
    """One recorded run.

    Raises:
        DataError: if the file can't be read, or is none.
    """
    try:
        run = RecordedRun.from_json(path.read_text("utf-8"))
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ResNetCoreError) as error:
        raise DataError(f"{path} is no recorded run ({type(error).__name__}). Remove it or record it again.") from error
    if not run.epochs:
        raise DataError(f"{path} has no epochs. Remove it or record the run again.")
    return run


def record_run(folder: Path, note: str = "") -> RecordedRun:
    """What `train` has written into its folder at the end of a run, without the weights.

    Args:
        folder: of the run; it holds one `<model>.json`.
        note: where the pictures come from, if the folder's own record does not say it.

    Raises:
        DataError: if the folder holds no finished run.
    """
    finished = sorted(path for path in folder.glob("*.json") if not path.name.startswith("."))
    if len(finished) != 1:
        raise DataError(
            f"{folder} holds {len(finished)} records of a finished run, and one is needed. "
            "`train` writes it after the last epoch: the same command goes on where the run was saved."
        )
    try:
        facts = json.loads(finished[0].read_text("utf-8"))
        return _from_training(facts, note)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, ResNetCoreError) as error:
        raise DataError(f"{finished[0]} is no record that `train` wrote ({type(error).__name__}).") from error


def _from_training(facts: Mapping[str, Any], note: str) -> RecordedRun:
    return RecordedRun(
        model=facts["model"], recipe=TrainConfig.from_json(json.dumps(facts["recipe"])),
        command=facts.get("command", ""), machine=facts["machine"], device=facts["device"],
        precision=facts["precision"], seconds=facts["training_s"],
        validation_split=facts.get("validation_split", "held out"), note=note or facts.get("data_note", ""),
        epochs=tuple(EpochMetrics.from_record(record) for record in facts["history"]),
    )  # fmt: skip


def save_run(run: RecordedRun, path: Path) -> None:
    """Write a recorded run's file.

    Raises:
        DataError: if it can't be written.
    """
    write_atomically(path, run.to_json().encode())


def epoch_table(runs: Mapping[str, RecordedRun]) -> pd.DataFrame:
    """One row per run and epoch: run, network, epoch, learning rate, loss and errors (0 to 1) in training and test."""
    rows = [
        {
            "run": name, "network": run.title, "epoch": epoch.epoch, "learning_rate": epoch.learning_rate,
            "train_loss": epoch.train_loss, "train_error": epoch.train_error,
            "validation_loss": epoch.validation_loss, "validation_error": epoch.validation_error,
        }
        for name, run in runs.items() for epoch in run.epochs
    ]  # fmt: skip
    return pd.DataFrame(rows)


def block_table(run: RecordedRun, quantity: str) -> pd.DataFrame:
    """A value of each block (rows, first block first) after each epoch (columns).

    Args:
        quantity: "gradient_norms" or "activation_scales".
    """
    return pd.DataFrame({epoch.epoch: getattr(epoch, quantity) for epoch in run.epochs})


def _rounded(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _round(value) for key, value in record.items()}


def _round(value: Any) -> Any:
    if isinstance(value, Iterable) and not isinstance(value, str):
        return [_round(one) for one in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
