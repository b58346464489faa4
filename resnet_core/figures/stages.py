"""stage_bars_figure(): where parameters, multiply-adds or memory go, stage by stage."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, stage_colour, style


def stage_bars_figure(stages: pd.DataFrame, column: str, unit: str, theme: str = "light", factor: int = 1) -> go.Figure:
    """Horizontal bars, one per stage, each with its share of the total; zero-based.

    Args:
        stages: of `stage_table`; its total row is left out.
        column: "params", "macs" or "activation_bytes".
        unit: for the hover text, e.g. "parameters".
        theme: "light" or "dark".
        factor: multiplies each value; 2 turns MACs into FLOPs.
    """
    t = THEMES[theme]
    rows = stages[stages["stage"] != "total"]
    values = [int(value) * factor for value in rows[column]]
    total = sum(values) or 1
    figure = go.Figure(
        go.Bar(
            x=values, y=rows["stage"], orientation="h", width=0.72,
            marker_color=[stage_colour(t, stage)[0] for stage in rows["stage"]],
            text=[f"{value / total:.1%}".replace("%", " %") for value in values],
            textposition="outside", textfont={"color": t.ink, "size": 14}, cliponaxis=False,
            hovertemplate="%{y}: %{x:,} " + unit + "<extra></extra>",
        )
    )  # fmt: skip
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", showgrid=False)
    figure.update_xaxes(visible=False, range=[0, max(values) * 1.22])
    return style(figure, t, height=34 * len(rows) + 24)
