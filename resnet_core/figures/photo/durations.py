"""durations_figure(): where the time goes beside where the multiply-adds go."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.notation import milliseconds, percent


def durations_figure(table: pd.DataFrame, column: str = "stage", theme: str = "light") -> go.Figure:
    """Two bars in each row, both shares of the whole: multiply-adds hollow, time filled. Zero-based.

    Args:
        table: of `anatomy.durations`, by stage or by kind of layer.
        column: what names the rows, "stage" or "kind".
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    figure = go.Figure()
    figure.add_bar(
        x=table["duration_share"], y=table[column], orientation="h", marker_color=t.residual,
        text=[
            f"{milliseconds(ms)}, {percent(share)}"
            for share, ms in zip(table["duration_share"], table["duration_ms"], strict=True)
        ],
        customdata=table["duration_ms"], hovertemplate="%{y}: %{customdata:.4f} ms<extra></extra>",
        textposition="outside", textfont={"color": t.ink}, cliponaxis=False,
    )  # fmt: skip
    figure.add_bar(
        x=table["macs_share"], y=table[column], orientation="h",
        marker={"color": "rgba(0,0,0,0)", "line": {"color": t.muted, "width": 1.5}},
        text=[f"{percent(share)} of the MACs" for share in table["macs_share"]],
        customdata=table["macs"], hovertemplate="%{y}: %{customdata:,} MACs<extra></extra>",
        textposition="outside", textfont={"color": t.muted}, cliponaxis=False,
    )  # fmt: skip
    most = float(table[["macs_share", "duration_share"]].max().max())
    figure.update_yaxes(autorange="reversed", ticksuffix="  ", showgrid=False)
    figure.update_xaxes(visible=False, range=[0, most * 2.1])
    return style(figure, t, height=58 * len(table) + 24, barmode="group", bargap=0.3, bargroupgap=0.1)
