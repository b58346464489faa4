"""accuracy_figure(): what a variant's multiply-adds bought, as published."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd
import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, Theme, style


def accuracy_figure(table: pd.DataFrame, chosen: Collection[str], theme: str = "light") -> go.Figure:
    """Top-1 accuracy (ImageNet validation, single crop) against GMACs; one mark per published set of weights.

    Args:
        table: of `family.accuracy_table`.
        chosen: variants that are drawn large, the best mark of each named; the others stand faintly behind them.
    """
    t = THEMES[theme]
    figure, shown = go.Figure(), table["variant"].isin(chosen)
    for rows, size, colour in ((table[~shown], 8, t.stages[1]), (table[shown], 13, t.residual)):
        figure.add_scatter(
            x=rows["macs"] / 1e9, y=rows["top1"], mode="markers", marker={"size": size, "color": colour},
            customdata=rows[["weights", "image_size", "params", "macs", "source"]],
            hovertemplate="%{customdata[0]} at %{customdata[1]} px<br>%{y:.3f} % top-1<br>%{customdata[3]:,} MACs, "
            "%{customdata[2]:,} parameters<br>%{customdata[4]}<extra></extra>",
        )  # fmt: skip
    top = _name_the_best(figure, table[shown], t, table["top1"].max())
    figure.update_xaxes(title="multiply-adds of one picture, GMACs", range=[0, table["macs"].max() / 1e9 * 1.1])
    figure.update_yaxes(title="top-1 accuracy", ticksuffix=" %", range=[table["top1"].min() - 1, top])
    return style(figure, t, height=440)


def _name_the_best(figure: go.Figure, rows: pd.DataFrame, t: Theme, above: float, spacing: float = 1.2) -> float:
    """A name for the best mark of each variant, led to it by a line; the names stand above all marks, highest first.

    Returns the accuracy at which the space for names ends.
    """
    best = rows.loc[rows.groupby("variant")["top1"].idxmax()].sort_values("top1", ascending=False)
    for place, (variant, macs, top1) in enumerate(zip(best["variant"], best["macs"], best["top1"], strict=True)):
        figure.add_annotation(
            x=macs / 1e9, y=top1, text=f"<b>{variant}</b>  {top1:.1f} %", xanchor="left",
            ax=46, ayref="y", ay=above + (len(best) - place) * spacing, arrowhead=0, arrowwidth=1, arrowcolor=t.muted,
            font={"size": 14, "color": t.ink},
        )  # fmt: skip
    return above + (len(best) + 1) * spacing
