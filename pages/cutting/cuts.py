"""What is cut of a network, and what it answers then: asked for by links, cut and mended in two drawings."""

from __future__ import annotations

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

from pages._layout import literal, percent, unbroken
from pages._links import hear_link, link
from pages.photo.looks import Look, ranked

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.inference.classifier import ScoredClass

PICTURE = 96  # pixels a side


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
        said = name in st.query_params  # else it came along from another page, with another network
        asked = [one for one in hear_link(name).split(",") if one]
        unknown = [one for one in asked if one not in paths]
        if unknown:
            if said:
                st.warning(
                    f"The link asks for {literal(', '.join(unknown))}, which is no block here. You see it whole there.",
                    icon=":material/link_off:",
                )
            link(name, ",".join(one for one in asked if one in paths))
            hear_link(name)
        found[name] = tuple(sorted(paths[one] for one in asked if one in paths))
    return Cuts(**found)


def answer_without(look: Look, names: dict[str, str], cuts: Cuts, hint: str, most: int) -> dict[str, Any]:
    """The answer as a drawing gets it: what is cut, what the network says then, and what it said before.

    Args:
        names: the blocks' names by their paths.
        hint: what to do where nothing is cut.
        most: classes, of which the likeliest of both answers are shown.
    """
    before, after = ranked(look), ranked(look, *cuts)
    if st.session_state.get("_cuts_sent") != (cuts, look.subject.key):  # not what the drawing said itself
        st.session_state["_cuts_turn"] = st.session_state.get("_cuts_turn", 0) + 1
    _sent(names, cuts, look.subject.key)
    return {
        "off": cuts.off, "cut": cuts.cut, "turn": st.session_state["_cuts_turn"], "names": names,
        "said": _said(before[0], after[0], any(cuts)), "answers": _answers(before, after, most),
        "note": _note(cuts, len(names)) if any(cuts) else hint,
    }  # fmt: skip


def take_cuts(drawing: str) -> None:
    """The visitor cut or mended in a drawing, unless it drew another picture's or an older turn.

    Args:
        drawing: its key.
    """
    gone = st.session_state[drawing]["gone"]
    names, key = st.session_state["_cuts_of"]
    if gone["turn"] != st.session_state["_cuts_turn"]:
        return
    cuts = Cuts(tuple(gone["off"]), tuple(gone["cut"]))
    _sent(names, cuts, key)
    for name, paths in zip(("off", "cut"), cuts, strict=True):
        link(name, ",".join(names[path] for path in paths if path in names))


def seen_uri(seen: Image) -> str:
    """The picture as the network gets it, small."""
    small = seen.copy()
    small.thumbnail((PICTURE, PICTURE))
    file = BytesIO()
    small.save(file, "PNG")
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"


def _sent(names: dict[str, str], cuts: Cuts, key: Any) -> None:
    st.session_state["_cuts_sent"] = cuts, key
    st.session_state["_cuts_of"] = names, key


def _said(before: ScoredClass, after: ScoredClass, any_cut: bool) -> tuple[str, str]:
    """The answer now; and, if anything is cut, the whole network's."""
    now, then = (unbroken(f"{one.label}, {percent(one.probability)}") for one in (after, before))
    return now, f"before: {then}" if any_cut else ""


def _answers(
    before: tuple[ScoredClass, ...], after: tuple[ScoredClass, ...], most: int
) -> list[tuple[str, float, float, str]]:
    """The likeliest classes of both, in the order of the whole network's answer."""
    now = {one.index: one.probability for one in after}
    best = sorted(before, key=lambda one: -max(one.probability, now[one.index]))[:most]
    shown = sorted(best, key=lambda one: -one.probability)
    return [(one.label, one.probability, now[one.index], percent(now[one.index])) for one in shown]


def _note(cuts: Cuts, blocks: int) -> str:
    gone = [
        f"{len(paths)} of {blocks} {what}" for paths, what in ((cuts.cut, "shortcuts"), (cuts.off, "branches")) if paths
    ]
    return f"Cut: {' and '.join(gone)}. Grey bars: before."
