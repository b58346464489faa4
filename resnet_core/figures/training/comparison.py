"""race_comparison_figure(): the losses of several kept races on one scale."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.figures.training.arms import NAMES, arm_look
from resnet_core.figures.training.race import LOSS_HEIGHT, label_ends, loss_axis

WIDTHS = (3.5, 2.2, 1.2)  # the first run is the boldest; letters at the ends say it too


def race_comparison_figure(runs: Mapping[str, pd.DataFrame], theme: str = "light") -> go.Figure:
    """Smoothed training loss (log scale): colour and dash say the arm, width and letter the run.

    Args:
        runs: a letter -> its table of `lab.curves.step_curves`; three at most.
    """
    t, figure, ends = THEMES[theme], go.Figure(), []
    for (letter, steps), width in zip(runs.items(), WIDTHS, strict=False):
        for arm, rows in steps.groupby("arm", sort=False):
            colour, dash, _ = arm_look(t, str(arm))
            name = f"{letter} {NAMES.get(str(arm), arm)}"
            figure.add_scatter(
                x=rows["step"], y=rows["smoothed_loss"], mode="lines",
                line={"color": colour, "width": width, "dash": dash},
                hovertemplate=f"{name}, step %{{x}}: %{{y:.5f}}<extra></extra>",
            )  # fmt: skip
            ends.append((name, rows["step"].iloc[-1], rows["smoothed_loss"].iloc[-1], colour))
    every = pd.concat(list(runs.values()))
    figure.update_xaxes(title="training step", range=[0, every["step"].max() * 1.02])
    loss_axis(figure, every["smoothed_loss"])
    label_ends(figure, ends, every["step"].max())
    figure.update_annotations(bgcolor=t.page)  # the lines of longer races pass behind
    return style(figure, t, height=LOSS_HEIGHT)
