"""Teach it: classes that a visitor names and shows, learnt by a new head on a network, or by its last stage too."""

import streamlit as st

import resnet_core as rc
from pages._caches import all_weights
from pages._layout import header, how, literal, next_pages, prose
from pages._links import asked_in_vain, say_in_vain
from pages.teaching.asking import show_new_of_example
from pages.teaching.further import LEARNS, STAGE, choose_what_learns, learnt
from pages.teaching.looks import LOOKS, show_looks
from pages.teaching.own import ask_for_photos, missing, own_photos, show_asked, show_own_trays
from pages.teaching.stage import how_long, show_results, show_trays
from pages.teaching.taking import show_downloads
from pages.teaching.taught import YOURS, Shown, elsewhere_of, example, lesson_of, offered
from resnet_core.weights.record import DEFAULT_WEIGHTS

header(
    "Can it learn what you show it?",
    "Name some things and show each a few times. A new last layer learns them.",
)
names = offered()
networks = [one.name for one in all_weights() if one.availability in ("bundled", "on disk")]
asked = asked_in_vain(taught=names, learns=LEARNS, features=networks, look=LOOKS)
with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    name = st.segmented_control("Photos", names, default=names[0], key="taught", bind="query-params", required=True)
    learns = choose_what_learns()
    with st.popover("Network", icon=":material/tune:", type="tertiary"):
        weights = st.selectbox(
            "Features of", networks, networks.index(DEFAULT_WEIGHTS), key="features", bind="query-params", width=300,
            help="The network that looks at the photos. Its last layer is left out, and a new one is learnt.",
        )  # fmt: skip
say_in_vain(asked)

left, right = st.columns([1.9, 1], gap="medium")
lesson = frozen = None
with left:
    places = ask_for_photos() if name == YOURS else {}
    trouble = st.empty()
try:
    shown = own_photos() if name == YOURS else Shown(name, name, example(name))
    lacking = missing() if name == YOURS else ""
    if lacking:
        trouble.info(lacking, icon=":material/photo_camera:")
    else:
        with trouble.container():
            frozen = lesson_of(shown, weights)
            lesson = learnt(shown, frozen) if learns == STAGE else frozen
except rc.ResNetCoreError as error:
    trouble.error(literal(error), icon=":material/error:")

with left:
    if name == YOURS:
        show_own_trays(places, lesson)
    elif lesson:
        show_trays(shown, lesson)
        st.caption(shown.example.said)
    if lesson:
        show_results(lesson, elsewhere_of(shown, lesson))
        st.caption(how_long(lesson))
with right:
    if lesson and name == YOURS:
        show_asked(shown, lesson)
    elif lesson:
        show_new_of_example(shown, lesson)
if lesson and frozen:
    show_looks(shown, lesson, frozen)
    show_downloads(shown, lesson)
prose("teach_try")
how("teach_how", rc.teach)
next_pages(
    ("pages/classify.py", "Ask the network that you taught, under Your own network"),
    ("pages/architecture.py", "The layers whose features these are"),
    ("pages/why.py", "Why a network this deep can be trained at all"),
)
