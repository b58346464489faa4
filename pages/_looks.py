"""The looks of the page Inside: where the network looked, its channels, its blocks, its time."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

import resnet_core as rc
from pages._explained import DRAWS, Subject, features_of, logits_of, maps_of, occlusion_of, parts_of, sanity_of
from pages._layout import PROSE_WIDTH, drawing, percent
from pages._shared import layer_durations, theme_name

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.inference.classifier import ScoredClass

METHODS = {"Grad-CAM": "grad_cam", "HiResCAM": "hires_cam", "covering": ""}
QUIET = {"displayModeBar": False}
CHANNEL = 112  # pixels
SEEN = "What the network sees"


class Look(NamedTuple):
    """What all looks are at: a picture, a network, and one of its classes."""

    subject: Subject
    network: rc.Classifier
    names: tuple[str, ...]
    index: int

    @property
    def label(self) -> str:
        return self.names[self.index]


def names_of(classes: Sequence[str]) -> tuple[str, ...]:
    """Class names that differ: ImageNet has two cranes."""
    return tuple(n if classes.count(n) == 1 else f"{n} ({index})" for index, n in enumerate(classes))


def ranked(look: Look, off: tuple[str, ...] = ()) -> tuple[ScoredClass, ...]:
    """All classes, likeliest first, with some blocks switched off."""
    from resnet_core.inference.classifier import rank_classes

    return rank_classes(logits_of(look.subject, look.network, off), look.names, len(look.names))


def show_where(look: Look, stage: str) -> None:
    """A heat map over the photo for each stage, or one for all, and the test of its sanity."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        method = st.segmented_control(
            "Method", list(METHODS), default="Grad-CAM", key="method", bind="query-params", required=True
        )
        opacity = st.slider("Opacity", 0.0, 1.0, 0.7, 0.1, key="opacity", bind="query-params", width=180)
        check = st.toggle(
            "Sanity check", key="sanity", bind="query-params", disabled=method == "covering",
            help="Throw away what was learnt. A map that shows it must change.",
        )  # fmt: skip
    if method == "covering":
        _show_covering(look, opacity)
        return
    maps = maps_of(look.subject, look.network, look.index, METHODS[method]).maps
    _tiles(
        [(rc.figures.square_picture(look.subject.seen), SEEN)]
        + [
            (rc.figures.overlay_picture(look.subject.seen, one, opacity), _size(name, one))
            for name, one in maps.items()
        ]
    )
    _scale(f"nothing for {look.label}", "most of each map", "heat")
    empty = [_stage(name) for name, one in maps.items() if not one.any()]
    if empty:
        st.caption(f"{' and '.join(empty)}: nothing there speaks for {look.label}.")
    if check:
        _show_sanity(look, stage, METHODS[method], opacity)


def _show_covering(look: Look, opacity: float) -> None:
    result = occlusion_of(look.subject, look.network, look.index)
    heat = rc.figures.overlay_picture(look.subject.seen, result.drop, opacity)
    _tiles(
        [
            (rc.figures.square_picture(look.subject.seen), SEEN),
            (heat, f"Squares of {result.patch} pixels, covered in turn"),
        ]
    )
    _scale("covering it changes nothing", "hurts most", "heat")
    with st.container(width=PROSE_WIDTH):
        st.markdown(
            f"**{look.label}** has {percent(result.probability)} with the whole picture, and "
            f"{percent(result.lowest)} with the square covered that matters most. No gradient is asked here, only "
            "the network: see whether Grad-CAM points to the same place."
        )


