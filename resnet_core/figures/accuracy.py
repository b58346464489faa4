"""accuracy_figure(): what a variant's multiply-adds bought, as published."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style


def accuracy_figure(table: pd.DataFrame, chosen: Collection[str], theme: str = "light") -> go.Figure:
    """Top-1 accuracy (ImageNet validation, single crop) against GMACs; one mark per published set of weights.

    Args:
        table: of `family.accuracy_table`.
        chosen: variants that are drawn large, the best mark of each named; the others stand faintly behind them.
    """
    t = THEMES[theme]
    figure = go.Figure()
    for selected, size, colour in ((False, 8, t.stages[1]), (True, 13, t.residual)):
        rows = table[table["variant"].isin(chosen) == selected]
        best = rows.groupby("variant")["top1"].idxmax() if selected else []  # one name per variant: no two collide
        names = [row.variant if row.Index in set(best) else "" for row in rows.itertuples()]
        figure.add_scatter(
            x=rows["macs"] / 1e9, y=rows["top1"], mode="markers+text", text=names, textposition="middle right",
            textfont={"size": 12, "color": t.ink}, marker={"size": size, "color": colour, "line": {"width": 0}},
            customdata=rows[["weights", "image_size", "params", "macs", "source"]],
            hovertemplate="%{customdata[0]} at %{customdata[1]} px<br>%{y:.3f} % top-1<br>%{customdata[3]:,} MACs, "
            "%{customdata[2]:,} parameters<br>%{customdata[4]}<extra></extra>",
        )  # fmt: skip
    figure.update_xaxes(title="multiply-adds of one picture, GMACs", range=[0, table["macs"].max() / 1e9 * 1.25])
    figure.update_yaxes(title="top-1 accuracy", ticksuffix=" %")
    return style(figure, t, height=420)
