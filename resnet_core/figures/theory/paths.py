"""paths_figure(): which paths carry the gradient, beside how many paths there are."""

from __future__ import annotations

import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.lab.theory.paths import GradientPaths

HEIGHT = 360


def paths_figure(found: GradientPaths, theme: str = "light") -> go.Figure:
    """Bars: share of the gradient by branches taken. Dotted line: share of all paths, which is binomial.

    Args:
        theme: "light" or "dark".
    """
    t, figure = THEMES[theme], go.Figure()
    taken = list(range(found.blocks + 1))
    counts = [100 * count / 2**found.blocks for count in found.counts]
    shares = [100 * share for share in found.shares]
    figure.add_bar(
        x=taken, y=shares, marker_color=t.residual, customdata=found.counts,
        hovertemplate="%{x} branches, %{customdata:,} paths: %{y:.2f} % of the gradient<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=taken, y=counts, mode="lines", line={"color": t.muted, "width": 2, "dash": "dot"},
        hovertemplate="%{x} branches: %{y:.2f} % of all paths<extra></extra>",
    )  # fmt: skip
    for values, text, colour in ((shares, "of the gradient", t.residual), (counts, "of all paths", t.muted)):
        place = max(taken, key=values.__getitem__)
        figure.add_annotation(
            x=place, y=values[place], text=f"<b>share {text}</b>", showarrow=False, yshift=12, font={"color": colour}
        )
    top = max(*shares, *counts)
    figure.update_xaxes(title="residual branches on the path", showgrid=False, zeroline=False, dtick=3)
    figure.update_yaxes(ticksuffix=" %", range=[min(0.0, *shares), top * 1.15])
    return style(figure, t, height=HEIGHT, bargap=0.25)
