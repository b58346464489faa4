"""Showing one run: how far it is, its curves, and what they say."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._caches import race_view
from pages._layout import theme_name, unbroken
from pages._links import link
from pages.training.guess import show_guess
from pages.training.share import share
from pages.training.visitor import recognised
from pages.training.words import against, duration
from resnet_core.data.component import component

if TYPE_CHECKING:
    from resnet_core.figures.training.race_view import RaceView
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

QUIET = {"displayModeBar": False}
STEP_S = 1.0  # what a step of the deepest race may take

_RACE = st.components.v2.component("race", **component("race", "app")._asdict())


def detached_request() -> RunRequest:
    """Whole shortcuts (option B, so that parameters agree) against detached ones, by the recipe of the Race page."""
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.records import RunRequest

    return RunRequest(config=RACE, arms=("residual_b", "detached"))


def run_bar(jobs: JobManager, run: RunSnapshot, visitor: str) -> None:
    """Pause, step and stop for who started it; the link under which everyone can watch; and away with it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if run.mine and not run.ended:
            _buttons(jobs, run, visitor)
        elif run.absent:
            _go_on(jobs, run, visitor)
        share(run.id)
        st.button(
            "Reset", icon=":material/restart_alt:", key="reset", on_click=_put_away, args=(jobs, run.id, visitor),
            help="Put this race away, and stop it if you started it. What you set stays.",
        )  # fmt: skip
    with st.container():  # always there: what follows keeps its place when a reloaded page has been recognised
        if not run.mine and not run.ended and not run.absent and recognised():
            st.caption("Someone else started this race. You watch it; they pause and stop it.")


def _buttons(jobs: JobManager, run: RunSnapshot, visitor: str) -> None:
    if run.held:
        _go_on(jobs, run, visitor)
    else:
        st.button(
            "Pause", icon=":material/pause:", key="pause", disabled=run.state != "running", on_click=_press,
            args=(jobs.pause, run.id, visitor),
        )  # fmt: skip
    st.button(
        "Step", icon=":material/skip_next:", key="step", disabled=run.state != "paused", on_click=_press,
        help="While paused: one step of every network.", args=(jobs.take_step, run.id, visitor),
    )  # fmt: skip
    stopping = run.state == "stopping"
    st.button(
        "Stop", icon=":material/stop:", key="stop", disabled=stopping, on_click=stop_race, args=(jobs, run.id, visitor)
    )  # fmt: skip


def _go_on(jobs: JobManager, run: RunSnapshot, visitor: str) -> None:
    st.button(
        "Go on", icon=":material/play_arrow:", key="resume", type="primary", on_click=_press,
        args=(jobs.resume, run.id, visitor),
        help="It takes its old place in the queue: before all that were asked for later.",
    )  # fmt: skip


def _press(change: Callable[[str, str], object], run_id: str, visitor: str) -> None:
    change(run_id, visitor)


def _put_away(jobs: JobManager, run_id: str, visitor: str) -> None:
    jobs.stop(run_id, visitor)
    jobs.put_away(visitor)
    link("run", "")


def stop_race(jobs: JobManager, run_id: str, visitor: str) -> None:
    """Stop a race, and wait for the end of the step that it is in, so that the page shows it stopped at once."""
    now = jobs.stop(run_id, visitor)
    waited_until = time.monotonic() + STEP_S
    while now and now.state == "stopping" and time.monotonic() < waited_until:
        time.sleep(0.05)
        now = jobs.snapshot(run_id, visitor)


def show_run(run: RunSnapshot, *, guessing: bool = False) -> None:
    """State, curves and sentences of a run, and the visitor's guess about it where the page asks for one."""
    if run.state == "waiting":
        wait = " It begins by itself." if run.wait_s is None else f" It begins in about {duration(run.wait_s)}."
        st.info(f"Place {run.place} in the queue.{wait}", icon=":material/hourglass_top:")
    if run.absent:
        st.info(f"{run.message} What it has learned is kept: go on.", icon=":material/pause_circle:")
    view = _view(run)
    _draw(run, view, "race")
    if guessing:
        show_guess(run)
    if run.metrics:
        if view.gradients:
            _gradients(view)
        numbers = st.expander("The numbers", icon=":material/table:", key="numbers", on_change="rerun")
        if numbers.open:
            from resnet_core.lab.runs.curves import epoch_curves, step_curves

            numbers.dataframe(step_curves(run.metrics), hide_index=True, alt="Loss and error of each step")
            numbers.dataframe(epoch_curves(run.metrics), hide_index=True, alt="Errors of each epoch")


def show_who_runs(jobs: JobManager, run: RunSnapshot) -> None:
    """For who waits: the race that has the place now."""
    if run.state != "waiting":
        return
    from resnet_core.lab.runs.records import request_title

    for other in [other for other in jobs.active() if other.state == "running"][:1]:
        st.markdown(f"**Meanwhile, another visitor's race:** {request_title(other.request)}, {against(other)}")
        _draw(other, _view(other), "other_race")


def _view(run: RunSnapshot) -> RaceView:
    moving = run.state in ("running", "stopping") and not run.held
    return race_view(run.id, "now" if moving else f"{run.state} {run.step}", theme_name(), run)


def _draw(run: RunSnapshot, view: RaceView, key: str) -> None:
    """Draw a race; before its turn, and after an end without a step, there is nothing to draw."""
    how = _how(run)
    if run.metrics or run.state == "running":
        _RACE(
            data={
                "lines": view.lines, "step": run.step, "total": run.total_steps, "state": run.state, "how": how,
                "said": unbroken(view.sentence), "colours": rc.figures.palette(theme_name()),
            }, key=key,
        )  # fmt: skip
    elif how:
        st.caption(how)


def _how(run: RunSnapshot) -> str:
    if run.ended:
        why = "" if run.message == "Stopped." else run.message  # that word stands there
        words = f"{run.state.capitalize()} after {run.step} of {run.total_steps} steps and {run.elapsed_s:.0f} s."
        return f"{words} {why}".strip()
    if not run.total_steps:
        return "Loading the pictures and building the networks" if run.state == "running" else ""
    watched = f" · {run.visitors} watching" if run.visitors > 1 else ""
    return f"Step {run.step} of {run.total_steps}{_left(run)}{watched}"


def _left(run: RunSnapshot) -> str:
    if run.held:
        return ", paused"
    if run.state == "stopping":
        return ", stopping"
    return "" if run.remaining_s is None else f", about {duration(run.remaining_s)} to go"


def _gradients(view: RaceView) -> None:
    st.markdown("**Gradient in each block**, from the input (top) to the output, over time")
    if view.start:
        st.markdown(view.start)
    for column, (name, figure) in zip(
        st.columns(len(view.gradients), gap="large"), view.gradients.items(), strict=True
    ):
        with column:
            st.caption(name)
            st.plotly_chart(figure, theme=None, key=f"gradient_{name}", config=QUIET, alt=f"Gradient norms, {name}")
