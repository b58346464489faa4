"""What a clicked line does: the verdict, the right line, a guess at the effect, and the listing measured both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages._layout import digits, prose
from pages.frame.whole import whole_table
from pages.listing.lines import found_in, show_one, start_again
from resnet_core.models.listings.defects import Defect, defect_at, defects_in

if TYPE_CHECKING:
    from resnet_core.anatomy.tables.consequences import Consequence
    from resnet_core.models.listings.documents import Document


@st.cache_resource(max_entries=16, show_spinner=False)
def measured(defect: str) -> Consequence:
    """What one defect of the published listings does; shared between visitors, so never changed in place."""
    from resnet_core.anatomy.tables.consequences import consequence

    return consequence(defect)


def judge(document: Document, line: int | None) -> Defect | None:
    """Say whether the line is wrong, and what it does; returns its defect."""
    if line is None:
        prose(f"bug_lab_{document.number}")
        _help(document)
        return None
    defect = defect_at(document.number, line)
    if defect is None:
        st.info(f"**Line {line}:** nothing is known to be wrong with it. Look on.", icon=":material/search:")
        _help(document)
        return None
    st.success(f"**Line {line} is wrong.** Instead:", icon=":material/check:")
    st.code(defect.corrected, language="python" if document.shows == "code" else None, wrap_lines=True)
    if defect.kind == "statement":
        st.markdown(f"{defect.effect} This one is a sentence: there is nothing to run.")
    else:
        _effect(defect)
    _help(document)
    return defect


def _effect(defect: Defect) -> None:
    """A guess first, then the measurement."""
    with st.spinner("Measuring the listing"):
        result = measured(defect.name)
    guess = st.segmented_control(result.question, result.options, key=f"guess_{defect.name}", bind="query-params")
    if guess is None:
        st.caption("Choose an answer; then the measurement is shown.")
        return
    verdict = f"Right: {result.answer}." if guess == result.answer else f"You said {guess}. Measured: {result.answer}."
    st.markdown(f"**{verdict}** {defect.effect}")
    table = result.table.map(digits)
    values = dict.fromkeys(table.columns[1:], st.column_config.TextColumn(alignment="right"))
    whole_table(table, hide_index=True, alt=f"Measurements of {defect.name}", column_config=values)


def _help(document: Document) -> None:
    """A wrong line for who gives up, and a fresh start for who wants one."""
    found, everything = len(found_in(document.number)), len(defects_in(document.number))
    with st.container(horizontal=True, gap="small"):
        if found < everything:
            st.button("Show me one", icon=":material/lightbulb:", key="show_one", on_click=show_one)
        if found:
            st.button("Start again", icon=":material/restart_alt:", key="start_again", on_click=start_again)
