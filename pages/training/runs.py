"""Drawing one run: how far it is, what its curves say, and the curves."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages._caches import race_view
from pages._layout import theme_name, unbroken
from pages.training.visitor import recognised

if TYPE_CHECKING:
    from resnet_core.lab.runs.jobs import JobManager
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

QUIET = {"displayModeBar": False}
STEP_S = 1.0  # what a step of the deepest race may take


def detached_request() -> RunRequest:
    """Whole shortcuts (option B, so that parameters agree) against detached ones, by the recipe of the Race page."""
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.runs.records import RunRequest

    return RunRequest(config=RACE, arms=("residual_b", "detached"))


def run_bar(jobs: JobManager, run: RunSnapshot, visitor: str) -> None:
    """What races here; pause, step and stop for who started it; the link under which everyone can watch."""
    from resnet_core.lab.runs.records import request_words

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{request_words(run.request)}**", width="content")
        if run.mine and not run.ended:
            _buttons(jobs, run, visitor)
        with st.popover("Share", icon=":material/share:"):
            st.markdown("Everyone with this link watches this race. Only who started it can pause and stop it.")
            st.code(f"{st.context.url or '/race'}?run={run.id}", language=None, wrap_lines=True)
    with st.container():  # always there: what follows keeps its place when a reloaded page has been recognised
        if not run.mine and not run.ended and recognised():
            st.caption("Someone else started this race. You watch it; they pause and stop it.")


def _buttons(jobs: JobManager, run: RunSnapshot, visitor: str) -> None:
    going = {"args": (run.id, visitor)}
    if run.held:
        st.button(
            "Go on", icon=":material/play_arrow:", key="resume", type="primary", on_click=jobs.resume, **going
        )  # fmt: skip
    else:
        begun = run.state == "running"
        st.button("Pause", icon=":material/pause:", key="pause", disabled=not begun, on_click=jobs.pause, **going)
    st.button(
        "Step", icon=":material/skip_next:", key="step", disabled=run.state != "paused", on_click=jobs.take_step,
        help="While paused: one step of every network.", **going,
    )  # fmt: skip
    stopping = run.state == "stopping"
    st.button(
        "Stop", icon=":material/stop:", key="stop", disabled=stopping, on_click=_stop, args=(jobs, run.id, visitor)
    )  # fmt: skip


def _stop(jobs: JobManager, run_id: str, visitor: str) -> None:
    """Stop a race, and wait for the end of the step that it is in, so that the page shows it stopped at once."""
    now = jobs.stop(run_id, visitor)
    waited_until = time.monotonic() + STEP_S
    while now and now.state == "stopping" and time.monotonic() < waited_until:
        time.sleep(0.05)
        now = jobs.snapshot(run_id, visitor)


def show_run(run: RunSnapshot, guess: str | None) -> None:
    """State, sentence and curves of a run."""
    _state(run)
    if not run.metrics:
        return
    moving = run.state in ("running", "stopping") and not run.held
    view = race_view(run.id, "now" if moving else f"{run.state} {run.step}", theme_name(), run)
    st.markdown(f"##### {unbroken(view.sentence)}")
    if run.ended and guess:
        st.caption(f"You guessed: {guess}.")
    loss, error = st.columns(2, gap="large")
    with loss:
        st.markdown("**Training loss**")
        if view.loss:
            st.plotly_chart(view.loss, theme=None, key="race_loss", config=QUIET, alt=view.sentence)
    with error:
        st.markdown("**Wrong answers**: filled in training, hollow on unseen pictures")
        if view.error:
            st.plotly_chart(view.error, theme=None, key="race_error", config=QUIET, alt="Errors by epoch")
        else:
            st.caption("The first point appears after the first pass over the data.")
    if view.gradients:
        _gradients(view.gradients)
    numbers = st.expander("The numbers", icon=":material/table:", key="numbers", on_change="rerun")
    if numbers.open:
        numbers.dataframe(view.steps, hide_index=True, alt="Loss and error of each step")
        numbers.dataframe(view.epochs, hide_index=True, alt="Errors of each epoch")


def _state(run: RunSnapshot) -> None:
    if run.state == "waiting":
        wait = f" It begins in about {run.wait_s:.0f} s." if run.wait_s else " It begins by itself."
        st.info(f"Place {run.place} in the queue.{wait}", icon=":material/hourglass_top:")
    if run.ended:
        words = f"{run.state.capitalize()} after {run.step} of {run.total_steps} steps and {run.elapsed_s:.0f} s."
        why = "" if run.message == "Stopped." else run.message  # that word stands there
        st.caption(f"{words} {why}".strip())
    elif run.total_steps:
        watched = f" · {run.visitors} watching" if run.visitors > 1 else ""
        st.progress(min(run.step / run.total_steps, 1.0), f"Step {run.step} of {run.total_steps}{_left(run)}{watched}")
    elif run.state != "waiting":
        st.progress(0.0, "Loading the pictures and building the networks")


def _left(run: RunSnapshot) -> str:
    if run.held:
        return ", paused"
    if run.state == "stopping":
        return ", stopping"
    if run.remaining_s is None:
        return ""
    minutes = f"{run.remaining_s / 60:.0f} minutes" if run.remaining_s > 120 else f"{run.remaining_s:.0f} s"
    return f", about {minutes} to go"


def _gradients(maps: dict[str, Any]) -> None:
    st.markdown("**Gradient in each block**, from the input (top) to the output, over time")
    for column, (name, figure) in zip(st.columns(len(maps), gap="large"), maps.items(), strict=True):
        with column:
            st.caption(name)
            st.plotly_chart(figure, theme=None, key=f"gradient_{name}", config=QUIET, alt=f"Gradient norms, {name}")
