"""Figures of a race: the training loss of each arm, its errors, and a value of each block over time."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.figures.training.arms import NAMES, arm_look
from resnet_core.figures.training.labels import apart

TICKS = [m * 10**e for e in range(-6, 3) for m in (1, 2, 5)]
LOSS_HEIGHT = 320
LABEL_PX = 20
ROOM_ABOVE, ROOM_BELOW = 2.0, 2.0  # factors by which the log axis goes on beyond the lines, so that labels fit


def race_loss_figure(steps: pd.DataFrame, total_steps: int, theme: str = "light") -> go.Figure:
    """Smoothed training loss (log scale) against the step, with each step's own loss faintly behind it.

    Args:
        steps: of `lab.curves.step_curves`.
        total_steps: where the step axis ends.
    """
    t, figure = THEMES[theme], go.Figure()
    ends = []
    for arm, rows in steps.groupby("arm", sort=False):
        colour, dash, _ = arm_look(t, str(arm))
        figure.add_scatter(
            x=rows["step"], y=rows["loss"], mode="lines", line={"color": colour, "width": 1}, opacity=0.25,
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=rows["step"], y=rows["smoothed_loss"], mode="lines", line={"color": colour, "width": 3, "dash": dash},
            hovertemplate=f"{NAMES.get(str(arm), arm)}, step %{{x}}: %{{y:.5f}}<extra></extra>",
        )  # fmt: skip
        ends.append((NAMES.get(str(arm), str(arm)), rows["step"].iloc[-1], rows["smoothed_loss"].iloc[-1], colour))
    figure.update_xaxes(title="training step", range=[0, max(total_steps, 1) * 1.02])
    loss_axis(figure, steps["smoothed_loss"])
    label_ends(figure, ends, max(total_steps, 1))
    return style(figure, t, height=LOSS_HEIGHT)


def loss_axis(figure: go.Figure, losses: pd.Series) -> None:
    """A log scale that holds the losses and does not jump while a race begins."""
    lowest, highest = min(0.5, losses.min()), max(3.0, losses.max())
    figure.update_yaxes(
        title="training loss, log scale", type="log", tickvals=TICKS, ticktext=[f"{tick:g}" for tick in TICKS],
        range=[np.log10(max(lowest, TICKS[0]) / ROOM_BELOW), np.log10(min(highest, TICKS[-1]) * ROOM_ABOVE)],
    )  # fmt: skip


def label_ends(figure: go.Figure, ends: Iterable[tuple[str, float, float, str]], last_step: float) -> None:
    """A name and a value at the end of each line, on the log scale of `loss_axis`; none covers another.

    They stand inside the chart: behind a line that has room to the right, else above its end, and below the lowest
    line's. So the lines have the whole width.

    Args:
        ends: (name, step, loss, colour) of each line.
        last_step: where the step axis ends.
    """
    ends = list(ends)
    low, high = figure.layout.yaxis.range
    decade = (LOSS_HEIGHT - 80) / (high - low)  # pixels; 80 belong to the axis below and the margins
    heights = [(float(np.log10(max(loss, 1e-12))) - low) * decade for _, _, loss, _ in ends]
    inside = [step > last_step / 2 for _, step, _, _ in ends]
    lowest = min(heights, default=0.0)
    beside = [
        height + (0 if not within else -LABEL_PX if height == lowest and len(ends) > 1 else LABEL_PX)
        for height, within in zip(heights, inside, strict=True)
    ]
    places = apart(beside, LABEL_PX, 0, (high - low) * decade)
    for (name, step, loss, colour), height, within, place in zip(ends, heights, inside, places, strict=True):
        figure.add_annotation(
            x=step, y=height / decade + low, text=f"<b>{name}</b>  {loss:.3g}", showarrow=False,
            xanchor="right" if within else "left", xshift=0 if within else 8, yshift=place - height,
            font={"color": colour, "size": 14},
        )  # fmt: skip


def race_error_figure(epochs: pd.DataFrame, total_steps: int, theme: str = "light") -> go.Figure:
    """Training (filled marks) and validation error (hollow marks) in percent at the end of each epoch, zero-based."""
    t, figure = THEMES[theme], go.Figure()
    for arm, rows in epochs.groupby("arm", sort=False):
        colour, dash, symbol = arm_look(t, str(arm))
        for column, name, hollow in (("train_error", "training", ""), ("validation_error", "validation", "-open")):
            figure.add_scatter(
                x=rows["step"], y=rows[column] * 100, mode="lines+markers",
                line={"color": colour, "width": 2, "dash": dash}, marker={"symbol": symbol + hollow, "size": 8},
                hovertemplate=f"{NAMES.get(str(arm), arm)}, {name}, step %{{x}}: %{{y:.2f}} %<extra></extra>",
            )  # fmt: skip
    figure.update_xaxes(title="training step", range=[0, max(total_steps, 1) * 1.04])
    figure.update_yaxes(title="wrong answers", ticksuffix=" %", range=[0, 100])
    return style(figure, t, height=LOSS_HEIGHT)


def block_scale(tables: Iterable[pd.DataFrame]) -> tuple[float, float]:
    """The smallest and the greatest value of all: the ends of one colour scale, so that maps can be compared."""
    values = np.concatenate([table.to_numpy(dtype=float).ravel() for table in tables])
    return float(values.min()), float(values.max())


def gradient_figure(
    norms: pd.DataFrame,
    lowest: float,
    highest: float,
    theme: str = "light",
    *,
    quantity: str = "norm",
    time: str = "training step",
) -> go.Figure:
    """Heat map of a value of each block: blocks from the input (top) to the output, time to the right.

    Args:
        norms: of `lab.curves.gradient_norms` or `lab.recorded.block_table`; column 0, if any, is called "start".
        lowest, highest: of `block_scale`.
        quantity, time: what the colours and the columns are.
    """
    t = THEMES[theme]
    floor = max(lowest, 1e-12)
    low, high = float(np.log10(floor)), float(np.log10(max(highest, floor * 10)))
    ticks = [tick for tick in TICKS if low <= np.log10(tick) <= high and f"{tick:e}"[0] == "1"]
    ticks = ticks if len(ticks) > 1 else [tick for tick in TICKS if low <= np.log10(tick) <= high]
    figure = go.Figure(
        go.Heatmap(
            z=np.log10(np.maximum(norms.to_numpy(dtype=float), floor)),
            x=["start" if str(column) == "0" else str(column) for column in norms.columns],
            y=[index + 1 for index in norms.index], zmin=low, zmax=high,
            customdata=norms.to_numpy(dtype=float), colorscale=[[0, t.surface], [0.5, t.stages[2]], [1, t.ink]],
            colorbar={
                "title": {"text": quantity, "font": {"size": 14}}, "thickness": 10, "outlinewidth": 0,
                "tickvals": [np.log10(tick) for tick in ticks], "ticktext": [f"{tick:g}" for tick in ticks],
            },
            hovertemplate=f"block %{{y}}, {time} %{{x}}: %{{customdata:.3g}}<extra></extra>",
        )
    )  # fmt: skip
    every = max(1, round(len(norms) / 6))
    figure.update_yaxes(title="block", autorange="reversed", showgrid=False, tick0=1, dtick=every)
    figure.update_xaxes(title=time, showgrid=False, type="category", nticks=8)
    return style(figure, t, height=300)
