"""timed_race(): a race that is stopped after some seconds on the clock, run by a job manager as on the page."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from resnet_core.errors import InvalidSpecError, require
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.runs.history import RunHistory
from resnet_core.lab.runs.jobs import JobManager
from resnet_core.lab.runs.records import RunRequest, RunSnapshot

LOOK_S = 0.2  # between two looks at the race; the page looks each second


def timed_race(
    config: TrainConfig = RACE, arms: tuple[str, ...] = ("plain", "residual"), seconds: float = 30.0
) -> RunSnapshot:
    """Race until the time is up or the race is over, and give back the run as it ended.

    The time begins when the race is asked for, as for a visitor who presses Start; loading the pictures and building
    the networks are part of it.

    Raises:
        InvalidSpecError: for no time, for a race that can't be run, or where not one step fits into the time.
    """
    require(seconds > 0, "seconds", seconds, "more than 0")
    with tempfile.TemporaryDirectory() as folder:
        jobs = JobManager(RunHistory(Path(folder) / "races.sqlite"))
        until = time.monotonic() + seconds
        run = jobs.submit(RunRequest(config=config, arms=arms), "timer")
        while not run.ended and (left := until - time.monotonic()) > 0:
            time.sleep(min(LOOK_S, left))
            run = jobs.snapshot(run.id, "timer") or run
        jobs.stop(run.id, "timer")
        jobs.close()
        ended = jobs.snapshot(run.id) or run
    if not ended.metrics:
        raise InvalidSpecError(f"Not one step was taken in {seconds:g} s: {ended.message} Allow more time.")
    return ended
