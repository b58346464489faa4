"""The replay: recorded runs, revealed epoch by epoch in the browser. The epoch stands in the link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._layout import literal, percent
from resnet_core.data.component import component
from resnet_core.figures.theme import THEMES
from resnet_core.figures.training.replay import run_colours

if TYPE_CHECKING:
    from resnet_core.lab.runs.recorded import RecordedRun

HEADINGS = ("network", "training error", "test error", "training loss")

_REPLAY = st.components.v2.component("replay", **component("replay", "app")._asdict())


def replay(runs: Sequence[RecordedRun], paper: Mapping[str, float], theme: str) -> None:
    """Draw the runs with a slider over their epochs. It moves in the browser; the server learns where it rests."""
    last = max(len(run.epochs) for run in runs)
    longest = next(run for run in runs if len(run.epochs) == last)
    wide, narrow = (rc.figures.replay_drawing(runs, paper, theme, width) for width in (820, 358))
    data = {
        "wide": wide, "narrow": narrow, "last": last, "epoch": _asked_epoch(last), "headings": HEADINGS,
        "rows": [_row(run, colour) for run, colour in zip(runs, run_colours(runs, THEMES[theme]), strict=True)],
        "rates": [_rate(epoch.learning_rate) for epoch in longest.epochs], "muted": THEMES[theme].muted,
    }  # fmt: skip
    _REPLAY(data=data, key="replay", on_epoch_change=_remember)


def _row(run: RecordedRun, colour: str) -> dict[str, Any]:
    return {
        "name": run.title, "colour": colour,
        "cells": [
            [percent(epoch.train_error) for epoch in run.epochs],
            [percent(epoch.validation_error) for epoch in run.epochs],
            [f"{epoch.train_loss:.3f}" for epoch in run.epochs],
        ],
    }  # fmt: skip


def _rate(rate: float) -> str:
    return f"{rate:.2g}" if rate >= 1e-4 else "below 0.0001"


def _asked_epoch(last: int) -> int:
    """The epoch of the link, or the last one; a link that asks for another is told so."""
    asked = st.query_params.get("epoch", "")
    if not asked:
        return last
    if asked in map(str, range(1, last + 1)):
        return int(asked)
    st.warning(
        f"The link asks for epoch {literal(repr(asked))}; there are {last}. You see the last.",
        icon=":material/link_off:",
    )
    return last


def _remember() -> None:
    st.query_params["epoch"] = str(st.session_state.replay["epoch"])
