"""draw_race(): all that a page shows of one race at one moment, made once for everyone who watches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go

from resnet_core.figures.training.curves import LiveCurves
from resnet_core.figures.training.race import block_scale, gradient_figure
from resnet_core.lab.runs.curves import describe_race, describe_start, gradient_norms, spoken
from resnet_core.lab.runs.records import RunSnapshot


@dataclass(frozen=True, slots=True)
class RaceView:
    """A race in words, curves and figures.

    Attributes:
        sentence: what the curves show.
        start: how the gradients differ before the first step.
        lines: the curves, as the browser draws them; see `LiveCurves.payload`.
        gradients: the name of each network -> the map of its gradient norms, all on one scale.
    """

    sentence: str
    start: str
    lines: list[dict[str, Any]]
    gradients: dict[str, go.Figure]


def draw_race(run: RunSnapshot, theme: str = "light") -> RaceView:
    """Draw a run as it is now."""
    norms = {arm: gradient_norms(run.metrics, arm) for arm in run.request.arms}
    norms = {arm: table for arm, table in norms.items() if not table.empty}
    lowest, highest = block_scale(norms.values()) if norms else (0.0, 0.0)
    curves = LiveCurves(run.request.arms)
    for metrics in run.metrics:
        curves.add(metrics)
    return RaceView(
        sentence=describe_race(run.metrics, going=not run.ended and run.step < run.total_steps) if run.metrics else "",
        start=describe_start(run.metrics),
        lines=curves.payload(),
        gradients={spoken(arm): gradient_figure(table, lowest, highest, theme) for arm, table in norms.items()},
    )
