"""Colour, size and layout tokens of every figure, for light and dark. The interface's are in .streamlit/config.toml."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import plotly.graph_objects as go

FONT = '"Source Sans", "Source Sans 3", "Segoe UI", Roboto, Helvetica, Arial, sans-serif'


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """What each colour means. Colour never stands alone: dash, marker, label or position says it too.

    Attributes:
        residual, plain: the two kinds of network (solid line and circle; dashed line and square).
        identity, projection, zero_pad: the kinds of shortcut (solid, dashed, dotted arc).
        stages: stem, conv2_x, ... conv5_x and head, light to dark.
        on_stages: ink that is legible on each of `stages`.
        ink, muted, hairline, page, surface: text, second text, rules, background, raised background.
        scale: how much larger than on a desk text, marks and lines are.
    """

    residual: str
    plain: str
    identity: str
    projection: str
    zero_pad: str
    stages: tuple[str, ...]
    on_stages: tuple[str, ...]
    ink: str
    muted: str
    hairline: str
    page: str
    surface: str
    error: str
    warning: str
    scale: float = 1.0


LIGHT = Theme(
    residual="#0072B2", plain="#C4510A", identity="#00805E", projection="#7B4EA3", zero_pad="#8A6D00",
    stages=("#C7D6EA", "#9DB9DD", "#6F97C9", "#4674AE", "#27528A", "#5B6570"),
    on_stages=("#171B20", "#171B20", "#171B20", "#FFFFFF", "#FFFFFF", "#FFFFFF"),
    ink="#171B20", muted="#5B6570", hairline="#E3E6EA", page="#FFFFFF", surface="#F6F7F9",
    error="#B3261E", warning="#8A6D00",
)  # fmt: skip
DARK = Theme(
    residual="#56B4E9", plain="#F0935B", identity="#3CC9A0", projection="#C79BEA", zero_pad="#D9B93B",
    stages=("#2B4A6F", "#3D679B", "#5A88C2", "#86ABDB", "#B7CFEE", "#9AA4AE"),
    on_stages=("#E8EAED", "#FFFFFF", "#0F1419", "#0F1419", "#0F1419", "#0F1419"),
    ink="#E8EAED", muted="#9AA4AE", hairline="#2A3036", page="#0F1419", surface="#161C23",
    error="#F2B8B5", warning="#D9B93B",
)  # fmt: skip
LARGE = 2.0
THEMES: dict[str, Theme] = {
    "light": LIGHT, "dark": DARK,
    # On the wall: twice the size, and no second ink that the last row could not read.
    "light large": replace(LIGHT, muted=LIGHT.ink, hairline="#B9C0C7", scale=LARGE),
    "dark large": replace(DARK, muted=DARK.ink, hairline="#4A545E", scale=LARGE),
}  # fmt: skip
# Cold to hot, over a photo in either theme: even steps of lightness, so it reads without colour vision too
# (Matplotlib's "inferno", CC0).
HEAT = ("#1B0C41", "#4A0C6B", "#781C6D", "#A52C60", "#CF4446", "#ED6925", "#FB9B06", "#F7D13D", "#FCFFA4")


def stage_colour(theme: Theme, stage: str) -> tuple[str, str]:
    """Fill and legible ink for a stage's display name ("stem", "conv2_x", ..., "head")."""
    if stage == "head":
        index = len(theme.stages) - 1
    else:
        index = min(int(stage[4]) - 1, len(theme.stages) - 2) if stage.startswith("conv") else 0
    return theme.stages[index], theme.on_stages[index]


def style(figure: go.Figure, theme: Theme, height: int, **layout: Any) -> go.Figure:
    """Lay the common look over a Plotly figure: transparent, hairline grid, our ink, room for labels."""
    axis = {"gridcolor": theme.hairline, "zerolinecolor": theme.hairline, "linecolor": theme.hairline}
    figure.update_layout(
        height=height, paper_bgcolor="rgba(0,0,0,0)", plot_bgcolor="rgba(0,0,0,0)", showlegend=False,
        font={"family": FONT, "size": 14, "color": theme.ink}, margin={"l": 8, "r": 8, "t": 8, "b": 8},
        hoverlabel={"bgcolor": theme.surface, "bordercolor": theme.hairline, "font": {"color": theme.ink}},
        dragmode=False, uniformtext={"mode": "hide", "minsize": 11},
    )  # fmt: skip
    figure.update_xaxes(**axis, automargin=True, fixedrange=True, title_font={"color": theme.muted, "size": 14})
    figure.update_yaxes(**axis, automargin=True, fixedrange=True, title_font={"color": theme.muted, "size": 14})
    figure.update_layout(**layout)
    return figure if theme.scale == 1 else _enlarge(figure, theme.scale)


def _enlarge(figure: go.Figure, scale: float) -> go.Figure:
    """Text, marks, lines and the figure's height times `scale`, with each label where it was beside its line."""
    figure.update_layout(height=figure.layout.height * scale, font_size=figure.layout.font.size * scale)
    for axis in (*figure.select_xaxes(), *figure.select_yaxes()):
        axis.title.font.size = (axis.title.font.size or 14) * scale
    for label in figure.layout.annotations:
        label.font.size = (label.font.size or 14) * scale
        label.update(yshift=(label.yshift or 0) * scale, xshift=(label.xshift or 0) * scale)
    for trace in figure.data:
        for part, size in (("line", "width"), ("marker", "size"), ("textfont", "size")):
            if part in trace and isinstance(now := trace[part][size], (int, float)):
                trace[part][size] = now * scale
    return figure
