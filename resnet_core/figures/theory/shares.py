"""identity_share_figure(): how much of each block's gradient came back through its shortcut."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.theme import THEMES, style
from resnet_core.figures.theory.lines import NAMES, name_lines, ticks_to
from resnet_core.inference.explain.shortcut.flow import BlockFlow

HEIGHT = 360


def identity_share_figure(trained: Sequence[BlockFlow], fresh: Sequence[BlockFlow], theme: str = "light") -> go.Figure:
    """Two lines over the blocks: the shortcut's signed share of the gradient, after training and before its first step.

    Args:
        trained, fresh: of `rc.block_flow` and `rc.fresh_flow`, for one network and picture.
        theme: "light" or "dark".
    """
    t, figure, ends = THEMES[theme], go.Figure(), []
    for name, flow, colour, dash in (("trained", trained, t.identity, "solid"), ("untrained", fresh, t.muted, "dot")):
        shares = [100 * one.identity_share for one in flow]
        figure.add_scatter(
            x=list(range(1, len(shares) + 1)), y=shares, mode="lines+markers",
            line={"color": colour, "width": 2.5, "dash": dash}, customdata=[block_name(one.path) for one in flow],
            hovertemplate=f"{name}, %{{customdata}}: %{{y:.1f}} % through the shortcut<extra></extra>",
        )  # fmt: skip
        ends.append((name, float(len(shares)), shares[-1], colour))
    values = [100 * one.identity_share for one in (*trained, *fresh)]
    bounds = min(0.0, *values) - 5, max(100.0, *values) + 5
    figure.update_xaxes(title="block, from input to output", range=[0.5, len(trained) * NAMES], showgrid=False)
    figure.update_xaxes(tickvals=ticks_to(len(trained)))
    figure.update_yaxes(title="through the shortcut", ticksuffix=" %", range=list(bounds))
    style(figure, t, height=HEIGHT)
    name_lines(figure, ends, bounds, HEIGHT - 70)
    return figure
