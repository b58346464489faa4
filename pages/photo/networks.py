"""The list of networks: in groups, each line with what matters for a choice. The choice travels in the link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages._caches import all_weights
from pages._links import asked_in_vain, hear_link, link, say_in_vain, still_vain
from pages._server import may_download
from pages.photo.own import OWN
from resnet_core.notation import megabytes, percent
from resnet_core.weights.record import DEFAULT_WEIGHTS

if TYPE_CHECKING:
    from pages.photo.own import OwnNetwork
    from resnet_core.weights.record import Weights

TAKEN = "own taken"  # in the session: the file of one's own network that was chosen when it came
SHOWN = "weights line"  # in the session: the chosen line as the browser has it


def chosen_weights(own: OwnNetwork | None) -> tuple[Weights, dict[str, Weights]]:
    """The weights that the visitor chose, and all that there are by name; of two with one name, yours.

    Args:
        own: the network that this visitor sent. It is chosen when it comes.
    """
    offered = offered_weights(own)
    asked = asked_in_vain(weights=offered)
    name = _chosen(offered, own)
    lines = {one: line_of(weights) for one, weights in offered.items()}
    if (st.session_state.get("weights"), st.session_state.get(SHOWN)) != (name, lines[name]):
        # Also where only the line is another one, say of a file that has come: the browser knows choices by their line.
        st.session_state.weights, st.session_state[SHOWN] = name, lines[name]
    st.selectbox("Network", list(offered), key="weights", format_func=lines.__getitem__, on_change=_choose, width=560)
    if asked.get("weights") != OWN:
        say_in_vain(asked)
    elif still_vain("weights", OWN, name):
        st.warning(
            f"The link asks for its sender's own network, which stays in their visit. You see {name} instead; "
            "one of your own can be sent below.",
            icon=":material/link_off:",
        )
    return offered[name], offered


def offered_weights(own: OwnNetwork | None) -> dict[str, Weights]:
    """All weights by what a link calls them: the default, others that are bundled, yours, ImageNet's, here first."""
    named: dict[str, Weights] = {}
    for weights in all_weights():
        named.setdefault(weights.name, weights)
    named.pop(OWN, None)  # the word is taken
    if own:
        named[OWN] = own.weights
    return dict(sorted(named.items(), key=lambda item: _place(item[1])))


def line_of(weights: Weights) -> str:
    """One set of weights in a line: its name, whether it is here, classes; then what a phone leaves to the caption."""
    where = {
        "bundled": "bundled", "on disk": "here" if weights.url else "yours", "in memory": "yours, this visit",
        "downloadable": "fetch" if may_download() else "not here", "missing": "not here",
    }[weights.availability]  # fmt: skip
    name = weights.path.name if weights.source == "sent" else weights.name.replace(".IMAGENET1K_", " ")
    side, right = weights.preprocessing.crop_size, f"{percent(weights.top1 / 100)} right" if weights.top1 else ""
    size = megabytes(weights.size_bytes) if weights.size_bytes else ""
    return " · ".join(filter(None, (name, where, f"{len(weights.classes):,} classes", f"{side} px", right, size)))


def choose(name: str) -> None:
    """Choose weights from elsewhere than the list; they stand in it once the page runs again."""
    link("weights", "" if name == DEFAULT_WEIGHTS else name)


def _chosen(offered: dict[str, Weights], own: OwnNetwork | None) -> str:
    """What the link asks for, or the network that has just come; the default where neither is there."""
    wish = hear_link("weights")
    if own and st.session_state.get(TAKEN) != own.file_id:
        st.session_state[TAKEN] = own.file_id
        wish = OWN
        choose(wish)
    elif wish not in offered:
        choose(DEFAULT_WEIGHTS)
    hear_link("weights")  # writes it
    return wish if wish in offered else DEFAULT_WEIGHTS


def _choose() -> None:
    choose(st.session_state.weights)


def _place(weights: Weights) -> tuple[bool, int, bool]:
    """The order of the list; within a group as it was found."""
    groups = {"bundled": 0, "sent": 1, "local": 2, "published": 3}
    return weights.name != DEFAULT_WEIGHTS, groups[weights.source], weights.availability == "downloadable"
