"""growing_figure(): the loss of networks that grew by blocks which copy, while they train on."""

from __future__ import annotations

import plotly.graph_objects as go

from resnet_core.figures.theme import THEMES, style
from resnet_core.figures.theory.lines import NAMES, name_lines
from resnet_core.figures.training.arms import arm_look
from resnet_core.lab.theory.growing import Growing

HEIGHT = 360
SMOOTH = 0.25  # weight of the newest loss


def growing_figure(found: Growing, theme: str = "light") -> go.Figure:
    """Smoothed training loss by step: thick for the network that grew, thin for its control, which did not.

    Args:
        theme: "light" or "dark".
    """
    t, figure, ends = THEMES[theme], go.Figure(), []
    top = 0.1
    for one in found.networks:
        colour, dash, _ = arm_look(t, one.arm)
        for name, losses, width in (("grown", one.losses, 3.0), ("not grown", one.control_losses, 1.2)):
            smooth = _smoothed(losses)
            top = max(top, *smooth)
            figure.add_scatter(
                x=list(range(1, len(smooth) + 1)), y=smooth, mode="lines", customdata=losses,
                line={"color": colour, "width": width, "dash": dash if width > 2 else "dot"},
                hovertemplate=f"{one.arm}, {name}, step %{{x}}: %{{customdata:.4f}}<extra></extra>",
            )  # fmt: skip
            ends.append((one.arm if name == "grown" else "control", float(len(smooth)), smooth[-1], colour))
    steps = max(len(one.losses) for one in found.networks)
    figure.update_xaxes(
        title="training step after growing",
        range=[0, steps * NAMES],
        showgrid=False,
        tickvals=list(range(0, steps + 1, 10)),
    )
    figure.update_yaxes(title="training loss", range=[0, top * 1.1])
    style(figure, t, height=HEIGHT)
    name_lines(figure, ends, (0, top * 1.1), HEIGHT - 70)
    return figure


def _smoothed(losses: tuple[float, ...]) -> list[float]:
    smooth = [losses[0]]
    for loss in losses[1:]:
        smooth.append(SMOOTH * loss + (1 - SMOOTH) * smooth[-1])
    return smooth
