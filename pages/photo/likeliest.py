"""The bars of the likeliest classes, said in words as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import resnet_core as rc
from pages._layout import chart, percent, theme_name

if TYPE_CHECKING:
    from resnet_core.inference.classifier import ScoredClass


def likeliest_chart(top: Sequence[ScoredClass], key: str) -> None:
    """A bar for each class, likeliest first."""
    figure = rc.figures.predictions_figure([one.label for one in top], [one.probability for one in top], theme_name())
    chart(figure, key, "; ".join(f"{one.label} {percent(one.probability)}" for one in top))
