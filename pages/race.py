"""Race: a plain and a residual network in lockstep, live, shared by everyone who watches."""

from uuid import uuid4

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, header, how, next_pages, prose
from pages._runs import DEPTHS, show_run, start_request
from pages._shared import job_manager

header(
    "Which one learns: the plain network or the residual one?",
    "Two networks with the same layers, the same first weights and the same batches. One of them adds each block's "
    "input to its result. They train on this machine, now, on 1,500 handwritten digits.",
)

owner = st.session_state.setdefault("owner", uuid4().hex)
jobs = job_manager()

with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    depth = st.select_slider("Layers", DEPTHS, 56, key="depth", bind="query-params", width=220)
    rate = st.select_slider(
        "Learning rate", (0.01, 0.02, 0.05, 0.1, 0.2), 0.02, key="rate", bind="query-params", width=220
    )
    batch = st.segmented_control("Batch", (32, 64, 128), default=64, key="batch", bind="query-params", required=True)
    seed = st.number_input("Seed", 0, 9999, 0, key="seed", bind="query-params", width=110)
    third = st.toggle("Option B too", key="third", bind="query-params", help="A third network with 1×1 projections.")
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    guess = st.segmented_control(
        "Your guess: which has the lower training loss in half a minute?", ("plain", "residual", "no difference"),
        key="guess", bind="query-params",
    )  # fmt: skip
    started = st.button(
        "Start the race", type="primary", icon=":material/play_arrow:", disabled=guess is None, key="start"
    )
    stopped = st.button("Stop", icon=":material/stop:", key="stop")

if started:
    try:
        st.session_state.race_run = jobs.submit(start_request(depth, rate, batch, seed, third), owner).id
        st.query_params["run"] = st.session_state.race_run
    except rc.ResNetCoreError as error:
        st.warning(str(error), icon=":material/hourglass_top:")
run_id = st.query_params.get("run") or st.session_state.get("race_run", "")  # back from another page: still there
if stopped and run_id:
    jobs.stop(run_id, owner)

try:
    run = jobs.snapshot(run_id, owner) if run_id else None
except rc.DataError as error:
    st.warning(str(error), icon=":material/warning:")
    run = None


@st.fragment(run_every=1.0 if run and not run.ended else None)
def watch() -> None:
    """Draw the run as it is now; once it has ended, the page stops asking."""
    now = jobs.snapshot(run_id, owner)
    if now:
        show_run(now, guess)
    if now and now.ended and not run.ended:
        st.rerun()


if run:
    watch()
elif run_id:
    st.info("The run in this link is not kept any more. Start a new one.", icon=":material/history:")
else:
    with st.container(width=PROSE_WIDTH, border=True):
        st.markdown("Make a guess, then start the race. The curves appear here, and the link shows them to everyone.")

prose("race_try")
how("race_how", rc.race)
next_pages(
    ("pages/architecture.py", "The layers of the two networks"), ("pages/bottleneck.py", "What deep blocks cost")
)
