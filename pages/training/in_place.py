"""A race that another page starts and watches in its own place."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import literal
from pages._server import job_manager
from pages.training.runs import show_run, stop_race
from pages.training.visitor import keep_visitor, visitor

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot


def race_in_place(
    slot: str,
    label: str,
    request: Callable[[], RunRequest],
    *,
    locked: str = "",
    note: str = "",
    judge: Callable[[RunSnapshot], None] | None = None,
) -> RunSnapshot | None:
    """A button that starts one certain race, and below it the race; gives it as it is, None before it.

    Args:
        slot: in the session, where its number is kept.
        label: of the button.
        request: what it starts.
        locked: why it can't be started yet.
        note: shown at the button otherwise.
        judge: called with the race once it has ended, before its curves.
    """
    jobs, owner = job_manager(), visitor()
    run_id = st.session_state.get(slot, "")
    run = jobs.snapshot(run_id, owner) if run_id else None
    if (run is None or run.ended) and st.button(
        label, type="primary", icon=":material/play_arrow:", disabled=bool(locked), help=locked or note or None,
        key=f"start{slot}",
    ):  # fmt: skip
        try:
            st.session_state[slot] = jobs.submit(request(), owner).id
            st.rerun()
        except rc.ResNetCoreError as error:
            st.warning(literal(error), icon=":material/hourglass_top:")
    if run and run.absent:
        jobs.resume(run_id, owner)  # who comes back wants to see it go on
    if run and run.ended and judge is not None:
        judge(run)

    @st.fragment(run_every=1.0 if run and not run.ended else None)
    def watch() -> None:
        """Draw the race as it is now; once it has ended, the page stops asking."""
        now = jobs.snapshot(run_id, owner)
        if now and now.mine and not now.ended:
            st.button(
                "Stop", icon=":material/stop:", key=f"stop{slot}", disabled=now.state == "stopping",
                on_click=stop_race, args=(jobs, run_id, owner),
            )  # fmt: skip
        if now:
            show_run(now)
        if now and now.ended and run and not run.ended:
            st.rerun()

    if run:
        watch()
    keep_visitor()
    return run
