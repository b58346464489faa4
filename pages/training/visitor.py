"""Who a visitor is: a random number that the browser tab keeps, so that a race stays theirs after a reload.

A second one is the same in all tabs of the browser: whoever opens many is still one visitor.
"""

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

# Numbers that tab and browser have already win over the fresh one that a new session brings.
_VISITOR = st.components.v2.component(
    "visitor",
    html="<span hidden></span>",
    js="""export default ({data, setStateValue}) => {
      const kept = sessionStorage.getItem("race-owner") ?? data;
      sessionStorage.setItem("race-owner", kept);
      let shared = data;
      try {
        shared = localStorage.getItem("race-browser") ?? data;
        localStorage.setItem("race-browser", shared);
      } catch { /* a browser that keeps nothing */ }
      if (kept !== data || shared !== data) setStateValue("numbers", `${kept} ${shared}`);
    }""",
)


def visitor() -> str:
    """The number of this visitor, known to nobody else."""
    return str(st.session_state.setdefault("owner", uuid4().hex))


def browser() -> str:
    """What all tabs of this visitor's browser share, as far as the tab has told; before that the tab's own number."""
    return str(st.session_state.get("browser", visitor()))


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
    _VISITOR(data=visitor(), key="visitor_number", on_numbers_change=_recognise)
    st.session_state.setdefault("tab_asked_at", time.monotonic())


def _recognise() -> None:
    said = st.session_state.visitor_number["numbers"]
    if not isinstance(said, str) or not re.fullmatch(r"[0-9a-f]{32} [0-9a-f]{32}", said):
        return
    tab, st.session_state.browser = said.split()
    if tab != st.session_state.get("owner"):
        st.session_state.owner = tab
        st.session_state[RECALL] = True
