"""The race that visitors start: settings, a guess, and its curves while it runs."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import Any

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, how, literal, prose
from pages._links import link, linked
from pages._server import job_manager
from pages.frame.as_notebook import offer_notebook
from pages.lesson.asked import of_a_race
from pages.lesson.check import check_yourself
from pages.lesson.glossary import say
from pages.training.history import finished
from pages.training.running import running_now
from pages.training.runs import run_bar, show_run, show_who_runs
from pages.training.start import settings
from pages.training.visitor import keep_visitor, run_in_view, visitor
from resnet_core.lab.runs.limits import server_limits

ANSWER = (
    "Networks with the same layers, the same first weights and the same batches. Some of them add each block's input "
    "to its result. They train on this machine, now, in front of you."
)


def show_live() -> None:
    """What is set or runs, then the races of others and those that ended."""
    me, jobs = visitor(), job_manager()
    run_id = run_in_view(jobs)
    try:
        run = jobs.snapshot(run_id, me) if run_id else None
        gone = "The race in this link is not kept any more. Start a new one."
    except rc.DataError as error:
        run, gone = None, str(error)
    if run is None:  # the curves are the answer, and take its place
        with st.container(width=PROSE_WIDTH):
            say(ANSWER, "answer")
    request = settings(jobs, run, me)

    @st.fragment(run_every=1.0 if run and not run.ended else None)
    def watch() -> None:
        """Draw the run as it is now; once it has ended, the page stops asking."""
        if linked("run") != run_id:  # put away
            st.rerun()
        now = jobs.snapshot(run_id, me)
        if now:
            run_bar(jobs, now, me)
            show_run(now, guessing=True)
            show_who_runs(jobs, now)
        if now and run and now.ended and not run.ended:
            st.rerun()

    if run:
        watch()
    elif run_id:
        st.info(literal(gone), icon=":material/history:")
        if st.button("Put this link away", icon=":material/close:"):
            link("run", "")
            st.rerun()
    else:
        with st.container(width=PROSE_WIDTH, border=True):
            st.markdown(
                "Make a guess, then start the race. The curves appear here, and the link shows them to everyone."
            )

    prose("race_try")
    running_now(jobs, run_id)
    finished(jobs)
    if run and run.ended:
        check_yourself("Race", partial(of_a_race, run))
    limits = server_limits()
    how(
        "race_how", rc.race, absent_s=f"{limits.absent_s:g}", kept_minutes=f"{limits.paused_s / 60:g}",
        resting=limits.resting - 1,
    )  # fmt: skip
    if request:
        offer_notebook("race", changes=_changes(request.config), arms=request.arms)
    keep_visitor()


def _changes(config: rc.TrainConfig) -> dict[str, Any]:
    """The fields in which a recipe differs from the page's own."""
    from resnet_core.lab.recipe.recipes import RACE

    usual = asdict(RACE)
    return {name: value for name, value in asdict(config).items() if value != usual[name]}
