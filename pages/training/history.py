"""Finished races of this server: a list, and up to three of them on one scale."""

from __future__ import annotations

from collections.abc import Sequence
from string import ascii_uppercase
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import finished_races
from pages._layout import PROSE_WIDTH, literal, theme_name, unbroken

if TYPE_CHECKING:
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.lab.runs.records import RunSnapshot

TOGETHER = 3
QUIET = {"displayModeBar": False}


def finished(jobs: JobManager) -> None:
    """List what has ended, and compare what the visitor picks. The picked runs stand in the link."""
    st.subheader("Finished races", anchor=False)
    try:
        runs = finished_races(jobs.history.newest())
    except rc.DataError as error:
        st.warning(f"{literal(error)} Races still run; they are not kept.", icon=":material/database_off:")
        _read_link({})
        return
    if not runs:
        _read_link({})
        st.caption("None yet. A race that has ended, or that you stop, is kept here, also when the server restarts.")
        return
    from resnet_core.lab.runs.table import run_table

    table = run_table(runs)
    names = {str(row.run): f"{row.race}, {row.steps} steps" for row in table.itertuples()}
    _read_link(names)
    picked = st.multiselect(
        "Compare up to three", list(names), format_func=names.__getitem__, max_selections=TOGETHER, key="compare_races",
        on_change=_write_link, placeholder="Choose races",
    )  # fmt: skip
    chosen = [next(run for run in runs if run.id == run_id) for run_id in picked]
    if chosen:
        _compare(chosen)
    with st.expander(f"Kept here: {len(runs)}", icon=":material/history:"):
        shown = table.assign(run=[f"./race?run={run_id}" for run_id in table["run"]])
        st.dataframe(
            shown, hide_index=True, alt="Finished races",
            column_config={
                "run": st.column_config.LinkColumn("open", display_text="open", width="small"),
                "ended": st.column_config.DatetimeColumn("ended (UTC)", format="D MMM, HH:mm"),
                "race": st.column_config.TextColumn(width=260),
                "networks": st.column_config.TextColumn(width=130),
                "last": st.column_config.TextColumn("last training loss", width=190),
            },
        )  # fmt: skip


def _compare(runs: Sequence[RunSnapshot]) -> None:
    from resnet_core.lab.runs.curves import describe_race, step_curves
    from resnet_core.lab.runs.records import request_words

    letters = dict(zip(ascii_uppercase, runs, strict=False))
    curves = {letter: step_curves(run.metrics) for letter, run in letters.items()}
    with st.container(width=PROSE_WIDTH):
        for letter, run in letters.items():
            st.markdown(f"**{letter}** {request_words(run.request)}. {unbroken(describe_race(run.metrics))}")
    if any(not table.empty for table in curves.values()):
        figure = rc.figures.race_comparison_figure(curves, theme_name())
        st.plotly_chart(
            figure, theme=None, key="race_comparison", config=QUIET, alt="Training loss of the races that are compared"
        )


def _read_link(names: dict[str, str]) -> None:
    """Take the picked races from the link at the first sight of it; say which are not there, until one picks anew."""
    if "_compare_asked" not in st.session_state:
        asked = [run_id for run_id in st.query_params.get("compare", "").split(",") if run_id]
        st.session_state["_compare_asked"] = asked
        st.session_state.compare_races = [run_id for run_id in asked if run_id in names][:TOGETHER]
    if gone := [run_id for run_id in st.session_state["_compare_asked"] if run_id not in names]:
        st.warning(
            f"The link compares races that are not kept here: {literal(', '.join(gone))}.", icon=":material/link_off:"
        )


def _write_link() -> None:
    st.session_state["_compare_asked"] = []
    if st.session_state.compare_races:
        st.query_params["compare"] = ",".join(st.session_state.compare_races)
    else:
        st.query_params.pop("compare", None)
