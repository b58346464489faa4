"""Drawing one run of the Race page, and turning its controls into a request."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._shared import theme_name

if TYPE_CHECKING:
    from resnet_core.lab.runs import RunRequest, RunSnapshot

DEPTHS = (8, 14, 20, 32, 44, 56, 110)  # 6n + 2
QUIET = {"displayModeBar": False}


def start_request(depth: int, rate: float, batch: int, seed: int, third: bool) -> RunRequest:
    """The race that the controls describe; at their defaults it is the recipe `race` itself."""
    from resnet_core.lab.recipes import RACE
    from resnet_core.lab.runs import RunRequest

    config = RACE.override(lr=rate, batch_size=batch, seed=int(seed))
    if depth != 56:
        config = config.override(overrides=(("depths", ((depth - 2) // 6,) * 3),))
    return RunRequest(config=config, arms=("plain", "residual", "residual_b") if third else ("plain", "residual"))


def detached_request() -> RunRequest:
    """Whole shortcuts (option B, so that parameters agree) against detached ones, by the recipe of the Race page."""
    from resnet_core.lab.recipes import RACE
    from resnet_core.lab.runs import RunRequest

    return RunRequest(config=RACE, arms=("residual_b", "detached"))


def show_run(run: RunSnapshot, guess: str | None) -> None:
    """State, sentence and curves of a run."""
    from resnet_core.lab.curves import describe_race, epoch_curves, step_curves

    _state(run)
    if not run.metrics:
        return
    steps, epochs, theme = step_curves(run.metrics), epoch_curves(run.metrics), theme_name()
    st.markdown(f"##### {describe_race(run.metrics)}")
    if run.ended and guess:
        st.caption(f"You guessed: {guess}.")
    loss, error = st.columns((3, 2), gap="large")
    with loss:
        st.markdown("**Training loss**")
        figure = rc.figures.race_loss_figure(steps, run.total_steps, theme)
        st.plotly_chart(figure, theme=None, key="race_loss", config=QUIET, alt=describe_race(run.metrics))
    with error:
        st.markdown("**Wrong answers**: filled marks in training, hollow marks on unseen pictures")
        if epochs.empty:
            st.caption("The first point appears after the first pass over the data.")
        else:
            figure = rc.figures.race_error_figure(epochs, run.total_steps, theme)
            st.plotly_chart(figure, theme=None, key="race_error", config=QUIET, alt="Errors by epoch")
    _gradients(run, theme)
    with st.expander("The numbers", icon=":material/table:"):
        st.dataframe(steps, hide_index=True, alt="Loss and error of each step")
        st.dataframe(epochs, hide_index=True, alt="Errors of each epoch")


def _state(run: RunSnapshot) -> None:
    if run.state == "waiting":
        st.info(f"Place {run.place} in the queue. It starts by itself.", icon=":material/hourglass_top:")
    elif run.ended:
        words = f"{run.state.capitalize()} after {run.step} of {run.total_steps} steps and {run.elapsed_s:.0f} s."
        st.caption(f"{words} {run.message}".strip())
    else:
        left = f", about {run.remaining_s:.0f} s to go" if run.remaining_s is not None else ""
        watched = f" · {run.visitors} watching" if run.visitors > 1 else ""
        share = run.step / run.total_steps if run.total_steps else 0.0
        st.progress(min(share, 1.0), f"Step {run.step} of {run.total_steps or '…'}{left}{watched}")


def _gradients(run: RunSnapshot, theme: str) -> None:
    from resnet_core.lab.curves import gradient_norms

    norms = {arm: gradient_norms(run.metrics, arm) for arm in run.request.arms}
    norms = {arm: table for arm, table in norms.items() if not table.empty}
    if not norms:
        return
    lowest = min(float(table.min().min()) for table in norms.values())
    highest = max(float(table.max().max()) for table in norms.values())
    st.markdown("**Gradient in each block**, from the input (top) to the output, over time")
    for column, (arm, table) in zip(st.columns(len(norms), gap="large"), norms.items(), strict=True):
        with column:
            st.caption(arm)
            figure = rc.figures.gradient_figure(table, lowest, highest, theme)
            st.plotly_chart(figure, theme=None, key=f"gradient_{arm}", config=QUIET, alt=f"Gradient norms, {arm}")
