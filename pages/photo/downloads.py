"""Weights that are not on this machine yet: fetched on request, watched and cancelled while you use the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal
from pages._server import downloads, may_download
from pages.training.visitor import visitor
from resnet_core.notation import megabytes

if TYPE_CHECKING:
    from resnet_core.weights.download_jobs import DownloadSnapshot
    from resnet_core.weights.record import Weights

POLL_S = 0.5


def offer_download(weights: Weights, fallback: str) -> None:
    """Offer to fetch weights, or show how far that is. Everybody who opens this page sees the same download."""
    if not may_download():
        st.info(
            f"{weights.name} is not on this server, and visitors can't have it fetched here. You see {fallback}.",
            icon=":material/cloud_off:",
        )
        return
    me = visitor()
    now = downloads().look(weights.name, me)
    if now and now.state == "running":
        _watch(weights, me, fallback)
    else:
        _offer(weights, me, fallback, now.message if now else "")


@st.fragment(run_every=POLL_S)
def _watch(weights: Weights, me: str, fallback: str) -> None:
    now = downloads().look(weights.name, me)
    if now is None or now.state != "running":
        st.rerun()
    with st.container(border=True):
        bar, button = st.columns((5, 1), vertical_alignment="center")
        bar.progress(*_progress(now, weights))
        cancelled = button.button("Cancel", key="cancel_download", icon=":material/close:")
        st.caption(f"Until {weights.name} is here, you see {fallback}. You may leave this page; the download goes on.")
        if cancelled:
            after = downloads().cancel(weights.name, me)
            if after is None or after.state != "running":
                st.rerun()
            st.caption("Someone else is waiting for this file too, so it goes on.")


def _progress(now: DownloadSnapshot, weights: Weights) -> tuple[float, str]:
    if not now.done_bytes:
        return 0.0, f"Looking for the server of {weights.name}"
    total = now.total_bytes or weights.size_bytes or now.done_bytes
    speed = f", {megabytes(now.bytes_per_s)}/s" if now.bytes_per_s > 0 else ""
    words = f"{weights.name}: {megabytes(now.done_bytes)} of {megabytes(total)}{speed}"
    return min(now.done_bytes / total, 1.0), words


def _offer(weights: Weights, me: str, fallback: str, trouble: str) -> None:
    from resnet_core.weights.download import kept_bytes

    kept = kept_bytes(weights.path)
    if trouble:
        st.warning(literal(trouble), icon=":material/cloud_off:")
    with st.container(border=True):
        st.markdown(f"**{weights.name} is not on this machine yet.** Until it is, you see {fallback}.")
        here = f", {megabytes(kept)} are here" if kept else ""
        label = f"{'Go on fetching' if kept else 'Fetch'} {megabytes(weights.size_bytes)} from pytorch.org{here}"
        if st.button(label, key="fetch", icon=":material/download:"):
            try:
                downloads().start(weights, me)
            except rc.ResNetCoreError as error:
                st.warning(literal(error), icon=":material/hourglass_top:")
                return
            st.rerun()
        if not trouble:  # a failed download's sentence names the command already
            st.caption("Or beforehand, for a classroom:")
            st.code(f"python -m resnet_core weights fetch {weights.name}", language=None, wrap_lines=True)
