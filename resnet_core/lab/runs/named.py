"""find_run(), run_rows(): a kept race or a recorded training by its name, as a table."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pandas as pd

from resnet_core.errors import DataError, InvalidSpecError
from resnet_core.lab.runs.curves import epoch_curves, step_curves
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.recorded import RECORDED_RUNS, RecordedRun, epoch_table, recorded_runs
from resnet_core.lab.runs.records import RunSnapshot

Detail = Literal["steps", "epochs"]
EVERY_STEP = 10**9


def find_run(name: str, history: RunHistory, folder: Path = RECORDED_RUNS) -> RunSnapshot | RecordedRun:
    """The recorded run of that name, or the kept race of that id or of an id that begins so.

    Raises:
        DataError: if there is none, or more than one.
    """
    recorded = recorded_runs(folder)
    if name in recorded:
        return recorded[name]
    races = [run for run in history.latest(history.keep) if name and run.id.startswith(name)]
    if len(races) != 1:
        found = "No run is" if not races else f"{len(races)} runs are"
        raise DataError(f"{found} named {name!r}. `python -m resnet_core runs list` shows all that are kept.")
    return races[0]


def run_rows(run: RunSnapshot | RecordedRun, detail: Detail | None = None) -> pd.DataFrame:
    """A run's curves: a row per network and step, or per network and epoch.

    Args:
        detail: by default the finest that there is.

    Raises:
        InvalidSpecError: for the steps of a recorded run, which has kept its epochs only.
    """
    if isinstance(run, RecordedRun):
        if detail == "steps":
            raise InvalidSpecError("A recorded run has kept its epochs only: ask for its epochs.")
        return epoch_table({run.model: run})
    return epoch_curves(run.metrics) if detail == "epochs" else step_curves(run.metrics, EVERY_STEP)
