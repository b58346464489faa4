"""The races that run, wait or rest on this server, for everyone who comes: one press and one watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages._links import link, linked
from pages.training.words import against, how_far

if TYPE_CHECKING:
    from resnet_core.lab.runs.jobs import JobManager

LOOK_AGAIN_S = 10.0


@st.fragment(run_every=LOOK_AGAIN_S)
def running_now(jobs: JobManager, in_view: str) -> None:
    """A line for each race that is not in view."""
    from resnet_core.lab.runs.records import request_title

    if linked("run") != in_view:  # one of these has been chosen
        st.rerun()
    others = [run for run in jobs.active() if run.id != in_view]
    if others:
        st.subheader("Running now", anchor=False)
    for run in others:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            words = f"**{request_title(run.request)}**, {against(run)} · {how_far(run)}"
            st.markdown(words, width="content")
            st.button(
                "Watch", icon=":material/visibility:", key=f"watch_{run.id}", on_click=link, args=("run", run.id)
            )  # fmt: skip
