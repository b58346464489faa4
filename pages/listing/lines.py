"""A listing whose lines can be clicked: which one a visitor holds to be wrong, and what has been found so far."""

from __future__ import annotations

import streamlit as st

import resnet_core as rc
from pages._layout import literal, theme_name
from pages._links import hear_link, link, linked
from resnet_core.data import drawing_script
from resnet_core.models.listings.defects import defect_at, defects_in
from resnet_core.models.listings.documents import Document, document_lines

FRAME = """
<section class='listing'>
  <p class='state' role='status'></p>
  <div class='lines' role='listbox' tabindex='-1'></div>
</section>
"""

_LISTING = st.components.v2.component(
    "listing",
    html=FRAME,
    css=drawing_script("listing.css"),
    js=drawing_script("listing.js"),
)


def click_a_line(document: Document) -> int | None:
    """Show all lines of a document; returns the number of the one that the visitor, or the link, says is wrong."""
    lines = document_lines(document.number)
    there = {line.number for line in lines}
    asked = hear_link("line")
    if asked and (not asked.isdigit() or int(asked) not in there):
        st.warning(
            f"The link asks for line {literal(asked[:40])}, which is not shown of this document.",
            icon=":material/link_off:",
        )
        link("line", "")
        asked = hear_link("line")
    chosen = int(asked) if asked else None
    if chosen:
        _tried(document.number).add(chosen)
    st.session_state["_listed_document"] = document.number
    data = {
        "document": document.number, "code": document.shows == "code", "chosen": chosen,
        "lines": [(line.number, line.text, line.translation) for line in lines],
        "marks": {str(line): mark_of(document.number, line) for line in _tried(document.number)},
        "state": _state(document, chosen), "name": f"Lines of the {document.name}",
        "muted": rc.figures.palette(theme_name())["muted"],
    }  # fmt: skip
    _LISTING(data=data, key="listing", on_at_change=_take)
    return chosen


def mark_of(document: str, line: int) -> str:
    """Of a line that was clicked: "wrong" if something is wrong with it, "fine" if nothing is known to be."""
    return "wrong" if defect_at(document, line) else "fine"


def found_in(document: str) -> set[str]:
    """Names of the defects that were found in this visit."""
    return {defect.name for line in _tried(document) if (defect := defect_at(document, line))}


def show_one() -> None:
    """Choose a wrong line that was not found yet; a widget's callback."""
    document = st.session_state["_listed_document"]
    left = [defect for defect in defects_in(document) if defect.name not in found_in(document)]
    if left:
        link("line", str(left[0].line))


def start_again() -> None:
    """Forget what was clicked in this document; a widget's callback."""
    _tried(st.session_state["_listed_document"]).clear()
    link("line", "")


def _state(document: Document, chosen: int | None) -> str:
    """What was found so far, and of the line that was clicked last whether it is wrong."""
    everything, found = len(defects_in(document.number)), len(found_in(document.number))
    if chosen is None:
        said = "Click a line that is wrong."
    else:
        said = f"Line {chosen} is wrong." if defect_at(document.number, chosen) else f"Line {chosen}: not that one."
    return f"{said} Found: {found} of {everything}."


def _tried(document: str) -> set[int]:
    tried: dict[str, set[int]] = st.session_state.setdefault("_tried_lines", {})
    return tried.setdefault(document, set())


def _take() -> None:
    """The visitor clicked a line, unless of a document that has left the page."""
    at = st.session_state.listing["at"]
    if at["document"] == st.session_state["_listed_document"] and str(at["line"]) != linked("line"):
        link("line", str(at["line"]))
