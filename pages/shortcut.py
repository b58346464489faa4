"""Shortcut: what one addition does to one picture, value by value, forwards and backwards."""

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, header, how, literal, next_pages, prose
from pages._server import classifier
from pages.addition.computed import scene_of
from pages.addition.drawing import addition_drawing
from pages.photo.choice import in_the_drawing
from pages.photo.explained import subject_of
from pages.photo.travelling import travelling
from resnet_core.inference.explain.walk import NO_ADDITION

FIRST_SAMPLE = "car"

header(
    "What does the addition do?",
    "A block passes on what came in, plus a correction. At α = 0 only what came in goes on.",
)
line = travelling("shortcut", FIRST_SAMPLE)
try:
    network = classifier(line.choice.weights.name)
except rc.ResNetCoreError as error:
    st.error(literal(error), icon=":material/error:")
    st.stop()

if line.picture is None:
    with st.container(width=PROSE_WIDTH, border=True):
        st.markdown("The addition appears here, once there is a picture: *Change* takes one.")
else:
    try:
        subject = subject_of(line.picture, network)
        line.show(subject.seen)
        scene = scene_of(subject, network)
        if scene.plain:
            st.info(
                f"{NO_ADDITION} In its place stands H(x) alone: x itself is gone after every block.",
                icon=":material/info:",
            )
        addition_drawing(scene)
        if subject.note:
            st.caption(literal(subject.note))
    except rc.ResNetCoreError as error:
        st.warning(f"**{literal(line.picture.title)}**: {literal(error)}", icon=":material/broken_image:")

prose("shortcut_try")
how("shortcut_how", rc.addition, rc.gradient_split, rc.branch_sweep, rc.block_flow)
next_pages(
    ("pages/inside.py", "Which block mattered for the answer"),
    ("pages/architecture.py", f"Where the block stands in {network.weights.spec.name}", in_the_drawing(network)),
    ("pages/race.py", "The race that the shortcuts win"),
)
