"""cure_figure(): the loss of one training, step by step, beside what was recorded of it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style

HEIGHT = 300
GUESS = math.log(10)
NEAR_ZERO = 0.4  # below, there is no room under the line


def cure_figure(losses: Sequence[float], arm: str, steps: int, recorded: float, theme: str = "light") -> go.Figure:
    """A line that grows with the training; dashed, the recorded mean of its last steps; dotted, the loss of a guess.

    Args:
        losses: of each step so far, in nats.
        arm: "plain" or "residual", for its colour.
        steps: of the whole training.
        recorded: loss at its end; not finite where it diverged.
        theme: "light" or "dark".
    """
    t, figure = THEMES[theme], go.Figure()
    colour = t.plain if arm == "plain" else t.residual
    figure.add_scatter(
        x=list(range(1, len(losses) + 1)), y=list(losses), mode="lines", line={"color": colour, "width": 2.5}, name=arm,
        hovertemplate="step %{x}: %{y:.3f}<extra></extra>",
    )  # fmt: skip
    for value, words, dash in ((recorded, f"recorded {recorded:.3f}", "dash"), (GUESS, f"a guess {GUESS:.2f}", "dot")):
        if math.isfinite(value):
            figure.add_hline(value, line={"color": t.muted, "width": 1.5, "dash": dash})
            figure.add_annotation(
                x=1, xref="paper", y=value, text=words, showarrow=False, xanchor="right", font={"size": 14},
                yanchor="top" if NEAR_ZERO < value < GUESS else "bottom",
            )  # fmt: skip
    top = max([2.8, *(one for one in losses if math.isfinite(one))])
    figure.update_xaxes(title="step", range=[0, steps], showgrid=False)
    figure.update_yaxes(title="training loss", range=[0, min(top * 1.05, 6.0)])
    style(figure, t, height=HEIGHT)
    return figure
