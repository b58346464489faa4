"""stage_bars_drawing(): where parameters or multiply-adds go, stage by stage, light enough to load with the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_core.figures.svg import Drawing, drawing, rect, tag, text, words
from resnet_core.figures.theme import THEMES, stage_colour

if TYPE_CHECKING:
    import pandas as pd

WIDTH, ROW, LEFT, RIGHT = 440.0, 32.0, 64.0, 64.0


def stage_bars_drawing(stages: pd.DataFrame, column: str, unit: str, theme: str = "light", factor: int = 1) -> Drawing:
    """An SVG of horizontal bars, one per stage, each with its share of the total; zero-based, the count on hover.

    Args:
        stages: of `stage_table`; its total row is left out.
        column: "params", "macs" or "activation_bytes".
        unit: for the name and the hover text, e.g. "parameters".
        theme: "light" or "dark".
        factor: multiplies each value; 2 turns MACs into FLOPs.
    """
    t = THEMES[theme]
    rows = stages[stages["stage"] != "total"]
    values = [int(value) * factor for value in rows[column]]
    total, largest = sum(values) or 1, max(values, default=0) or 1
    bars = []
    for index, (stage, value) in enumerate(zip(rows["stage"], values, strict=True)):
        y, length = ROW * index, (WIDTH - LEFT - RIGHT) * value / largest
        share = f"{value / total * 100:.1f} %"
        bars.append(
            tag(
                "g",
                tag("title", words(f"{stage}: {value:,} {unit}")),
                text(LEFT - 10, y + 20, stage, t.ink, 14, "end"),
                rect(LEFT, y + 4, max(length, 1.0), ROW - 8, stage_colour(t, stage)[0], rx=2),
                text(LEFT + length + 8, y + 20, share, t.ink, 14),
                class_="bar",
            )
        )
    return drawing(WIDTH, ROW * len(values), *bars, title=f"{unit} by stage", max_width=1.15 * WIDTH)
