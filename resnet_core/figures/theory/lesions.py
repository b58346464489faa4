"""lesions_figure(): wrong answers when one block's branch is replaced, block by block."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.theme import THEMES, style
from resnet_core.lab.theory.lesions import Lesions

HEIGHT = 400
MARKS = {
    "nothing": ("residual", "circle"), "noise": ("muted", "x"), "opposite": ("plain", "square"),
    "another picture's": ("projection", "diamond"),
}  # fmt: skip


def lesions_figure(found: Lesions, instead: Sequence[str] = tuple(MARKS), theme: str = "light") -> go.Figure:
    """A mark for each block and change: wrong answers in percent; the whole network's as a dashed line.

    Args:
        instead: which changes to show.
        theme: "light" or "dark".
    """
    t, figure = THEMES[theme], go.Figure()
    top = max([25.0, *(100 * one.wrong / found.pictures for one in found.lesions if one.instead in instead)])
    for name in instead:
        rows = [one for one in found.lesions if one.instead == name]
        colour, symbol = getattr(t, MARKS[name][0]), MARKS[name][1]
        figure.add_scatter(
            x=[block_name(one.block) for one in rows], y=[100 * one.wrong / found.pictures for one in rows],
            mode="lines+markers", line={"color": colour, "width": 1}, name=f"{name} in place of F",
            marker={"color": colour, "symbol": symbol, "size": 9}, showlegend=True,
            customdata=[(one.broken, one.mended) for one in rows],
            hovertemplate=f"%{{x}}, {name}: %{{y:.1f}} % wrong, %{{customdata[0]}} broken, %{{customdata[1]}} mended"
            "<extra></extra>",
        )  # fmt: skip
    figure.add_hline(
        100 * found.wrong / found.pictures, line={"color": t.ink, "width": 1.5, "dash": "dash"},
        annotation={"text": "as it is", "font": {"color": t.ink, "size": 14}, "yanchor": "top"},
        annotation_position="bottom left",
    )  # fmt: skip
    figure.update_yaxes(title="wrong answers", ticksuffix=" %", range=[0, top * 1.1])
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    style(figure, t, height=HEIGHT, showlegend=True, legend=legend)
    figure.update_xaxes(type="category", showgrid=False, tickangle=-60, tickfont={"size": 14})
    return figure
