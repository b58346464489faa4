"""The answer: the likeliest classes, what the network saw of the photo, and what other networks say."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, how, literal, prose
from pages._links import asked_in_vain, say_in_vain
from pages.frame.as_notebook import offer_notebook, picture_code, weights_name
from pages.lesson.asked import of_an_answer
from pages.lesson.check import check_yourself
from pages.photo.answers import pick_photo, show_answer, show_networks, show_table, two_versions
from pages.photo.choice import Choice
from pages.photo.kept import PHOTO_MB
from pages.photo.known import say_unknown, show_headline, show_known
from pages.photo.own import network_of
from pages.photo.pictures import MOST_AT_ONCE, Answer, Picture, answered
from pages.photo.skeleton import arrived
from pages.photo.thousand import offer_thousand
from resnet_core.inference.temperature import TEMPERATURES

CROPS = (1, 10)


def show_answers(choice: Choice) -> None:
    """Each picture's answer, the chosen one's in full."""
    source, pictures, chosen, offered, _, place = choice
    said = st.container()
    crops, top_k, temperature = _settings()
    try:
        network = network_of(chosen)
    except rc.ResNetCoreError as error:
        arrived(place)
        st.error(literal(error), icon=":material/error:")
        return
    answers, unread = _all_answers(pictures, network, crops > 1)
    arrived(place)
    if unread:
        lines = unread if len(unread) == 1 else [f"{len(unread)} of {len(pictures)} photos can't be read.", *unread]
        st.warning("\n\n".join(lines), icon=":material/broken_image:")
    if answers:
        with said:
            shown, answer = answers[pick_photo([one.title for one, _ in answers]) if len(answers) > 1 else 0]
            show_headline(answer.prediction.headline, answer.prediction.ranked(1, temperature)[0], network)
            say_unknown(shown.key, network)
            show_answer(shown, answer, network, top_k, temperature)
        title = shown.title.split(".")[0]
        show_known(network, answer.prediction.headline)
        offer_thousand(offered, chosen)
        if len(answers) > 1:
            st.subheader("All your photos", anchor=False)
            show_table(answers, temperature)
        if st.toggle("Compare networks", key="compare", bind="query-params", help=f"Ask all of them about {title}."):
            show_networks(shown, list(offered.values()), crops, temperature)
    elif not unread:
        with st.container(width=PROSE_WIDTH, border=True):
            many = f"up to {MOST_AT_ONCE} photos at once, {PHOTO_MB}\u00a0MB each"
            st.markdown(f"The answers appear here: {'one picture at a time' if source == 'camera' else many}.")
    prose("classify_try")
    if answers:
        check_yourself("Classify", partial(of_an_answer, network, answer.prediction, temperature))
    how("classify_how", rc.decode_image, rc.Classifier.predict, rc.Prediction.ranked, versions=two_versions(offered))
    if answers:
        offer_notebook(
            "classify", weights=weights_name(network.weights), picture=picture_code(source, shown.key),
            ten_crop=crops > 1, top_k=top_k, temperature=temperature,
        )  # fmt: skip


def _settings() -> tuple[int, int, float]:
    """Crops, classes shown and temperature."""
    asked = asked_in_vain(crops=CROPS, top_k=range(1, 11), temperature=TEMPERATURES)
    with (
        st.expander("Crops, classes shown, temperature", icon=":material/tune:"),
        st.container(horizontal=True, gap="medium"),
    ):
        crops = st.segmented_control("Crops", CROPS, default=1, key="crops", bind="query-params", required=True)
        top_k = st.slider("Classes shown", 1, 10, 5, key="top_k", bind="query-params", width=200)
        temperature = st.select_slider(
            "Temperature T", TEMPERATURES, 1.0, key="temperature", bind="query-params", width=220,
            help="The logits are divided by T before the softmax: above 1 it sounds less sure, below 1 surer.",
        )  # fmt: skip
    say_in_vain(asked)
    return crops, top_k, temperature


def _all_answers(
    pictures: Sequence[Picture], network: rc.Classifier, ten_crop: bool
) -> tuple[list[tuple[Picture, Answer]], list[str]]:
    """Each picture with its answer, and of those that can't be read, why."""
    answers, unread = [], []
    with st.spinner("Reading your photos", show_time=True) if len(pictures) > 1 else nullcontext():
        for picture in pictures:
            try:
                answers.append((picture, answered(picture, network, ten_crop)))
            except rc.ResNetCoreError as error:
                unread.append(f"{picture.named}: {literal(error)}")
    return answers, unread
