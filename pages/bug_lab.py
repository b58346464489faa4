"""Bug lab: whole listings as published; a visitor clicks the line that is wrong, and it is measured."""

import streamlit as st

import resnet_core as rc
from pages._layout import header, how, next_pages
from pages._links import asked_in_vain, link, say_in_vain
from pages.frame.as_notebook import Code, offer_notebook
from pages.listing.lines import click_a_line
from pages.listing.measured import judge
from pages.listing.trained import offer_training
from resnet_core.models.listings.defects import DEFECTS
from resnet_core.models.listings.documents import DOCUMENTS

NAMED = {defect.name: defect for defect in DEFECTS}  # links to a defect by its name were handed out once

header(
    "Which line is wrong?",
    "Four documents, as published. Click a line: the listing is measured with it and without.",
)
kinds = {document.kind: document for document in DOCUMENTS.values()}
wanted = asked_in_vain(defect=NAMED)
if (named := st.query_params.get("defect")) in NAMED:
    st.session_state["document"] = DOCUMENTS[NAMED[named].document].kind
    link("line", str(NAMED[named].line))
st.query_params.pop("defect", None)
asked = asked_in_vain(document=kinds)
kind = st.segmented_control(
    "Document", list(kinds), default=next(iter(kinds)), key="document", bind="query-params", required=True,
    on_change=link, args=("line", ""), label_visibility="collapsed",
)  # fmt: skip
say_in_vain(asked)
say_in_vain(wanted, defect="none")

document = kinds[kind]
left, right = st.columns([1.4, 1], gap="medium")
with left:
    line = click_a_line(document)
with right:
    defect = judge(document, line)
    st.caption(f"“{document.title}”. {document.source} Lines are counted in its plain text.")
if defect and defect.name == "detached_shortcut":
    offer_training()

how("bug_lab_how", rc.trace_model)
offer_notebook(
    "bug_lab", document=document.number, question=f"{document.short}-lines", lines=[line] if line else Code("...")
)
next_pages(("pages/race.py", "Race a plain network too"), ("pages/variants.py", "Changes that were meant"))
