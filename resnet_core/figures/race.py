"""Figures of a race: the training loss of each arm, its errors, and the gradient in each block."""

from __future__ import annotations

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, Theme, style

NAMES = {"plain": "plain", "residual": "residual", "residual_b": "residual, option B", "detached": "detached"}

TICKS = [m * 10**e for e in range(-6, 3) for m in (1, 2, 5)]


def _look(t: Theme, arm: str) -> tuple[str, str, str]:
    """Colour, dash and marker of an arm: a plain network is dashed with squares wherever it appears."""
    looks = {
        "plain": (t.plain, "dash", "square"),
        "residual_b": (t.projection, "dot", "diamond"),
        "detached": (t.zero_pad, "dashdot", "x"),
    }
    return looks.get(arm, (t.residual, "solid", "circle"))


def race_loss_figure(steps: pd.DataFrame, total_steps: int, theme: str = "light") -> go.Figure:
    """Smoothed training loss (log scale) against the step, with each step's own loss faintly behind it.

    Args:
        steps: of `lab.curves.step_curves`.
        total_steps: where the step axis ends.
    """
    t, figure = THEMES[theme], go.Figure()
    for arm, rows in steps.groupby("arm", sort=False):
        colour, dash, _ = _look(t, str(arm))
        figure.add_scatter(
            x=rows["step"], y=rows["loss"], mode="lines", line={"color": colour, "width": 1}, opacity=0.25,
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=rows["step"], y=rows["smoothed_loss"], mode="lines", line={"color": colour, "width": 3, "dash": dash},
            hovertemplate=f"{NAMES.get(str(arm), arm)}, step %{{x}}: %{{y:.5f}}<extra></extra>",
        )  # fmt: skip
        _label_end(figure, str(arm), rows["step"].iloc[-1], rows["smoothed_loss"].iloc[-1], colour)
    figure.update_xaxes(title="training step", range=[0, max(total_steps, 1) * 1.16])
    lowest, highest = min(0.5, steps["smoothed_loss"].min()), max(3.0, steps["smoothed_loss"].max())
    figure.update_yaxes(
        title="training loss, log scale", type="log", tickvals=TICKS, ticktext=[f"{tick:g}" for tick in TICKS],
        range=[np.log10(max(lowest, TICKS[0]) / 1.3), np.log10(min(highest, TICKS[-1]) * 1.2)],
    )  # fmt: skip
    return style(figure, t, height=360)


def _label_end(figure: go.Figure, arm: str, x: float, y: float, colour: str) -> None:
    figure.add_annotation(
        x=x, y=float(np.log10(max(y, 1e-12))), text=f"<b>{NAMES.get(arm, arm)}</b>  {y:.3g}", showarrow=False,
        xanchor="left", xshift=8, font={"color": colour, "size": 15},
    )  # fmt: skip


def race_error_figure(epochs: pd.DataFrame, total_steps: int, theme: str = "light") -> go.Figure:
    """Training (filled marks) and validation error (hollow marks) in percent at the end of each epoch, zero-based."""
    t, figure = THEMES[theme], go.Figure()
    for arm, rows in epochs.groupby("arm", sort=False):
        colour, dash, symbol = _look(t, str(arm))
        for column, name, hollow in (("train_error", "training", ""), ("validation_error", "validation", "-open")):
            figure.add_scatter(
                x=rows["step"], y=rows[column] * 100, mode="lines+markers",
                line={"color": colour, "width": 2, "dash": dash}, marker={"symbol": symbol + hollow, "size": 8},
                hovertemplate=f"{NAMES.get(str(arm), arm)}, {name}, step %{{x}}: %{{y:.2f}} %<extra></extra>",
            )  # fmt: skip
    figure.update_xaxes(title="training step", range=[0, max(total_steps, 1) * 1.04])
    figure.update_yaxes(title="wrong answers", ticksuffix=" %", range=[0, 100])
    return style(figure, t, height=300)


def gradient_figure(norms: pd.DataFrame, lowest: float, highest: float, theme: str = "light") -> go.Figure:
    """Heat map of one arm's gradient norms: blocks from the input (top) to the output, time to the right.

    Args:
        norms: of `lab.curves.gradient_norms`.
        lowest, highest: ends of the colour scale, one for all arms, so that they can be compared.
    """
    t = THEMES[theme]
    floor = max(lowest, 1e-12)
    figure = go.Figure(
        go.Heatmap(
            z=np.log10(np.maximum(norms.to_numpy(dtype=float), floor)), x=[str(step) for step in norms.columns],
            y=[index + 1 for index in norms.index], zmin=np.log10(floor), zmax=np.log10(max(highest, floor * 10)),
            customdata=norms.to_numpy(dtype=float), colorscale=[[0, t.surface], [0.5, t.stages[2]], [1, t.ink]],
            colorbar={"title": "norm", "tickprefix": "10^", "thickness": 10, "outlinewidth": 0},
            hovertemplate="block %{y}, step %{x}: %{customdata:.3g}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_yaxes(title="block", autorange="reversed", showgrid=False)
    figure.update_xaxes(title="training step", showgrid=False, type="category")
    return style(figure, t, height=300)
