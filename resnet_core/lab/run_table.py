"""run_table(): finished races in a table, newest first, each with what it was and how it ended."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from resnet_core.lab.curves import final_losses, spoken
from resnet_core.lab.runs import RunSnapshot, request_words


def run_table(runs: Iterable[RunSnapshot]) -> pd.DataFrame:
    """One row per race: id, when it ended (UTC), what raced, how it ended, steps, and each network's last loss.

    The losses are training losses smoothed over some steps, as the page draws them; "diverged" where they left the
    finite numbers.
    """
    columns = ["run", "ended", "race", "networks", "state", "steps", "last training loss"]
    return pd.DataFrame([_row(run) for run in runs], columns=columns)


def _row(run: RunSnapshot) -> tuple[str, str, str, str, str, int, str]:
    losses = final_losses(run.metrics)
    named = ", ".join(f"{spoken(arm)} {f'{loss:.3g}' if loss == loss else 'diverged'}" for arm, loss in losses.items())
    arms = ", ".join(spoken(arm) for arm in run.request.arms)
    return run.id, run.ended_at, request_words(run.request), arms, run.state, run.step, named