def _show_sanity(look: Look, stage: str, method: str, opacity: float) -> None:
    maps = maps_of(look.subject, look.network, look.index, method).maps
    rows = sanity_of(look.subject, look.network, stage, look.index, method)
    seen, overlay = look.subject.seen, rc.figures.overlay_picture
    st.markdown(f"##### Does the map of {_stage(stage)} show what was learnt?")
    tiles = [(overlay(seen, maps[stage], opacity), "as trained")]
    for row in rows:
        words = "random head" if len(row.fresh) == 1 else f"random {_stage(row.fresh[0])} and head"
        tiles.append((overlay(seen, row.map, opacity), f"{words}: {median(row.correlations):+.2f}"))
    _tiles(tiles, "random")
    ranges = [f"{min(row.correlations):+.2f} to {max(row.correlations):+.2f}" for row in rows]
    st.caption(
        f"The numbers are rank correlations with the map as trained: 1 for the same order of places, 0 for none, the "
        f"median of {DRAWS} draws of random weights ({'; '.join(ranges)}). A map that only traced the edges of the "
        "photo would stay near 1."
    )


def show_features(look: Look, stage: str) -> None:
    """The strongest channels of a stage as pictures on one scale."""
    k = st.segmented_control("Channels", (8, 16, 32), default=16, key="k", bind="query-params", required=True)
    result = features_of(look.subject, look.network, stage, k)
    low, high = min(0.0, float(result.maps.min())), float(result.maps.max())
    pictures = rc.figures.channel_pictures(result.maps, low, high, theme_name())
    means = [f"{channel}: {result.means[channel]:.2f}" for channel in result.channels]
    _tiles(list(zip(pictures, means, strict=True)), "channels", smallest=72, largest=CHANNEL)
    _scale(f"{low:.2f}", f"{high:.2f}", "channel")
    height, width = result.maps.shape[1:]
    st.caption(
        f"{len(pictures)} of the {len(result.means)} channels of {_stage(stage)}, {height}×{width} values each, sorted "
        "by their mean output: below each are its number and that mean. All share one scale."
    )


def show_blocks(look: Look) -> None:
    """What each block adds, and the answer with some of them switched off."""
    from resnet_core.figures.block_parts import block_name
    from resnet_core.inference.explain import NO_ADDITION, block_paths

    paths = {block_name(path): path for path in block_paths(look.network.model)}
    if not paths:
        st.info(NO_ADDITION, icon=":material/info:")
        return
    chosen = st.pills(
        "Switch off the residual branch of", list(paths), selection_mode="multi", key="off", bind="query-params"
    )
    off = tuple(path for name, path in paths.items() if name in chosen)
    before, after = ranked(look), ranked(look, off)
    columns = st.columns(2, gap="large")
    without = "No block is switched off" if not off else f"Without {_listed(chosen)}"
    for column, words, top, key in zip(columns, ("All blocks", without), (before, after), ("all", "off"), strict=True):
        with column:
            _show_answer(words, top, key)
    if off and after[0].index != before[0].index:
        st.markdown(f"The answer changed from **{before[0].label}** to **{after[0].label}**.")
    elif off:
        st.markdown(f"The answer is still **{after[0].label}**: other paths through the network carry it.")
    parts = parts_of(look.subject, look.network, look.index)
    probability = next(scored.probability for scored in before if scored.index == look.index)
    st.plotly_chart(
        rc.figures.block_parts_figure(parts, look.label, probability, off, theme_name()), theme=None, key="parts",
        config=QUIET, alt=_said_of_blocks(look, parts),
    )  # fmt: skip
    st.caption(_said_of_blocks(look, parts))
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(
            [
                {
                    "block": block_name(part.path), "shortcut": part.shortcut.replace("_", " "),
                    "shortcut length": part.shortcut_norm, "branch length": part.branch_norm, "cosine": part.cosine,
                    f"{look.label} without it": part.probability, "answer without it": look.names[part.top_index],
                }
                for part in parts
            ],
            hide_index=True, alt="What each block adds",
        )  # fmt: skip


def _show_answer(words: str, top: Sequence[ScoredClass], key: str, top_k: int = 5) -> None:
    st.caption(words)
    st.markdown(f"### {top[0].label}, {percent(top[0].probability)}")
    labels, probabilities = [scored.label for scored in top[:top_k]], [scored.probability for scored in top[:top_k]]
    st.plotly_chart(
        rc.figures.predictions_figure(labels, probabilities, theme_name()), theme=None, key=f"answer_{key}",
        config=QUIET, alt="; ".join(f"{scored.label} {percent(scored.probability)}" for scored in top[:top_k]),
    )  # fmt: skip


