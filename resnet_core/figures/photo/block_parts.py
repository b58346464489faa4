"""block_parts_figure(): what each block adds to its shortcut, and what the answer is worth without it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from resnet_core.anatomy.tables.tables import display_stage
from resnet_core.figures.theme import THEMES, Theme, style
from resnet_core.inference.explain.lesion import BlockPart

NAME_WIDTH = 1 / 6  # of the axis: a stage's name takes some 50 pixels, and a phone's axis has 300


def block_name(path: str) -> str:
    """ "layer3.2" as the page says it: "conv4_x.2"."""
    stage, _, number = path.partition(".")
    return f"{display_stage(stage)}.{number}"


def block_parts_figure(
    parts: Sequence[BlockPart],
    label: str,
    probability: float,
    off: Collection[str] = (),
    theme: str = "light",
) -> go.Figure:
    """Three rows over the same blocks: lengths of shortcut and branch, their cosine, the lesion.

    Args:
        parts: of `inference.lesion.block_parts`, first block to last.
        label: name of the class that is followed.
        probability: of that class with all blocks, 0 to 1; a dashed line in the last row.
        off: paths of blocks that are switched off, whose branches are drawn hollow.
        theme: "light" or "dark".
    """
    t = THEMES[theme]
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, vertical_spacing=0.09, row_heights=[0.42, 0.22, 0.36])
    names = [block_name(part.path) for part in parts]
    _lengths(figure, parts, names, off, t)
    _bars(figure, names, [part.cosine for part in parts], t.muted, 2, "%{x}: cosine %{y:.3f}<extra></extra>")
    _bars(
        figure, names, [part.probability for part in parts], t.residual, 3,
        f"without %{{x}}: {label} %{{y:.4f}}<extra></extra>",
    )  # fmt: skip
    figure.add_hline(probability, row=3, col=1, line={"color": t.ink, "width": 1.5, "dash": "dash"})
    figure.update_yaxes(rangemode="tozero", row=1)
    figure.update_yaxes(range=[-1, 1], tickvals=[-1, 0, 1], row=2)
    figure.update_yaxes(range=[0, 1.08], tickvals=[0, 0.5, 1], ticktext=["0 %", "50 %", "100 %"], row=3)
    figure.update_yaxes(exponentformat="SI")
    figure.update_xaxes(showgrid=False, type="category")
    style(figure, t, height=460, barmode="group", bargap=0.3, bargroupgap=0.06)
    _number_blocks(figure, names)
    words = [*_headings(figure, t), *_stage_names(names, t)]
    return figure.update_layout(annotations=words, margin={"t": 28, "b": 64})


def _lengths(figure: go.Figure, parts: Sequence[BlockPart], names: list[str], off: Collection[str], t: Theme) -> None:
    colours = {"identity": t.identity, "projection": t.projection, "zero_pad": t.zero_pad, "detached": t.error}
    kinds = [part.shortcut.replace("_", " ") for part in parts]
    figure.add_bar(
        x=names, y=[part.shortcut_norm for part in parts], marker_color=[colours[part.shortcut] for part in parts],
        marker_pattern_shape=["" if part.shortcut == "identity" else "/" for part in parts],
        customdata=kinds, hovertemplate="%{x}, %{customdata} shortcut: %{y:.2f}<extra></extra>", row=1, col=1,
    )  # fmt: skip
    figure.add_bar(
        x=names, y=[part.branch_norm for part in parts],
        marker={
            "color": ["rgba(0,0,0,0)" if part.path in off else t.residual for part in parts],
            "line": {"color": t.residual, "width": 1.5},
        },
        hovertemplate="%{x}, residual branch: %{y:.2f}<extra></extra>", row=1, col=1,
    )  # fmt: skip


def _bars(figure: go.Figure, names: list[str], values: list[float], colour: str, row: int, hover: str) -> None:
    figure.add_bar(x=names, y=values, marker_color=colour, hovertemplate=hover, width=0.4, row=row, col=1)


def _stages(names: Sequence[str]) -> dict[str, list[int]]:
    """Each stage with the places of its blocks on the axis."""
    stages: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        stages.setdefault(name.split(".")[0], []).append(place)
    return stages


def _number_blocks(figure: go.Figure, names: Sequence[str]) -> None:
    """Number the blocks of each stage; of long stages only every fifth, none that would touch the next stage's 0."""
    stages = _stages(names)
    longest = max((len(places) for places in stages.values()), default=0)
    every = 1 if longest < 10 else 5
    ticks = [p for places in stages.values() for p in places[::every] if every == 1 or p in (places[0], *places[:-2])]
    numbers = [names[p].split(".")[1] for p in ticks]
    figure.update_xaxes(tickvals=[names[p] for p in ticks], ticktext=numbers, tickangle=0)


def _stage_names(names: Sequence[str], t: Theme) -> list[dict[str, object]]:
    """The stages' names below the numbers; one that would touch its neighbour goes a line lower."""
    words: list[dict[str, object]] = []
    last = -float("inf")  # middle of the last name on the upper line
    for stage, places in _stages(names).items():
        middle = (places[0] + places[-1]) / 2
        lower = middle - last < NAME_WIDTH * len(names)
        last = last if lower else middle
        words.append(
            {
                "text": stage, "x": middle, "xref": "x3", "y": 0, "yref": "y3 domain", "yanchor": "top",
                "yshift": -40 if lower else -22, "showarrow": False, "font": {"size": 14, "color": t.ink},
            }
        )  # fmt: skip
    return words


def _headings(figure: go.Figure, t: Theme) -> list[dict[str, object]]:
    words = (
        f"<b>Length</b> of <span style='color:{t.identity}'>shortcut</span> (hatched if changed), "
        f"<span style='color:{t.residual}'>branch</span>",
        "<b>Cosine</b> of the two",
        "<b>Probability</b> without it; dashed: all blocks",
    )
    tops = [figure.layout[axis].domain[1] for axis in ("yaxis", "yaxis2", "yaxis3")]
    return [
        {
            "text": line, "x": 0, "y": top, "xref": "paper", "yref": "paper", "xanchor": "left", "yanchor": "bottom",
            "showarrow": False, "font": {"size": 14, "color": t.ink},
        }
        for line, top in zip(words, tops, strict=True)
    ]  # fmt: skip
