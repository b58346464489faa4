"""All blocks in a row, each with branch and shortcut: both are cut and mended in the drawing, and the answer moves."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

import resnet_core as rc
from pages._layout import literal, percent, theme_name, unbroken
from pages._links import hear_link, link
from pages.photo.explained import parts_of
from pages.photo.looks import SEEN, Look, ranked
from resnet_core.data import drawing_script
from resnet_core.figures.diagram.marks import stage_colour_name

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.inference.classifier import ScoredClass
    from resnet_core.inference.explain.lesion import BlockPart

FRAME = """
<section class='cuts' aria-label='The blocks, to be cut'>
  <div class='strip'></div>
  <div class='both'>
    <div class='answer' aria-live='polite'><p class='said'></p><div class='rows'></div></div>
    <div class='side'><img><p class='note muted'></p><button type='button'>Mend all</button></div>
  </div>
</section>
"""
MOST_CLASSES = 5
PICTURE = 96  # pixels a side

_CUTS = st.components.v2.component(
    "cuts",
    html=FRAME,
    css=drawing_script("cuts.css"),
    js=drawing_script("cuts.js"),
)


class Cuts(NamedTuple):
    """Paths of the blocks without their residual branch, and of those without their shortcut."""

    off: tuple[str, ...]
    cut: tuple[str, ...]


def asked_cuts(paths: dict[str, str]) -> Cuts:
    """What the link asks for; what it asks for in vain is said and put away.

    Args:
        paths: the blocks' paths by their names, e.g. "conv2_x.0".
    """
    found = {}
    for name in ("off", "cut"):
        if len(several := st.query_params.get_all(name)) > 1:  # as links had it when blocks were pills
            st.query_params[name] = ",".join(several)
        asked = [one for one in hear_link(name).split(",") if one]
        unknown = [one for one in asked if one not in paths]
        if unknown:
            st.warning(
                f"The link asks for {literal(', '.join(unknown))}, which is no block here. You see it whole there.",
                icon=":material/link_off:",
            )
            link(name, ",".join(one for one in asked if one in paths))
            hear_link(name)
        found[name] = tuple(sorted(paths[one] for one in asked if one in paths))
    return Cuts(**found)


def cut_and_mend(look: Look, paths: dict[str, str], cuts: Cuts) -> tuple[ScoredClass, ...]:
    """Draw the strip with the answer below it; returns all classes as they are without what is cut."""
    before, after = ranked(look), ranked(look, *cuts)
    names = {path: name for name, path in paths.items()}
    if st.session_state.get("_cuts_sent") != (cuts, look.subject.key):  # not what the drawing said itself
        st.session_state["_cuts_turn"] = st.session_state.get("_cuts_turn", 0) + 1
        st.session_state["_cuts_sent"] = cuts, look.subject.key
    parts = parts_of(look.subject, look.network, look.class_index)
    data = {
        "blocks": [_block(part, names[part.path]) for part in parts], "off": cuts.off, "cut": cuts.cut,
        "turn": st.session_state["_cuts_turn"], "colours": rc.figures.palette(theme_name()),
        "said": _said(before[0], after[0], any(cuts)), "answers": _answers(before, after),
        "note": _note(cuts, len(names)), "seen": _thumbnail(look.subject.seen), "alt": SEEN,
    }  # fmt: skip
    st.session_state["_cuts_names"] = names
    st.session_state["_cuts_key"] = look.subject.key
    _CUTS(data=data, key="cuts", on_at_change=_take)
    return after


def _block(part: BlockPart, name: str) -> dict[str, Any]:
    return {
        "path": part.path, "name": name, "stage": name.partition(".")[0], "kind": part.shortcut,
        "colour": stage_colour_name(part.path.partition(".")[0]),
    }  # fmt: skip


def _thumbnail(seen: Image) -> str:
    """The picture as the network gets it, small."""
    small = seen.copy()
    small.thumbnail((PICTURE, PICTURE))
    file = BytesIO()
    small.save(file, "PNG")
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"


def _said(before: ScoredClass, after: ScoredClass, any_cut: bool) -> str:
    now = f"{after.label}, {percent(after.probability)}"
    if not any_cut:
        return now
    then = f"{before.label}, {percent(before.probability)}"
    return unbroken(f"{now}, where the whole network says {then}")


def _answers(before: tuple[ScoredClass, ...], after: tuple[ScoredClass, ...]) -> list[tuple[str, float, float, str]]:
    """The likeliest classes of both, in the order of the whole network's answer."""
    now = {one.index: one.probability for one in after}
    best = sorted(before, key=lambda one: -max(one.probability, now[one.index]))[:MOST_CLASSES]
    shown = sorted(best, key=lambda one: -one.probability)
    return [(one.label, one.probability, now[one.index], percent(now[one.index])) for one in shown]


def _note(cuts: Cuts, blocks: int) -> str:
    gone = [
        f"{len(paths)} of {blocks} {what}" for paths, what in ((cuts.cut, "shortcuts"), (cuts.off, "branches")) if paths
    ]
    hint = "Click an arc: its shortcut is cut. Click a box: its branch adds nothing."
    return f"Cut: {' and '.join(gone)}. Grey bars: the whole network." if gone else hint


def _take() -> None:
    """The visitor cut or mended in the drawing, unless it drew another picture's or an older turn."""
    at, names = st.session_state.cuts["at"], st.session_state["_cuts_names"]
    if at["turn"] != st.session_state["_cuts_turn"]:
        return
    cuts = Cuts(tuple(at["off"]), tuple(at["cut"]))
    st.session_state["_cuts_sent"] = cuts, st.session_state["_cuts_key"]
    for name, paths in zip(("off", "cut"), cuts, strict=True):
        link(name, ",".join(names[path] for path in paths if path in names))
