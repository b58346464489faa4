"""Race: a plain and a residual network in lockstep, live, shared by everyone who watches."""

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, header, how, literal, next_pages, prose
from pages._links import link, linked
from pages._server import job_manager
from pages.training.history import finished
from pages.training.running import running_now
from pages.training.runs import run_bar, show_run, show_who_runs
from pages.training.start import settings
from pages.training.visitor import keep_visitor, run_in_view, visitor
from resnet_core.lab.runs.limits import server_limits

me, jobs = visitor(), job_manager()
run_id = run_in_view(jobs)
try:
    run = jobs.snapshot(run_id, me) if run_id else None
    gone = "The race in this link is not kept any more. Start a new one."
except rc.DataError as error:
    run, gone = None, str(error)

header(
    "Which one learns: plain or residual?",
    "Networks with the same layers, the same first weights and the same batches. Some of them add each block's "
    "input to its result. They train on this machine, now, in front of you."
    if run is None
    else "",  # the curves are the answer, and take its place
)
settings(jobs, run, me)


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
        st.markdown("Make a guess, then start the race. The curves appear here, and the link shows them to everyone.")

running_now(jobs, run_id)
finished(jobs)
prose("race_try")
limits = server_limits()
how(
    "race_how", rc.race, absent_s=f"{limits.absent_s:g}", kept_minutes=f"{limits.paused_s / 60:g}",
    resting=limits.resting - 1,
)  # fmt: skip
next_pages(
    ("pages/degradation.py", "The same at full length"), ("pages/architecture.py", "The layers of the two networks"),
    ("pages/bottleneck.py", "What deep blocks cost"),
)  # fmt: skip
keep_visitor()
