"""Who a visitor is: a random number that the browser tab keeps, so that a race stays theirs after a reload."""

from __future__ import annotations

import math
import re
import time
from typing import TYPE_CHECKING
from uuid import uuid4

import streamlit as st

from pages._links import hear_link, link

if TYPE_CHECKING:
    from resnet_core.lab.runs.jobs import JobManager

TAB_ANSWERS_S = 3.0
RECALL = "_recall"

# The tab's own number wins over the fresh one that a new session brings.
_VISITOR = st.components.v2.component(
    "visitor",
    html="<span hidden></span>",
    js="""export default ({data, setStateValue}) => {
      const kept = sessionStorage.getItem("race-owner") ?? data;
      sessionStorage.setItem("race-owner", kept);
      if (kept !== data) setStateValue("number", kept);
    }""",
)


def visitor() -> str:
    """The number of this visitor, known to nobody else."""
    return str(st.session_state.setdefault("owner", uuid4().hex))


def run_in_view(jobs: JobManager) -> str:
    """The id of the race that this visitor sees, by their link, this visit or what their tab saw; "" for none."""
    run_id = hear_link("run")
    if st.session_state.pop(RECALL, False) and not run_id:
        link("run", jobs.seen_last(visitor()))
        run_id = hear_link("run")
    return run_id


def recognised() -> bool:
    """Whether the tab has had time to say its number: before that, who started a race may look like a stranger."""
    return time.monotonic() - float(st.session_state.get("tab_asked_at", math.inf)) > TAB_ANSWERS_S


def keep_visitor() -> None:
    """Let the tab keep the number; to be called at the end of a page, where an empty element disturbs nothing."""
    _VISITOR(data=visitor(), key="visitor_number", on_number_change=_recognise)
    st.session_state.setdefault("tab_asked_at", time.monotonic())


def _recognise() -> None:
    number = st.session_state.visitor_number["number"]
    if isinstance(number, str) and re.fullmatch(r"[0-9a-f]{32}", number) and number != st.session_state.get("owner"):
        st.session_state.owner = number
        st.session_state[RECALL] = True
