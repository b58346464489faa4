"""forgetting_figure(): what a linear probe still reads behind each block."""

from __future__ import annotations

from collections.abc import Mapping

import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.figures.theory.lines import NAMES, name_lines, ticks_to
from resnet_core.figures.training.arms import arm_look
from resnet_core.lab.theory.forgetting import Forgetting

HEIGHT = 360


def forgetting_figure(found: Mapping[str, Forgetting], theme: str = "light") -> go.Figure:
    """A line for each network: the probe's errors on unseen pictures in percent, block by block; chance as a hairline.

    Args:
        found: "plain" and "residual" -> what was measured.
        theme: "light" or "dark".
    """
    t, figure, ends = THEMES[theme], go.Figure(), []
    for kind, one in found.items():
        colour, dash, symbol = arm_look(t, kind)
        figure.add_scatter(
            x=list(range(1, len(one.errors) + 1)), y=one.errors, mode="lines+markers", customdata=one.blocks,
            line={"color": colour, "width": 3, "dash": dash}, marker={"symbol": symbol, "size": 7, "color": colour},
            hovertemplate=f"{kind}, behind block %{{x}} (%{{customdata}}): %{{y:.1f}} % wrong<extra></extra>",
        )  # fmt: skip
        ends.append((kind, float(len(one.errors)), one.errors[-1], colour))
    blocks = max(len(one.errors) for one in found.values())
    chance = next(iter(found.values())).chance
    figure.add_hline(chance, line={"color": t.muted, "width": 1.5, "dash": "dot"})
    figure.add_annotation(
        x=1, y=chance, text="guessing", showarrow=False, xanchor="left", yanchor="bottom", font={"color": t.muted}
    )
    figure.update_xaxes(title="block behind which the probe reads", range=[0.5, blocks * NAMES], showgrid=False)
    figure.update_xaxes(tickvals=ticks_to(blocks))
    figure.update_yaxes(title="wrong answers of the probe", ticksuffix=" %", range=[0, 100])
    style(figure, t, height=HEIGHT)
    name_lines(figure, ends, (0, 100), HEIGHT - 70)
    return figure
