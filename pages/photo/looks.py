"""Two looks of the page Inside: where the network looked, and its channels."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, drawing, literal, percent, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.photo.explained import DRAWS, Subject, features_of, logits_of, maps_of, occlusion_of, sanity_of
from resnet_core.anatomy.counting.signs import with_minus

if TYPE_CHECKING:
    import numpy as np
    from PIL.Image import Image

    from resnet_core.inference.classifier import ScoredClass
    from resnet_core.inference.headline import Headline

COUNTS = (8, 16, 32)
METHODS = {"Grad-CAM": "grad_cam", "HiResCAM": "hires_cam", "covering": ""}
CHANNEL = 112  # pixels
SEEN = "What the network sees"


class Look(NamedTuple):
    """What all looks are at: a picture, a network, and one of its classes."""

    subject: Subject
    network: rc.Classifier
    names: tuple[str, ...]
    class_index: int

    @property
    def label(self) -> str:
        return self.names[self.class_index]


def names_of(classes: Sequence[str]) -> tuple[str, ...]:
    """Class names that differ: ImageNet has two cranes."""
    return tuple(n if classes.count(n) == 1 else f"{n} ({index})" for index, n in enumerate(classes))


def ranked(look: Look, off: tuple[str, ...] = (), cut: tuple[str, ...] = ()) -> tuple[ScoredClass, ...]:
    """All classes, likeliest first, without some of the branches and some of the shortcuts."""
    from resnet_core.inference.classifier import rank_classes

    return rank_classes(logits_of(look.subject, look.network, off, cut), look.names, len(look.names))


def said_of(look: Look) -> tuple[Headline | None, ScoredClass]:
    """The answer at the finest level that is sure, and the likeliest class that may be named."""
    from resnet_core.inference.classifier import rank_classes
    from resnet_core.inference.headline import headline, withheld

    logits, weights = logits_of(look.subject, look.network), look.network.weights
    best = rank_classes(logits, look.names, 1, withheld=withheld(logits, weights.grouping))[0]
    return headline(logits, weights.classes, weights.grouping), best


def _choose_stage(stages: Sequence[str]) -> str:
    """Of these, the one that is looked at; the last one unless the link says another."""
    named = {_stage(one): one for one in stages}
    asked = asked_in_vain(stage=named)
    chosen = st.segmented_control(
        "Stage", list(named), default=list(named)[-1], key="stage", bind="query-params", required=True
    )
    say_in_vain(asked)
    return named[chosen]


def _asked_stage() -> str:
    return str(st.session_state.get("stage") or st.query_params.get("stage", ""))


def chosen_stage(stages: Sequence[str]) -> str:
    """The stage that was chosen or that a link names, else the last."""
    return {_stage(one): one for one in stages}.get(_asked_stage(), stages[-1])


def show_where(look: Look, stages: Sequence[str]) -> None:
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
    maps = maps_of(look.subject, look.network, look.class_index, METHODS[method]).maps
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
        st.caption(f"{' and '.join(empty)}: nothing there speaks for {literal(look.label)}.")
    if check:
        _show_sanity(look, stages, METHODS[method], opacity)


def _show_covering(look: Look, opacity: float) -> None:
    result = occlusion_of(look.subject, look.network, look.class_index)
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
            f"**{literal(look.label)}** has {percent(result.probability)} with the whole picture, and "
            f"{percent(result.lowest)} with the square covered that matters most. No gradient is asked here, only "
            "the network: see whether Grad-CAM points to the same place."
        )


def _show_sanity(look: Look, stages: Sequence[str], method: str, opacity: float) -> None:
    stage = _choose_stage(stages)
    maps = maps_of(look.subject, look.network, look.class_index, method).maps
    rows = sanity_of(look.subject, look.network, stage, look.class_index, method)
    seen, overlay = look.subject.seen, rc.figures.overlay_picture
    st.markdown(f"##### Does the map of {_stage(stage)} show what was learnt?")
    tiles = [(overlay(seen, maps[stage], opacity), "as trained")]
    for row in rows:
        words = "random head" if len(row.fresh) == 1 else f"random {_stage(row.fresh[0])} and head"
        tiles.append((overlay(seen, row.map, opacity), f"{words}: {_signed(median(row.correlations))}"))
    _tiles(tiles, "random")
    ranges = [f"{_signed(min(row.correlations))} to {_signed(max(row.correlations))}" for row in rows]
    with st.container(width=PROSE_WIDTH):
        st.caption(
            "The numbers are rank correlations with the map as trained: 1 for the same order of places, 0 for none, "
            f"the median of {DRAWS} draws of random weights ({'; '.join(ranges)}). A map that only traced the edges of "
            "the photo would stay near 1."
        )


def show_features(look: Look, stages: Sequence[str]) -> None:
    """The strongest channels of a stage as pictures on one scale."""
    with st.container(horizontal=True, gap="medium"):
        stage = _choose_stage(stages)
        k = st.segmented_control("Channels", COUNTS, default=16, key="k", bind="query-params", required=True)
    result = features_of(look.subject, look.network, stage, k)
    low, high = min(0.0, float(result.maps.min())), float(result.maps.max())
    pictures = rc.figures.channel_pictures(result.maps, low, high, theme_name())
    means = [f"{channel}: {result.means[channel]:.2f}" for channel in result.channels]
    _tiles(list(zip(pictures, means, strict=True)), "channels", smallest=72, largest=CHANNEL)
    _scale(f"{low:.2f}", f"{high:.2f}", "channel")
    height, width = result.maps.shape[1:]
    with st.container(width=PROSE_WIDTH):
        st.caption(
            f"{len(pictures)} of the {len(result.means)} channels of {_stage(stage)}, {height}×{width} values each, "
            "sorted by their mean output: below each are its number and that mean. All share one scale."
        )


def _tiles(pictures: Sequence[tuple[Image, str]], key: str = "tiles", **sizes: int) -> None:
    drawing(rc.figures.tiles_html(pictures, theme_name(), **sizes), key=key)


def _scale(low: str, high: str, kind: str) -> None:
    with st.container(width=300):
        drawing(rc.figures.scale_drawing(low, high, kind, theme_name()), key=f"scale_{kind}")


def _signed(value: float) -> str:
    return with_minus(f"{value:+.2f}")


def _stage(name: str) -> str:
    from resnet_core.anatomy.tables.tables import display_stage

    return display_stage(name)


def _size(name: str, values: np.ndarray[Any, Any]) -> str:
    return f"{_stage(name)}, {values.shape[0]}×{values.shape[1]}"
