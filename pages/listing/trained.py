"""What a detached shortcut does to learning: two networks, trained on request and watched."""

from __future__ import annotations

import streamlit as st

import resnet_core as rc
from pages._layout import literal
from pages._server import job_manager
from pages.training.runs import detached_request, show_run
from pages.training.visitor import visitor


def offer_training() -> None:
    """A button that trains both, and their curves as they come."""
    st.subheader("What it does to learning", anchor=False)
    jobs, owner = job_manager(), visitor()
    if st.button("Train both for some seconds", icon=":material/play_arrow:", type="primary"):
        try:
            st.session_state.detached_run = jobs.submit(detached_request(), owner).id
        except rc.ResNetCoreError as error:
            st.warning(literal(error), icon=":material/hourglass_top:")
    run_id = st.session_state.get("detached_run", "")
    run = jobs.snapshot(run_id, owner) if run_id else None
    if run and run.absent:
        jobs.resume(run_id, owner)  # who comes back wants to see it go on

    @st.fragment(run_every=1.0 if run and not run.ended else None)
    def watch() -> None:
        """Draw the run as it is now; once it has ended, the page stops asking."""
        now = jobs.snapshot(run_id, owner)
        if now:
            show_run(now)
        if now and now.ended and run and not run.ended:
            st.rerun()

    if run:
        watch()
    else:
        st.caption("Two networks on scikit-learn's digits: one with whole shortcuts, one with detached ones.")
