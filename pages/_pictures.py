"""Pictures and weights for the pages that classify: a sample, uploads or the camera; a download on request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

import resnet_core as rc
from pages._shared import decoding_slot, fetch, sample_picture, samples

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.models.weights_record import Weights

SUFFIXES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]
MOST_AT_ONCE = 30
MOST_REMEMBERED = 2 * MOST_AT_ONCE
SHOWN_SIDE = 800  # pixels of the longer side on the page


class Picture(NamedTuple):
    """A picture to classify. `load` decodes it, or raises ImageError; `key` is its own within the visit."""

    title: str
    key: str
    load: Callable[[], Image]


class Answer(NamedTuple):
    """What the page shows of one picture: the prediction, a small copy, and what the network saw of it."""

    prediction: rc.Prediction
    shown: Image
    seen: Image


def chosen_pictures(source: str) -> Iterator[Picture]:
    """The visitor's pictures: of a "sample", an "upload" or the "camera"."""
    if source == "sample":
        offered = samples()
        name = st.segmented_control(
            "Sample", list(offered), default="flower", key="sample", bind="query-params", required=True
        )
        sample = offered[name]
        title = f"{sample.title}. {sample.kind.capitalize()}: {sample.credit}, {sample.licence}"
        yield Picture(title, name, partial(sample_picture, name))
    elif source == "camera":
        shot = st.camera_input("Camera", key="shot", width=420)
        if shot:
            yield Picture("Your picture", shot.file_id, lambda: rc.decode_image(shot.getvalue()))
    else:
        files = st.file_uploader(
            "Photos", type=SUFFIXES, accept_multiple_files=True, key="photos",
            help="They stay in this server's memory and are gone when you leave.",
        )  # fmt: skip
        for number, file in enumerate(files[:MOST_AT_ONCE], start=1):
            yield Picture(f"Photo {number}", file.file_id, lambda file=file: rc.decode_image(file.getvalue()))
        if len(files) > MOST_AT_ONCE:
            st.info(f"The first {MOST_AT_ONCE} photos are answered; remove some to see the others.")


def answered(picture: Picture, network: rc.Classifier) -> Answer:
    """The network's answer, computed once in a visit; it goes with the visit, as the picture does.

    Raises:
        ImageError: if the picture can't be read.
    """
    answers = st.session_state.setdefault("answers", {})
    key = (picture.key, network.weights.name)
    if key not in answers:
        with decoding_slot():  # a large picture takes some hundred megabytes while it is decoded
            image = picture.load()
            prediction, seen = network.predict(image), enlarged(network.seen(image))
            shown = image.copy()
            shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
        answers[key] = Answer(prediction, shown, seen)
    while len(answers) > MOST_REMEMBERED:
        del answers[next(iter(answers))]
    return answers[key]


def enlarged(image: Image, side: int = 256) -> Image:
    """A small picture with each pixel drawn as a square, as the network gets it; a large one as it is."""
    times = side // max(image.size)
    return image.resize((image.width * times, image.height * times), resample=0) if times > 1 else image


def offer_download(weights: Weights, fallback: str) -> str:
    """A button that fetches weights which are not on this machine; the name of the weights to use now."""
    megabytes = weights.size_bytes / 1e6
    st.info(
        f"{weights.name} is not on this machine yet. Until it is, you see {fallback}. To prepare a classroom: "
        f"`python -m resnet_core weights fetch {weights.name}`",
        icon=":material/cloud_download:",
    )
    if not st.button(f"Fetch {megabytes:,.0f} MB from pytorch.org", icon=":material/download:"):
        return fallback
    bar = st.progress(0.0, "Connecting")
    try:
        fetch(weights, lambda done, total: bar.progress(done / total, f"{done / 1e6:,.0f} of {total / 1e6:,.0f} MB"))
    except rc.WeightsError as error:
        bar.empty()
        st.warning(str(error), icon=":material/cloud_off:")
        return fallback
    bar.empty()
    return weights.name
