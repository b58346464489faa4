"""All blocks in a row, each with branch and shortcut: both are cut and mended in the drawing, and the answer moves."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._layout import theme_name
from pages.cutting.cuts import Cuts, answer_without, seen_uri, take_cuts
from pages.photo.explained import parts_of
from pages.photo.looks import SEEN, Look
from resnet_core.data.component import component
from resnet_core.figures.diagram.marks import stage_colour_name

if TYPE_CHECKING:
    from resnet_core.inference.explain.lesion import BlockPart

HINT = "Click an arc: its shortcut is cut. Click a box: its branch adds nothing."
MOST_CLASSES = 5

_CUTS = st.components.v2.component("cuts", **component("cuts", "app")._asdict())


def strip_of_blocks(look: Look, paths: dict[str, str], cuts: Cuts) -> None:
    """Draw the strip with the answer below it.

    Args:
        paths: the blocks' paths by their names.
    """
    names = {path: name for name, path in paths.items()}
    parts = parts_of(look.subject, look.network, look.class_index)
    data = {
        "blocks": [_block(part, names[part.path]) for part in parts], "colours": rc.figures.palette(theme_name()),
        "seen": seen_uri(look.subject.seen), "alt": SEEN, **answer_without(look, names, cuts, HINT, MOST_CLASSES),
    }  # fmt: skip
    _CUTS(data=data, key="cuts", on_gone_change=partial(take_cuts, "cuts"))


def _block(part: BlockPart, name: str) -> dict[str, Any]:
    return {
        "path": part.path, "name": name, "stage": name.partition(".")[0], "kind": part.shortcut,
        "colour": stage_colour_name(part.path.partition(".")[0]),
    }  # fmt: skip
