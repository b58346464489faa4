"""Shortcut: what one addition does to one picture, value by value, forwards and backwards."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._layout import PROSE_WIDTH, header, how, literal, next_pages, prose
from pages.addition.drawing import addition_drawing
from pages.frame.as_notebook import Code, offer_notebook, picture_code, weights_name
from pages.lesson.asked import of_a_place
from pages.lesson.check import check_yourself
from pages.lesson.glossary import say
from pages.photo.choice import in_the_drawing
from pages.photo.explained import once, subject_of
from pages.photo.own import network_of
from pages.photo.travelling import travelling
from resnet_core.anatomy.exercises.exercise import Exercise
from resnet_core.figures.shortcut.scene import scene_of
from resnet_core.inference.explain.walk import block_paths

FIRST_SAMPLE, FIRST_WEIGHTS = "car", "cifar_resnet56"
ANSWER = "A block passes on what came in, plus a correction. At α = 0 only what came in goes on."
ANSWER_PLAIN = "A block with a shortcut passes on what came in, plus a correction. This network has none."
NO_SUM = (
    "A plain network has no addition. Where x + F(x) would stand, it has H(x) alone: of x nothing is left but what the "
    "block's layers made of it."
)


def _notebook(network: rc.Classifier, picture: Code, **opened: Any) -> None:
    """What is open as a notebook: one addition, or what a plain network has in its place."""
    name = "shortcut_plain" if network.model.spec.shortcut == "none" else "shortcut"
    offer_notebook(name, weights=weights_name(network.weights), picture=picture, **opened)


header("What does the addition do?", "")
answer = st.container(width=PROSE_WIDTH)
asked: Callable[[], Sequence[Exercise]] = list
line = travelling("shortcut", FIRST_SAMPLE, FIRST_WEIGHTS)
try:
    network = network_of(line.choice.weights)
except rc.ResNetCoreError as error:
    st.error(literal(error), icon=":material/error:")
    st.stop()
plain = network.model.spec.shortcut == "none"
with answer:
    say(ANSWER_PLAIN if plain else ANSWER, "header")

if line.picture is None:
    with st.container(width=PROSE_WIDTH, border=True):
        st.markdown("The addition appears here, once there is a picture: *Change* takes one.")
    _notebook(network, picture_code("sample", FIRST_SAMPLE), block=block_paths(network.model)[0], channel=0)
else:
    try:
        subject = subject_of(line.picture, network)
        line.show(subject.seen)
        trace = walked(network.model.spec, subject.seen.width)
        scene = scene_of(subject.key, network, subject.seen, subject.batch, trace, once)
        if scene.plain:
            st.info(NO_SUM, icon=":material/info:")
        picture = picture_code(line.choice.source, line.picture.key)
        addition_drawing(scene, partial(_notebook, network, picture))
        asked = partial(of_a_place, scene)
        if subject.note:
            st.caption(literal(subject.note))
    except rc.ResNetCoreError as error:
        st.warning(f"**{literal(line.picture.title)}**: {literal(error)}", icon=":material/broken_image:")

if not plain:
    prose("shortcut_try")
how("shortcut_how", rc.addition, rc.gradient_split, rc.branch_sweep, rc.block_flow)
check_yourself("Shortcut", asked)
next_pages(
    ("pages/classify.py", "Which block mattered for the answer", {"view": "Why", "look": "Blocks"}),
    (
        "pages/architecture.py",
        f"Where the block stands in {network.weights.spec.name}",
        in_the_drawing(network.weights),
    ),
    ("pages/race.py", "The race that the shortcuts win"),
)
