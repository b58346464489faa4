"""The addition, seen: a component that draws resnet_core.figures.shortcut in the browser.

The browser holds the blocks that it has seen, and moves alpha without asking. What it does not have it asks for: the
maps of a block first, the answers for all alphas and the untrained network once the maps have been painted.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

import resnet_core as rc
from pages._layout import theme_name, verbatim
from pages._links import hear_link, link, linked
from pages.addition.computed import Scene, answers_of, before_training, maps_of
from resnet_core.data import drawing_script
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.figures.shortcut.payload import SCALE

FRAME = """
<section class='shortcut' aria-label='The addition of one block'>
  <div class='steps'>
    <button type='button' aria-label='The block before'>‹</button><h3 class='title'></h3>
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
  <div class='formula part'><h4>The formula, step by step</h4><div class='parts'>
    <div><p class='says'>H(x)</p><div class='images'><canvas data-map='sum'></canvas></div>
      <p class='read'></p><p class='muted'>What the block is to give out, before the ReLU.</p></div>
    <div><p class='says'>F(x) = H(x) − x</p><div class='images'><canvas data-map='sum'></canvas>−<canvas
      data-map='x'></canvas>=<canvas data-map='f'></canvas></div>
      <p class='read'></p><p class='muted'>What is left to learn, once x is there anyway.</p></div>
    <div><p class='says'>y = F(x) + x</p><div class='images'><canvas data-map='f'></canvas>+<canvas
      data-map='x'></canvas>=<canvas data-map='sum'></canvas></div>
      <p class='read'></p><p class='muted'>The addition puts x back.</p></div>
  </div></div>
  <div class='back part'><h4>Backwards: ∂L/∂x = ∂L/∂y · (1 + ∂F/∂x)</h4><div class='axis'></div><p class='words muted'></p></div>
  <div class='all part'><h4>All blocks beside each other</h4><div class='charts'></div>
    <p class='key'><span>bars: as trained</span><span><i class='fresh'></i>before training</span>
      <span class='lawkey'><i class='law'></i>lengths that add up at right angles: about 1/√k at the k-th addition</span></p></div>
</section>
"""
SCRIPTS = ("numbers", "marks", "blocks", "tiles", "alpha", "back", "main")

_SHORTCUT = st.components.v2.component(
    "shortcut",
    html=FRAME,
    css=drawing_script("shortcut/shortcut.css"),
    js="\n".join(drawing_script(f"shortcut/{name}.js") for name in SCRIPTS),
)


@st.fragment
def addition_drawing(scene: Scene) -> None:
    """The drawing of one picture in one network, on the block and the channel that the link names."""
    paths = {name: path for path, name, *_ in scene.blocks}
    asked = hear_link("block")
    opened = asked if asked in paths else block_name(scene.blocks[0][0])
    if asked and asked != opened:
        link("block", "")
        hear_link("block")
        st.warning(
            f"The link asks for the block {verbatim(asked)}, which {scene.name} does not have. You see {opened}.",
            icon=":material/link_off:",
        )
    at = _asked(scene)
    if at is None or block_name(at["block"]) != opened:  # a first visit, a link, or the browser's Back
        at = {"block": paths[opened], "have": False, "first": 0}
        _turn()
    channel = linked("channel") if at["have"] else hear_link("channel")
    wanted = int(channel) if channel.isdigit() else None
    data: dict[str, Any] = {
        "key": scene.key, "blocks": scene.blocks, "photo": scene.photo, "side": scene.side, "scale": SCALE,
        "colours": rc.figures.palette(theme_name()), "open": at["block"], "turn": st.session_state["_shortcut_turn"],
    }  # fmt: skip
    try:
        if at["have"]:
            data |= {"sweeps": answers_of(scene, at["block"]), **before_training(scene)}
        else:
            data["block"] = maps_of(scene, at["block"], int(at.get("first", 0)), wanted)
            wanted = wanted if wanted in data["block"]["sent"] else data["block"]["liked"]
    except rc.ResNetCoreError as error:
        st.warning(str(error), icon=":material/error:")
    data["channel"] = -1 if wanted is None else wanted
    _SHORTCUT(data=data, key="shortcut", on_at_change=_take)


def _asked(scene: Scene) -> dict[str, Any] | None:
    """What the browser asked for last, if it was of this picture and this network."""
    at = (st.session_state.get("shortcut") or {}).get("at")
    if not at or at["key"] != scene.key or at["block"] not in {path for path, *_ in scene.blocks}:
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