def _said_of_blocks(look: Look, parts: Sequence[rc.BlockPart]) -> str:
    """The lesson of the chart in a sentence or two, from its numbers."""
    from resnet_core.figures.block_parts import block_name

    worst = min(parts, key=lambda part: part.probability)
    changing = sum(part.top_index != look.index for part in parts)
    longer = sum(part.branch_norm > part.shortcut_norm for part in parts)
    return (
        f"At each addition: how long the shortcut's values and the branch's are as vectors, and whether they point the "
        f"same way. Of {len(parts)} blocks, {longer} add more than they were given. Without one of them alone the answer is no "
        f"longer {look.label} in {changing} cases; {block_name(worst.path)} matters most."
    )


def show_time(look: Look) -> None:
    """Milliseconds of each layer beside its multiply-adds."""
    from resnet_core.anatomy.durations import duration_table, kind_duration_table, stage_duration_table

    network = look.network
    if st.button("Measure again", icon=":material/refresh:", key="again"):
        layer_durations.clear(network.weights.name)
    measured = layer_durations(network.weights.name, network)
    trace = rc.walk_spec(network.model.spec, tuple(look.subject.batch.shape))
    layers = duration_table(trace, measured)
    kinds = kind_duration_table(layers)
    for column, table, name, title in zip(
        st.columns(2, gap="large"), (stage_duration_table(layers), kinds.head(6)), ("stage", "kind"),
        ("By stage", "By kind of layer"), strict=True,
    ):  # fmt: skip
        with column:
            st.markdown(f"**{title}**")
            st.plotly_chart(
                rc.figures.durations_figure(table, name, theme_name()), theme=None, key=f"time_{name}", config=QUIET,
                alt="; ".join(f"{row[name]} {row['duration_ms']:.3g} ms" for _, row in table.iterrows()),
            )  # fmt: skip
    st.caption(_said_of_time(kinds, layers))
    st.markdown("**The layers that take longest**")
    st.dataframe(
        layers.sort_values("duration_ms", ascending=False).head(50), hide_index=True, height=320,
        alt="Layers by time", column_config=_time_columns(),
    )  # fmt: skip


def _said_of_time(kinds, layers) -> str:
    by_kind = kinds.set_index("kind")
    done, taken = by_kind.loc["Conv2d", ["macs_share", "duration_share"]]
    return (
        f"Convolutions do {percent(done)} of the multiply-adds and take {percent(taken)} of the time. The rest is "
        f"batch norm, ReLU and additions, which count no multiply-add but read and write memory. {len(layers)} layers, "
        f"{layers['duration_ms'].sum():.1f} ms in all, one by one in float32; what Classify runs fuses many of them."
    )


def _time_columns() -> dict[str, object]:
    columns = st.column_config
    return {
        "stage": columns.TextColumn("stage", width="small"),
        "path": columns.TextColumn("layer", width="medium"),
        "kind": columns.TextColumn("kind", width="small"),
        "macs": columns.NumberColumn("MACs", format="localized"),
        "macs_share": columns.NumberColumn("of the MACs", format="percent"),
        "duration_ms": columns.NumberColumn("time", format="%.3f ms"),
        "duration_share": columns.NumberColumn("of the time", format="percent"),
        "gmacs_per_s": columns.NumberColumn("G MACs/s", format="%.1f"),
    }


def _tiles(pictures: Sequence[tuple[Image, str]], key: str = "tiles", **sizes: int) -> None:
    drawing(rc.figures.tiles_html(pictures, theme_name(), **sizes), key=key)


def _scale(low: str, high: str, kind: str) -> None:
    with st.container(width=300):
        drawing(rc.figures.scale_drawing(low, high, kind, theme_name()), key=f"scale_{kind}")


def _stage(name: str) -> str:
    from resnet_core.anatomy.tables import display_stage

    return display_stage(name)


def _size(name: str, values) -> str:
    return f"{_stage(name)}, {values.shape[0]}×{values.shape[1]}"


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
