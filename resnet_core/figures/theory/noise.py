"""shattering_figure(): the gradient on the way from one picture to another, for a plain and a residual network."""

from __future__ import annotations

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.figures.theme import THEMES, style
from resnet_core.figures.training.arms import arm_look
from resnet_core.lab.theory.shattering import Shattering

HEIGHT = 380


def shattering_figure(found: Shattering, depth: int, theme: str = "light") -> go.Figure:
    """One row for each kind of network: the gradient's main component at each point of the line.

    Args:
        depth: layers of the networks to show.
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    shown = [one for one in found.networks if one.depth == depth and one.norm == "batch"]
    figure = make_subplots(rows=len(shown), cols=1, shared_xaxes=True, vertical_spacing=0.16)
    for row, one in enumerate(shown, 1):
        colour, _, _ = arm_look(t, one.arm)
        share = [100 * point / (found.points - 1) for point in range(found.points)]
        figure.add_scatter(
            x=share, y=one.gradient, mode="lines", line={"color": colour, "width": 1.5}, row=row, col=1,
            hovertemplate=f"{one.arm}, %{{x:.0f}} % of the way: %{{y:.2f}}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(showgrid=False)
    figure.update_xaxes(title="way from one picture to the other", ticksuffix=" %", row=len(shown), col=1)
    style(figure, t, height=HEIGHT)
    figure.update_yaxes(showticklabels=False, zeroline=True, showgrid=False)
    for row, one in enumerate(shown, 1):
        axis = "yaxis" if row == 1 else f"yaxis{row}"
        told = with_minus(f"{one.neighbours:.2f}")
        figure.add_annotation(
            text=f"<b>{one.arm}, {one.depth} layers</b>: correlation between neighbours {told}",
            x=0, y=figure.layout[axis].domain[1], xref="paper", yref="paper", xanchor="left", yanchor="bottom",
            showarrow=False, font={"color": arm_look(t, one.arm)[0], "size": 14},
        )  # fmt: skip
    return figure.update_layout(margin={"t": 28})
