"""Asked before told: how wrong are deeper networks on the photos they trained on? A handle is dragged and let go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from resnet_core.anatomy.papers.published import CIFAR_10_ERRORS
from resnet_core.data import drawing_script

if TYPE_CHECKING:
    from resnet_core.lab.runs.foretold import Foretold
    from resnet_core.lab.runs.recorded import RecordedRun

FRAME = """
<section class='foretold-asked' aria-label='What do more layers do?'>
  <div class='words'><div class='said' aria-live='polite'><p class='verdict'></p><p class='ask'></p></div>
    <button type='button'></button></div>
  <div class='wide'></div><div class='narrow'></div>
</section>
"""

_FORETELLING = st.components.v2.component(
    "foretelling",
    html=FRAME,
    css=drawing_script("foretold.css"),
    js=drawing_script("foretold.js"),
)


def foretelling(runs: Sequence[RecordedRun], theme: str) -> int:
    """Draw the questions; returns how many are answered. The guesses are remembered for the visit, and in no link.

    Raises:
        DataError: if the runs do not hold two depths of each kind.
    """
    asked = questions(runs)
    guesses = st.session_state.setdefault("_foretold", {})
    data = {
        "wide": rc.figures.foretold_drawing(asked, theme), "guesses": guesses,
        "narrow": rc.figures.foretold_drawing(asked, theme, narrow=True),
        "questions": [{"ask": one.ask, "told": one.told, "measured": one.training[1]} for one in asked],
    }  # fmt: skip
    _FORETELLING(data=data, key="foretelling", on_guesses_change=_hear)
    return len(guesses)


def questions(runs: Sequence[RecordedRun]) -> list[Foretold]:
    """What is asked of the recorded runs, with the paper's test errors beside them."""
    from resnet_core.lab.runs.foretold import foretold

    return foretold(runs, CIFAR_10_ERRORS)


def _hear() -> None:
    said = st.session_state.foretelling["guesses"] or {}
    st.session_state["_foretold"] = {kind: said[kind] for kind in ("plain", "residual") if kind in said}
