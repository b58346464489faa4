"""The race within the lesson: one press starts it, and its wrong answers are drawn in place as they are counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import drawing, literal, theme_name
from pages._server import job_manager
from pages.lesson.pictures import race_picture
from pages.training.visitor import browser, visitor

if TYPE_CHECKING:
    from resnet_core.lab.runs.records import RunRequest, RunSnapshot

DEPTHS = {"race": 56, "shallow": 20}  # steps that have a race -> layers


def run_of(step: str) -> RunSnapshot | None:
    """The race that this visitor has started in a step."""
    run_id = st.session_state.get(f"_lesson_race_{step}", "")
    run = job_manager().snapshot(run_id, visitor()) if run_id else None
    if run and run.absent:
        job_manager().resume(run_id, visitor())  # who comes back wants to see it go on
    return run


def measured_in(run: RunSnapshot | None) -> float | None:
    """Of 100 new digits those that the plain network got wrong, once the race has ended."""
    if run is None or not run.ended:
        return None
    from resnet_core.lab.runs.curves import final_errors

    error = final_errors(run.metrics).get("plain")
    return None if error is None else round(error * 100, 1)


def start_race(step: str) -> None:
    """Start the race of a step; one that can't start says why."""
    try:
        started = job_manager().submit(_request(DEPTHS[step]), visitor(), browser())
    except rc.ResNetCoreError as error:
        st.session_state["_lesson_refused"] = str(error)
    else:
        st.session_state[f"_lesson_race_{step}"] = started.id


def say_refused() -> None:
    """Why the last race could not start, once."""
    if refused := st.session_state.pop("_lesson_refused", ""):
        st.warning(f"{literal(refused)} The answer shows a recorded race.", icon=":material/hourglass_top:")


def watch_race(look: Callable[[], RunSnapshot | None]) -> None:
    """Draw a race as it is now, each second; once it has ended the page is drawn again."""
    run = look()

    @st.fragment(run_every=1.0 if run and not run.ended else None)
    def watch() -> None:
        now = look()
        if now is None:
            return
        drawing(race_picture(_wrong(now), now.total_steps or 1, theme_name()), f"race_{now.id}")
        st.caption(_how_far(now))
        if now.ended and run and not run.ended:
            st.rerun()

    watch()


def _wrong(run: RunSnapshot) -> dict[str, list[list[float]]]:
    """Each arm: [step, wrong answers in percent] at the end of each pass."""
    from resnet_core.lab.training.metrics import EpochMetrics

    found: dict[str, list[list[float]]] = {arm: [] for arm in run.request.arms}
    for metrics in run.metrics:
        if isinstance(metrics, EpochMetrics):
            found[metrics.arm].append([metrics.step, 100 * metrics.validation_error])
    return found


def _how_far(run: RunSnapshot) -> str:
    if run.place:
        return f"Place {run.place} in the queue."
    if run.ended:
        return f"{run.state.capitalize()} after {run.step} steps and {run.elapsed_s:.0f} s."
    return f"Step {run.step} of {run.total_steps}" if run.total_steps else "Loading the digits, building the networks"


def _request(depth: int) -> RunRequest:
    from resnet_core.lab.recipe.recipes import RACE
    from resnet_core.lab.recipe.size import with_depth
    from resnet_core.lab.runs.records import RunRequest

    return RunRequest(config=RACE if depth == 56 else with_depth(RACE, depth), arms=("plain", "residual"))
