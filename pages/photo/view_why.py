"""Why the network said so: where it looked, what its channels and blocks did, where its time went."""

from __future__ import annotations

from functools import partial
from inspect import signature

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, how, literal, percent, prose
from pages._links import asked_in_vain, say_in_vain
from pages.frame.as_notebook import offer_notebook, picture_code, weights_name
from pages.photo.answers import pick_photo
from pages.photo.choice import Choice
from pages.photo.explained import subject_of
from pages.photo.known import show_headline
from pages.photo.look_blocks import show_blocks
from pages.photo.look_time import show_time
from pages.photo.looks import COUNTS, METHODS, Look, chosen_stage, names_of, ranked, said_of, show_features, show_where
from pages.photo.own import network_of
from pages.photo.skeleton import arrived
from resnet_core.inference.explain.walk import stages_of

LIKELIEST = "the likeliest"
LOOKS = ("Where it looked", "Channels", "Blocks", "Time")


def show_why(choice: Choice) -> None:
    """One picture looked into, in the look that is open."""
    pictures, chosen, place = choice.pictures, choice.weights, choice.place
    try:
        network = network_of(chosen)
    except rc.ResNetCoreError as error:
        arrived(place)
        st.error(literal(error), icon=":material/error:")
        return

    names, stages = names_of(network.weights.classes), stages_of(network.model)
    # Of a visitor's own network nothing stands in the link, its classes neither.
    key = "class of yours" if chosen.source == "sent" else "class"
    choices = (LIKELIEST, *names)
    asked = asked_in_vain(**{key: choices}, look=LOOKS, method=METHODS, k=COUNTS)
    with choice.row:
        wanted = st.selectbox(
            "Explain the class", choices, key=key, bind="query-params" if key == "class" else None, width=200
        )
    number = pick_photo([picture.title for picture in pictures]) if len(pictures) > 1 else 0
    remark = st.empty()
    arrived(place)

    if not pictures:
        with st.container(width=PROSE_WIDTH, border=True):
            st.markdown("The maps appear here, once there is a picture.")
    else:
        try:
            subject = subject_of(pictures[number], network)
            look = Look(subject, network, names, 0)
            said, best = said_of(look)
            look = look._replace(class_index=best.index if wanted == LIKELIEST else names.index(wanted))
            probability = next(scored.probability for scored in ranked(look) if scored.index == look.class_index)
            st.markdown(f"Explained here: **{literal(look.label)}**, {percent(probability)}.")
            shows = (
                partial(show_where, look, stages), partial(show_features, look, stages), partial(show_blocks, look),
                partial(show_time, look),
            )  # fmt: skip
            for tab, show in zip(st.tabs(LOOKS, key="look", bind="query-params"), shows, strict=True):
                with tab:
                    if tab.open:
                        show()
            show_headline(said, best, network)
            offer_notebook(
                "classify_why", weights=weights_name(network.weights), stage=chosen_stage(stages),
                class_index=look.class_index, picture=picture_code(choice.source, pictures[number].key),
            )  # fmt: skip
            if network.engine.note:
                st.caption(network.engine.note)
            st.markdown(f":small[{'. '.join(filter(None, (pictures[number].title, subject.note)))}]")
        except rc.ResNetCoreError as error:
            st.warning(f"{pictures[number].named}: {literal(error)}", icon=":material/broken_image:")
    with remark:
        say_in_vain(asked)
    prose("inside_try")
    how(
        "inside_how", rc.grad_cam, rc.occlude, rc.block_parts, rc.layer_times,
        passes=signature(rc.layer_times).parameters["passes"].default,
    )  # fmt: skip
