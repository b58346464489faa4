"""The addition, seen: a component that draws resnet_core.figures.shortcut in the browser.

The browser holds the blocks that it has seen, and moves alpha without asking. What it does not have it asks for: the
maps of a block first, the answers for all alphas and the untrained network once the maps have been painted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

import resnet_core as rc
from pages._layout import theme_name, verbatim
from pages._links import hear_link, link
from pages.addition.computed import Scene, answers_of, before_training, maps_of, options_of, value_of
from resnet_core.data import drawing_script
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.shortcut.payload import SCALE

FRAME = """
<section class='shortcut' aria-label='The addition of one block'>
  <div class='steps'>
    <button type='button' aria-label='The block before'>‹</button><strong class='title'></strong>
    <button type='button' aria-label='The next block'>›</button><span class='facts'></span>
    <p class='legend'><span><i></i>|F(x)| / |x| of each block</span>
      <span><i class='round'></i>gradient through the shortcut</span></p>
  </div>
  <div class='strip' role='group' aria-label='Blocks'></div>
  <div class='equation' role='group' tabindex='0'></div>
  <p class='line'><span class='where muted'></span><span class='numbers' aria-live='polite'></span>
    <span class='scale' aria-hidden='true'><span class='low'></span><i></i><span class='high'></span></span></p>
  <div class='alpha'>
    <div>
      <div class='top'><span class='value'></span><span class='means'></span>
        <span class='which' role='group' aria-label='α counts for'>
          <button type='button'>this block</button><button type='button'>all blocks</button></span></div>
      <div class='travel'>
        <svg class='curve' viewBox='0 0 100 100' preserveAspectRatio='none' aria-hidden='true'></svg>
        <input type='range' min='-10' max='20' step='1' aria-label='α, how much the branch F counts'>
        <div class='ticks'><button type='button' value='-10'>−1</button><button type='button' value='0'>0</button>
          <button type='button' value='10'>1</button><button type='button' value='20'>2</button>
          <span class='zone low' aria-hidden='true'>not trained for</span>
          <span class='zone high' aria-hidden='true'>not trained for</span></div>
      </div>
    </div>
    <div><p class='said' aria-live='polite'></p><ul class='answers'></ul></div>
    <p class='without'></p>
  </div>
  <div class='channels'><div class='top'><span class='words'></span>
    <button type='button' class='more'>Other channels</button></div>
    <div class='row' role='group' aria-label='Channels'></div></div>
  <details class='deeper'><summary>One level deeper: the convolution behind this value</summary>
    <div class='layers' role='group' aria-label='Convolutions'></div><div class='value' aria-live='polite'></div>
  </details>
  <div class='options part' hidden><h3>Where the shape changes: four ways to bring x along</h3>
    <div class='ways'></div><p class='words muted'></p></div>
  <div class='formula part'><h3>The formula, step by step</h3><div class='parts'>
    <div><p class='says'>H(x)</p><div class='images'><canvas data-map='sum'></canvas></div>
      <p class='read'></p><p class='muted'>What the block is to give out, before the ReLU.</p></div>
    <div><p class='says'>F(x) = H(x) − x</p><div class='images'><canvas data-map='sum'></canvas>−<canvas
      data-map='x'></canvas>=<canvas data-map='f'></canvas></div>
      <p class='read'></p><p class='muted'>What is left to learn, once x is there anyway.</p></div>
    <div><p class='says'>y = F(x) + x</p><div class='images'><canvas data-map='f'></canvas>+<canvas
      data-map='x'></canvas>=<canvas data-map='sum'></canvas></div>
      <p class='read'></p><p class='muted'>The addition puts x back.</p></div>
  </div></div>
  <div class='back part'><h3>Backwards: ∂L/∂x = ∂L/∂y · (1 + ∂F/∂x)</h3><div class='axis'></div>
    <p class='words muted'></p></div>
  <div class='all part'><h3>All blocks beside each other</h3><div class='charts'></div>
    <p class='key'><span>bars: as trained</span><span><i class='fresh'></i>before training</span>
      <span class='lawkey'><i class='law'></i>lengths at right angles add up: about 1/√k at the k-th addition</span></p>
  </div>
