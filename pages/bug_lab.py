"""Bug lab: what each defect of the published listings does, guessed first and then measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, digits, header, how, literal, next_pages, prose
from pages._links import asked_in_vain, say_in_vain
from pages._server import job_manager
from pages.frame.whole import whole_table
from pages.training.runs import detached_request, show_run
from pages.training.visitor import visitor
from resnet_core.models.listings.defects import DEFECTS, DOCUMENTS

if TYPE_CHECKING:
    from resnet_core.anatomy.tables.consequences import Consequence


@st.cache_resource(max_entries=16, show_spinner=False)
def measured(defect: str) -> Consequence:
    """What one defect of the published listings does; shared between visitors, so never changed in place."""
    from resnet_core.anatomy.tables.consequences import consequence

    return consequence(defect)


header(
    "What does one wrong line of a listing do?",
    "Four documents print code or words on ResNets, and some of their lines do something else than they should. "
    "Guess first; then the listing itself is measured, with the defect and without.",
)

names = [defect.name for defect in DEFECTS]
asked = asked_in_vain(defect=names)
name = st.selectbox("Defect", names, key="defect", bind="query-params", width=300)
say_in_vain(asked)
defect = next(defect for defect in DEFECTS if defect.name == name)

published, corrected = st.columns(2, gap="medium")
with published:
    st.markdown(f"**As published**: {DOCUMENTS[defect.document]}, line {defect.line}")
    st.code(defect.published, language="python" if defect.kind == "code" else None, wrap_lines=True)
    if defect.translation:
        st.caption(f"In English: {defect.translation}")

if defect.kind == "statement":
    with corrected:
        st.markdown("**Corrected**")
        st.code(defect.corrected, language=None, wrap_lines=True)
    with st.container(width=PROSE_WIDTH):
        st.markdown(f"{defect.effect} This one is a sentence: there is nothing to run.")
else:
    with st.spinner("Measuring the listing"):
        result = measured(name)
    guess = st.segmented_control(result.question, result.options, key=f"guess_{name}", bind="query-params")
    if guess is None:
        st.caption("Choose an answer to see the corrected line and the measurement.")
    else:
        with corrected:
            st.markdown("**Corrected**")
            st.code(defect.corrected, language="python", wrap_lines=True)
        right = guess == result.answer
        verdict = f"Right: {result.answer}." if right else f"You said {guess}. Measured: {result.answer}."
        (st.success if right else st.info)(f"{verdict} {defect.effect}", icon=":material/science:")
        table = result.table.map(digits)
        values = dict.fromkeys(table.columns[1:], st.column_config.TextColumn(alignment="right"))
        whole_table(table, hide_index=True, alt=f"Measurements of {name}", column_config=values)

if name == "detached_shortcut":
    st.subheader("What it does to learning", anchor=False)
    jobs, owner = job_manager(), visitor()
    if st.button("Train both for some seconds", icon=":material/play_arrow:", type="primary"):
        try:
            st.session_state.detached_run = jobs.submit(detached_request(), owner).id
        except rc.ResNetCoreError as error:
            st.warning(literal(error), icon=":material/hourglass_top:")
    run_id = st.session_state.get("detached_run", "")
    run = jobs.snapshot(run_id, owner) if run_id else None
    if run and run.absent:
        jobs.resume(run_id, owner)  # who comes back wants to see it go on

    @st.fragment(run_every=1.0 if run and not run.ended else None)
    def watch() -> None:
        """Draw the run as it is now; once it has ended, the page stops asking."""
        now = jobs.snapshot(run_id, owner)
        if now:
            show_run(now)
        if now and now.ended and run and not run.ended:
            st.rerun()

    if run:
        watch()
    else:
        st.caption("Two networks on scikit-learn's digits: one with whole shortcuts, one with detached ones.")

prose("bug_lab_try")
how("bug_lab_how", rc.trace_model)
next_pages(("pages/race.py", "Race a plain network too"), ("pages/variants.py", "Changes that were meant"))
