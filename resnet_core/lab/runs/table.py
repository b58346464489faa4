"""Finished races and recorded trainings in a table and in words: what each was and how it ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from resnet_core.lab.runs.curves import describe_race, final_losses, spoken
from resnet_core.lab.runs.recorded import RecordedRun
from resnet_core.lab.runs.records import RunSnapshot, request_words

COLUMNS = ("run", "ended", "race", "networks", "state", "steps", "last")


def run_table(runs: Iterable[RunSnapshot]) -> pd.DataFrame:
    """One row per race: id, when it ended (UTC), what raced, how it ended, steps, and each network's last loss.

    The losses are training losses smoothed over some steps, as the page draws them; "diverged" where they left the
    finite numbers.
    """
    return pd.DataFrame([_row(run) for run in runs], columns=list(COLUMNS))


def _row(run: RunSnapshot) -> tuple[str, str, str, str, str, int, str]:
    losses = final_losses(run.metrics)
    named = ", ".join(f"{spoken(arm)} {f'{loss:.3g}' if loss == loss else 'diverged'}" for arm, loss in losses.items())
    arms = ", ".join(spoken(arm) for arm in run.request.arms)
    return run.id, run.ended_at, request_words(run.request), arms, run.state, run.step, named


def recorded_table(runs: Mapping[str, RecordedRun]) -> pd.DataFrame:
    """Recorded trainings in the columns of `run_table`, with their last errors."""
    rows = [
        {
            "run": name, "race": f"{run.recipe.data}, {len(run.epochs)} epochs", "networks": run.title,
            "state": "recorded", "steps": run.epochs[-1].step, "last": f"loss {run.epochs[-1].train_loss:.3g}, error "
            f"{run.epochs[-1].train_error * 100:.1f} in training, {run.epochs[-1].validation_error * 100:.1f} in test",
        }
        for name, run in runs.items()
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))


def run_sentences(run: RunSnapshot | RecordedRun) -> list[str]:
    """What a run was, and what its curves show."""
    if isinstance(run, RecordedRun):
        last = run.epochs[-1]
        made = f"{run.seconds / 3600:.1f} hours on {run.machine}, {run.precision}, seed {run.recipe.seed}."
        return [
            f"{run.title}, {run.recipe.data}, {len(run.epochs)} epochs",
            f"At last {last.train_error * 100:.2f} % wrong in training, {last.validation_error * 100:.2f} % in test.",
            f"{made} {run.command}",
            *([run.note] if run.note else []),
        ]
    return [request_words(run.request), f"{run.state}: {describe_race(run.metrics)} {run.message}".strip()]
