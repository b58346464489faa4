"""predictions_figure(): the likeliest classes of one picture, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.notation import percent


def predictions_figure(labels: Sequence[str], probabilities: Sequence[float], theme: str = "light") -> go.Figure:
    """Horizontal bars from 0 to 100 %, likeliest first; the first one in the accent colour.

    Args:
        labels: class names.
        probabilities: 0 to 1, in the same order.
    """
    t = THEMES[theme]
    colours = [t.residual if index == 0 else t.stages[1] for index in range(len(labels))]
    rows = list(range(len(labels)))
    named = [escape(label, quote=False) for label in labels]  # Plotly takes tags for its own
    figure = go.Figure(
        go.Bar(
            x=list(probabilities), y=rows, orientation="h", width=0.62, marker_color=colours, customdata=named,
            text=[percent(p) for p in probabilities], textposition="outside", cliponaxis=False,
            hovertemplate="%{customdata}: %{x:.6f}<extra></extra>",
        )
    )  # fmt: skip
    figure.update_yaxes(
        autorange="reversed",
        tickvals=rows,
        ticktext=[escape(_short(label), quote=False) for label in labels],
        ticksuffix="  ",
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(visible=False, range=[0, 1.32])  # room for "100.0 %" in a narrow column
    return style(figure, t, height=36 * len(labels) + 16)


def _short(label: str, limit: int = 22) -> str:
    return label if len(label) <= limit else label[: limit - 1] + "…"
