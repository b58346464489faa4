"""Race: a plain and a residual network in lockstep, live, shared by everyone who watches."""

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, header, how, literal, next_pages, prose
from pages._server import job_manager
from pages.training.controls import controls, start_request
from pages.training.history import finished
from pages.training.runs import run_bar, show_run
from pages.training.visitor import keep_visitor, visitor

header(
    "Which one learns: the plain network or the residual one?",
    "Networks with the same layers, the same first weights and the same batches. Some of them add each block's "
    "input to its result. They train on this machine, now, in front of you.",
)

me, jobs = visitor(), job_manager()
choice = controls()
try:
    request, refusal = start_request(choice), ""
except rc.InvalidSpecError as error:
    request, refusal = None, str(error)
    st.error(literal(refusal), icon=":material/block:")

guesses = (*choice.networks, "no difference")
if st.session_state.get("guess") not in (None, *guesses):  # of a network that is no longer chosen
    del st.session_state["guess"]
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    guess = st.segmented_control(
        "Your guess: which has the lower training loss in half a minute?", guesses, key="guess", bind="query-params"
    )
    started = st.button(
        "Start the race", type="primary", icon=":material/play_arrow:", disabled=guess is None or request is None,
        key="start",
    )  # fmt: skip
    reset = st.button(
        "Reset", icon=":material/restart_alt:", key="reset", help="Stop and put this race away. What you set stays."
    )

run_id = st.query_params.get("run") or st.session_state.get("race_run", "")  # back from another page: still there
if reset:
    jobs.stop(run_id, me)
    st.session_state.pop("race_run", None)
    st.query_params.pop("run", None)
    run_id = ""
if started and request:
    try:
        run_id = jobs.submit(request, me).id
        st.session_state.race_run = st.query_params["run"] = run_id
    except rc.ResNetCoreError as error:
        st.warning(f"{literal(error)} The link of this page keeps what you set.", icon=":material/hourglass_top:")
        for other in jobs.active()[:1]:
            st.page_link("pages/race.py", label="Watch the race that runs", query_params={"run": other.id})

try:
    run = jobs.snapshot(run_id, me) if run_id else None
    gone = "The race in this link is not kept any more. Start a new one."
except rc.DataError as error:
    run, gone = None, str(error)


@st.fragment(run_every=1.0 if run and not run.ended else None)
def watch() -> None:
    """Draw the run as it is now; once it has ended, the page stops asking."""
    now = jobs.snapshot(run_id, me)
    if now:
        run_bar(jobs, now, me)
        show_run(now, guess)
    if now and now.ended and not run.ended:
        st.rerun()


if run:
    watch()
elif run_id:
    st.info(literal(gone), icon=":material/history:")
else:
    with st.container(width=PROSE_WIDTH, border=True):
        st.markdown("Make a guess, then start the race. The curves appear here, and the link shows them to everyone.")

finished(jobs)
prose("race_try")
how("race_how", rc.race)
next_pages(
    ("pages/degradation.py", "The same at full length"), ("pages/architecture.py", "The layers of the two networks"),
    ("pages/bottleneck.py", "What deep blocks cost"),
)  # fmt: skip
keep_visitor()
