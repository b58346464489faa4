"""gradient_flow_figure(): how large a gradient reaches each convolution before the first step."""

from __future__ import annotations

from math import log10

import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.figures.theory.lines import NAMES as ROOM
from resnet_core.figures.theory.lines import name_lines
from resnet_core.figures.training.arms import NAMES, arm_look
from resnet_core.lab.theory.gradient_grid import GradientGrid

HEIGHT = 380
INSIDE = HEIGHT - 70
LEAST = 1e-18  # below it float32 holds little that counts


def gradient_flow_figure(grid: GradientGrid, depth: int, norm: str = "batch", theme: str = "light") -> go.Figure:
    """A line for each kind of network: gradient of each convolution's weights (log scale), input left, output right.

    Args:
        depth, norm: which of the grid's networks.
        theme: "light" or "dark".
    """
    t, figure = THEMES[theme], go.Figure()
    flows = [flow for flow in grid.flows if (flow.depth, flow.norm) == (depth, norm)]
    values = [max(value, LEAST) for flow in flows for value in flow.norms]
    bounds = min(values) / 3, max(values) * 3
    for flow in flows:
        colour, dash, symbol = arm_look(t, flow.arm)
        figure.add_scatter(
            x=list(range(1, len(flow.norms) + 1)), y=[max(value, LEAST) for value in flow.norms], mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": dash}, marker={"symbol": symbol, "size": 5, "color": colour},
            customdata=flow.norms,
            hovertemplate=f"{NAMES.get(flow.arm, flow.arm)}, convolution %{{x}}: %{{customdata:.3g}}<extra></extra>",
        )  # fmt: skip
    last = max((len(flow.norms) for flow in flows), default=1)
    ends = [(NAMES.get(f.arm, f.arm), 1.0, max(f.norms[0], LEAST), arm_look(t, f.arm)[0]) for f in flows]
    ticks = [1, *range(10, last + 1, 10 if last < 70 else 20)]
    span = [1 - (ROOM - 1) * last, last * 1.02]
    figure.update_xaxes(title="convolution, from input to output", range=span, showgrid=False, tickvals=ticks)
    figure.update_yaxes(title="gradient, log scale", type="log", exponentformat="power")
    style(figure, t, height=HEIGHT)
    figure.update_xaxes(zeroline=False)
    figure.update_yaxes(range=[log10(bound) for bound in bounds], nticks=8)
    name_lines(figure, ends, bounds, INSIDE, log=True, side="left")
    return figure
