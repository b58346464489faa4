"""Pictures and weights for the pages that classify: a sample, uploads or the camera; a download on request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

import resnet_core as rc
from pages._shared import fetch, sample_picture, samples

if TYPE_CHECKING:
    from PIL.Image import Image

    from resnet_core.models.weights_record import Weights

SUFFIXES = ["png", "jpg", "jpeg", "webp", "bmp", "gif", "tif", "tiff"]
MOST_AT_ONCE = 30


class Picture(NamedTuple):
    """A picture to classify, or the sentence that says why there is none."""

    title: str
    image: Image | None
    problem: str = ""


def chosen_pictures(source: str) -> Iterator[Picture]:
    """The visitor's pictures: of a "sample", an "upload" or the "camera"."""
    if source == "sample":
        offered = samples()
        name = st.segmented_control(
            "Sample", list(offered), default="flower", key="sample", bind="query-params", required=True
        )
        sample = offered[name]
        yield Picture(
            f"{sample.title}. {sample.kind.capitalize()}: {sample.credit}, {sample.licence}", sample_picture(name)
        )
    elif source == "camera":
        shot = st.camera_input("Camera", key="shot", width=420)
        if shot:
            yield _decoded("Your picture", shot.getvalue())
    else:
        files = st.file_uploader(
            "Photos", type=SUFFIXES, accept_multiple_files=True, key="photos",
            help="They stay in this server's memory and are gone when you leave.",
        )  # fmt: skip
        for number, file in enumerate(files[:MOST_AT_ONCE], start=1):
            yield _decoded(f"Photo {number}", file.getvalue())
        if len(files) > MOST_AT_ONCE:
            st.info(f"The first {MOST_AT_ONCE} photos are answered; remove some to see the others.")


def _decoded(title: str, data: bytes) -> Picture:
    try:
        return Picture(title, rc.decode_image(data))
    except rc.ImageError as error:
        return Picture(title, None, str(error))


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
