"""name_lines(): a name at the end of each line, beside it, none over another."""

from __future__ import annotations

from collections.abc import Iterable
from math import log10

import plotly.graph_objects as go

from resnet_core.figures.training.labels import apart

LABEL_PX = 19
NAMES = 1.38  # so much wider than its lines is a chart, for names on a telephone


def ticks_to(last: int) -> list[int]:
    """Round numbers from 1 up to the end of the lines, and none under their names."""
    step = next((step for step in (1, 5, 10, 20, 50) if last / step <= 10), 100)
    return list(range(step, last + 1, step))


def name_lines(
    figure: go.Figure,
    ends: Iterable[tuple[str, float, float, str]],
    bounds: tuple[float, float],
    pixels: float,
    *,
    log: bool = False,
    side: str = "right",
) -> None:
    """Write each name beside the end of its line.

    Args:
        ends: (name, x, y, colour).
        bounds: of the y axis, as values.
        pixels: height of the plot's inside.
        log: whether the axis is logarithmic.
        side: of the end on which the name stands, "left" or "right".
    """
    ends = list(ends)
    low, high = (log10(bound) if log else bound for bound in bounds)
    per_unit = pixels / (high - low)
    heights = [((log10(max(y, 1e-300)) if log else y) - low) * per_unit for _, _, y, _ in ends]
    for (name, x, _, colour), height, place in zip(
        ends, heights, apart(heights, LABEL_PX, LABEL_PX / 2, pixels - LABEL_PX / 2), strict=True
    ):
        figure.add_annotation(
            x=x, y=height / per_unit + low, text=f"<b>{name}</b>", showarrow=False, font={"color": colour, "size": 14},
            xanchor="left" if side == "right" else "right", xshift=8 if side == "right" else -8, yshift=place - height,
        )  # fmt: skip