</section>
"""
SMALL_SIDE = 64  # pixels of a picture
SCRIPTS = ("numbers", "paint", "blocks", "tiles", "alpha", "deeper", "options", "back", "main")

_SHORTCUT = st.components.v2.component(
    "shortcut",
    html=FRAME,
    css=drawing_script("shortcut/shortcut.css"),
    js=drawing_script("marks.js", *(f"shortcut/{name}.js" for name in SCRIPTS)),
)


@st.fragment
def addition_drawing(scene: Scene, notebook: Callable[..., None]) -> None:
    """The drawing of one picture in one network, on the block and the channel that the link names.

    Args:
        notebook: offers that `block` and that `channel` as a notebook, where there is an addition.
    """
    paths = {name: path for path, name, *_ in scene.blocks}
    asked = hear_link("block")
    opened = asked if asked in paths else block_name(scene.blocks[0][0])
    if asked and asked != opened:
        st.session_state["_shortcut_vain"] = asked, opened
        link("block", "")
        hear_link("block")
    _say_in_vain(scene, opened)
    at = _asked(scene)
    if at is None or block_name(at["block"]) != opened:  # a first visit, a link, or the browser's Back
        at = {"block": paths[opened], "have": False, "first": 0}
        _turn()
    channel = hear_link("channel")
    wanted = int(channel) if channel.isdigit() else None
    data: dict[str, Any] = {
        "key": scene.key, "blocks": scene.blocks, "photo": scene.photo, "side": scene.side, "scale": SCALE,
        "colours": rc.figures.palette(theme_name()) | {"below": SCALE[0]},
        "open": at["block"], "turn": st.session_state.get("_shortcut_turn", 0),
    }  # fmt: skip
    try:
        if at["have"]:
            data |= {"sweeps": answers_of(scene, at["block"])} | before_training(scene)
            data |= options_of(scene, at["block"]) or _next_maps(scene, at["block"])  # both would be too much at once
            data["value"] = value_of(scene, at["value"]) if at.get("value") else None
        else:
            data["block"] = maps_of(scene, at["block"], int(at.get("first", 0)), wanted)
            wanted = wanted if wanted in data["block"]["sent"] else data["block"]["liked"]
    except rc.ResNetCoreError as error:
        st.warning(str(error), icon=":material/error:")
    data["channel"] = -1 if wanted is None else wanted
    _SHORTCUT(data=data, key="shortcut", on_at_change=_take)
    if not scene.plain:
        notebook(block=at["block"], channel=max(0, data["channel"]))


def _say_in_vain(scene: Scene, opened: str) -> None:
    """Say which block a link asked for that is not there, as long as what is shown instead stays open."""
    asked, instead = st.session_state.get("_shortcut_vain", ("", ""))
    if instead != opened:
        st.session_state.pop("_shortcut_vain", None)
        return
    st.warning(
        f"The link asks for the block {verbatim(asked)}, which {scene.name} does not have. You see {opened}.",
        icon=":material/link_off:",
    )


def _asked(scene: Scene) -> dict[str, Any] | None:
    """What the browser asked for last, if it was of this picture and this network."""
    at = (st.session_state.get("shortcut") or {}).get("at")
    if not at or at["key"] != scene.key or at["block"] not in {path for path, *_ in scene.blocks}:
        return None
    return dict(at)


def _next_maps(scene: Scene, path: str) -> dict[str, Any]:
    """The maps of the block after this one, so that the next step asks nobody; of small pictures only."""
    paths = [one[0] for one in scene.blocks]
    following = paths[paths.index(path) + 1 :][:1]
    return {"block": maps_of(scene, following[0], 0, None)} if following and scene.side <= SMALL_SIDE else {}


def _take() -> None:
    """The visitor chose a block or a channel in the drawing, or the drawing lacks something."""
    at = st.session_state.shortcut["at"]
    link("block", block_name(at["block"]))
    if isinstance(at.get("channel"), int) and at["channel"] >= 0:
        link("channel", str(at["channel"]))


def _turn() -> None:
    st.session_state["_shortcut_turn"] = st.session_state.get("_shortcut_turn", 0) + 1
