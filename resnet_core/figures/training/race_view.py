"""draw_race(): all that a page shows of one race at one moment, drawn once for everyone who watches."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.training.race import block_scale, gradient_figure, race_error_figure, race_loss_figure
from resnet_core.lab.runs.curves import (
    describe_race,
    describe_start,
    epoch_curves,
    gradient_norms,
    spoken,
    step_curves,
)
from resnet_core.lab.runs.records import RunSnapshot


@dataclass(frozen=True, slots=True)
class RaceView:
    """A race in words, tables and figures. A figure is None while there is nothing to draw.

    Attributes:
        sentence: what the curves show.
        start: how the gradients differ before the first step.
        steps, epochs: the curves.
        loss, error: their figures.
        gradients: the name of each network -> the map of its gradient norms, all on one scale.
    """

    sentence: str
    start: str
    steps: pd.DataFrame
    epochs: pd.DataFrame
    loss: go.Figure | None
    error: go.Figure | None
    gradients: dict[str, go.Figure]


def draw_race(run: RunSnapshot, theme: str = "light") -> RaceView:
    """Draw a run that has taken at least one step."""
    steps, epochs = step_curves(run.metrics), epoch_curves(run.metrics)
    norms = {arm: gradient_norms(run.metrics, arm) for arm in run.request.arms}
    norms = {arm: table for arm, table in norms.items() if not table.empty}
    lowest, highest = block_scale(norms.values()) if norms else (0.0, 0.0)
    return RaceView(
        sentence=describe_race(run.metrics, going=not run.ended and run.step < run.total_steps),
        start=describe_start(run.metrics),
        steps=steps,
        epochs=epochs,
        loss=None if steps.empty else race_loss_figure(steps, run.total_steps, theme),
        error=None if epochs.empty else race_error_figure(epochs, run.total_steps, theme),
        gradients={spoken(arm): gradient_figure(table, lowest, highest, theme) for arm, table in norms.items()},
    )
