"""The addition, seen: a component that draws resnet_core.figures.shortcut in the browser.

The browser holds the blocks that it has seen, and moves alpha without asking. What it does not have it asks for: the
maps of a block first, the answers for all alphas and the untrained network once the maps have been painted. Of the
bundled CIFAR networks it computes them itself, once a visitor has turned to the drawing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

import resnet_core as rc
from pages._layout import theme_name, verbatim
from pages._links import hear_link, link
from pages.addition.served import served_network
from resnet_core.data.component import component
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.shortcut.asked import answer
from resnet_core.figures.shortcut.scene import Scene

_SHORTCUT = st.components.v2.component("shortcut", **component("shortcut", "browser")._asdict())


@st.fragment
def addition_drawing(scene: Scene, notebook: Callable[..., None]) -> None:
    """The drawing of one picture in one network, on the block and the channel that the link names.

    Args:
        notebook: offers that `block` and that `channel` as a notebook.
    """
    paths = {name: path for path, name, *_ in scene.blocks}
    asked = hear_link("block")
    opened = asked if asked in paths else block_name(scene.blocks[0][0])
    vain = []
    if asked and asked != opened:
        vain.append(f"the block {verbatim(asked)}, which {scene.name} does not have. You see {opened}.")
        link("block", "")
        hear_link("block")
    at = _asked(scene)
    channel = hear_link("channel")
    if at is None or block_name(at["block"]) != opened:  # a first visit, a link, or the browser's Back
        at = {"block": paths[opened], "have": False, "first": 0}
        _turn()
        if channel and not (channel.isdecimal() and int(channel) < _channels(scene, paths[opened])):
            vain.append(
                f"the channel {verbatim(channel)}, which {opened} does not have. You see the one most like the picture."
            )
            link("channel", "")
            channel = hear_link("channel")
    _say_in_vain(vain, opened)
    wanted = int(channel) if channel.isdecimal() else None
    data: dict[str, Any] = {
        **scene.still, "colours": rc.figures.palette(theme_name()), "open": at["block"],
        "turn": st.session_state.get("_shortcut_turn", 0), "channel": -1 if wanted is None else wanted,
    }  # fmt: skip
    try:
        data |= served_network(scene.network.weights) | ({} if at.get("own") else answer(scene, at, wanted))
    except rc.ResNetCoreError as error:
        st.warning(str(error), icon=":material/error:")
    _SHORTCUT(data=data, key="shortcut", on_at_change=_take)
    notebook(block=at["block"], channel=max(0, data["channel"]))


def _say_in_vain(vain: list[str], opened: str) -> None:
    """Say what a link asked for that is not there, as long as the block that is shown stays open."""
    if vain:
        st.session_state["_shortcut_vain"] = vain, opened
    said, instead = st.session_state.get("_shortcut_vain", ([], ""))
    if instead != opened:
        st.session_state.pop("_shortcut_vain", None)
        return
    for words in said:
        st.warning(f"The link asks for {words}", icon=":material/link_off:")


def _channels(scene: Scene, path: str) -> int:
    """How many channels leave a block."""
    calls = [call for call in scene.trace.calls if call.path.startswith(f"{path}.")]
    return calls[-1].output_shape[1]


def _asked(scene: Scene) -> dict[str, Any] | None:
    """What the browser asked for last, if it was of this picture and this network."""
    at = (st.session_state.get("shortcut") or {}).get("at")
    if not at or at["key"] != scene.still["key"] or at["block"] not in {path for path, *_ in scene.blocks}:
        return None
    return dict(at)


def _take() -> None:
    """The visitor chose a block or a channel in the drawing, or the drawing lacks something."""
    at = st.session_state.shortcut["at"]
    link("block", block_name(at["block"]))
    if isinstance(at.get("channel"), int) and at["channel"] >= 0:
        link("channel", str(at["channel"]))


def _turn() -> None:
    st.session_state["_shortcut_turn"] = st.session_state.get("_shortcut_turn", 0) + 1
