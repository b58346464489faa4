"""Drawing one run: how far it is, what its curves say, and the curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._shared import theme_name

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.lab.jobs import JobManager
    from resnet_core.lab.runs import RunRequest, RunSnapshot

QUIET = {"displayModeBar": False}


def detached_request() -> RunRequest:
    """Whole shortcuts (option B, so that parameters agree) against detached ones, by the recipe of the Race page."""
    from resnet_core.lab.recipes import RACE
    from resnet_core.lab.runs import RunRequest

    return RunRequest(config=RACE, arms=("residual_b", "detached"))


def run_title(run: RunSnapshot) -> None:
    """What races here, and the link under which everyone can watch it."""
    from resnet_core.lab.runs import request_words

    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        st.markdown(f"**{request_words(run.request)}**", width="content")
        with st.popover("Share", icon=":material/share:"):
            st.markdown("Everyone with this link watches this race. Only who started it can pause and stop it.")
            st.code(f"{st.context.url or '/race'}?run={run.id}", language=None, wrap_lines=True)


def run_buttons(jobs: JobManager, run: RunSnapshot, visitor: str) -> None:
    """Pause, step, stop: for who started the run, while it has not ended."""
    if run.ended:
        return
    if not run.mine:
        st.caption("Someone else started this race. You watch it; they pause and stop it.")
        return
    waits = run.state in ("waiting", "stopping")
    with st.container(horizontal=True, gap="small"):
        if run.held:
            st.button(
                "Go on", icon=":material/play_arrow:", key="resume", type="primary", on_click=jobs.resume,
                args=(run.id, visitor),
            )  # fmt: skip
        else:
            st.button(
                "Pause", icon=":material/pause:", key="pause", disabled=waits, on_click=jobs.pause,
                args=(run.id, visitor),
            )  # fmt: skip
        st.button(
            "Step", icon=":material/skip_next:", key="step", disabled=run.state != "paused", on_click=jobs.take_step,
            args=(run.id, visitor), help="While paused: one step of every network.",
        )  # fmt: skip
        st.button(
            "Stop", icon=":material/stop:", key="stop", disabled=run.state == "stopping", on_click=jobs.stop,
            args=(run.id, visitor),
        )  # fmt: skip


def show_run(run: RunSnapshot, guess: str | None) -> None:
    """State, sentence and curves of a run."""
    from resnet_core.lab.curves import describe_race, epoch_curves, step_curves

    _state(run)
    if not run.metrics:
        return
    steps, epochs = step_curves(run.metrics), epoch_curves(run.metrics)
    st.markdown(f"##### {describe_race(run.metrics)}")
    if run.ended and guess:
        st.caption(f"You guessed: {guess}.")
    loss, error = st.columns(2, gap="large")
    with loss:
        st.markdown("**Training loss**")
        if not steps.empty:
            figure = rc.figures.race_loss_figure(steps, run.total_steps, theme_name())
            st.plotly_chart(figure, theme=None, key="race_loss", config=QUIET, alt=describe_race(run.metrics))
    with error:
        st.markdown("**Wrong answers**: filled marks in training, hollow marks on unseen pictures")
        if epochs.empty:
            st.caption("The first point appears after the first pass over the data.")
        else:
            figure = rc.figures.race_error_figure(epochs, run.total_steps, theme_name())
            st.plotly_chart(figure, theme=None, key="race_error", config=QUIET, alt="Errors by epoch")
    _gradients(run)
    _numbers(steps, epochs)


def _state(run: RunSnapshot) -> None:
    if run.state == "waiting":
        wait = f" It begins in about {run.wait_s:.0f} s." if run.wait_s else " It begins by itself."
        st.info(f"Place {run.place} in the queue.{wait}", icon=":material/hourglass_top:")
    if run.ended:
        words = f"{run.state.capitalize()} after {run.step} of {run.total_steps} steps and {run.elapsed_s:.0f} s."
        st.caption(f"{words} {run.message}".strip())
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


def _gradients(run: RunSnapshot) -> None:
    from resnet_core.lab.curves import gradient_norms, spoken

    norms = {arm: gradient_norms(run.metrics, arm) for arm in run.request.arms}
    norms = {arm: table for arm, table in norms.items() if not table.empty}
    if not norms:
        return
    lowest, highest = rc.figures.block_scale(norms.values())
    st.markdown("**Gradient in each block**, from the input (top) to the output, over time")
    for column, (arm, table) in zip(st.columns(len(norms), gap="large"), norms.items(), strict=True):
        with column:
            st.caption(spoken(arm))
            figure = rc.figures.gradient_figure(table, lowest, highest, theme_name())
            st.plotly_chart(figure, theme=None, key=f"gradient_{arm}", config=QUIET, alt=f"Gradient norms, {arm}")


def _numbers(steps: pd.DataFrame, epochs: pd.DataFrame) -> None:
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(steps, hide_index=True, alt="Loss and error of each step")
        st.dataframe(epochs, hide_index=True, alt="Errors of each epoch")
