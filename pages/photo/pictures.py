"""Pictures and networks for the pages that classify: a sample, uploads or the camera; the weights to ask."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Hashable, Iterator
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import streamlit as st

import resnet_core as rc
from pages._caches import samples
from pages._layout import verbatim
from pages._server import decoding_slot
from pages.photo.camera import has_camera
from pages.photo.kept import PHOTO_MB, with_those_before
from resnet_core.inference.images import FORMATS

if TYPE_CHECKING:
    from PIL.Image import Image
    from streamlit.runtime.uploaded_file_manager import UploadedFile

Found = TypeVar("Found")

FIRST_SAMPLE = "coffee"  # a test holds that the default network is sure of it
MOST_AT_ONCE = 30
MOST_REMEMBERED = 2 * MOST_AT_ONCE
SHOWN_SIDE = 640  # pixels of the longer side on the page
THUMBNAIL_SIDE = 96
FILE_NAME = 80  # letters of a file's name in a sentence


@st.cache_resource(max_entries=16, show_spinner=False)
def sample_picture(name: str) -> Image:
    """A bundled sample picture; shared between visitors, so never changed in place."""
    from resnet_core.inference.samples import load_sample

    return load_sample(name)


class Picture(NamedTuple):
    """A picture to classify. `load` decodes it, or raises ImageError; `key` is its own within the visit.

    `file` is what its sender called it: for cells of tables and `named` only, never for HTML or a path.
    """

    title: str
    key: str
    load: Callable[[], Image]
    file: str = ""

    @property
    def named(self) -> str:
        """Which picture it is, in Markdown: its title, and the file's name as nothing but a span of code."""
        return f"**{self.title}**" + (f", {verbatim(self.file[:FILE_NAME])}" if self.file else "")


class Answer(NamedTuple):
    """What the page shows of one picture: the prediction, a small copy, and what the network saw of it."""

    prediction: rc.Prediction
    shown: Image
    seen: Image
    note: str = ""


def chosen_pictures(source: str, page: str) -> Iterator[Picture]:
    """The visitor's pictures on a page: of a "sample", an "upload" or the "camera"."""
    if source == "sample":
        offered = samples()
        name = st.segmented_control(
            "Sample", list(offered), default=FIRST_SAMPLE, key="sample", bind="query-params", required=True
        )
        sample = offered[name]
        title = f"{sample.title}. {sample.kind.capitalize()}: {sample.credit}, {sample.licence}"
        yield Picture(title, name, partial(sample_picture, name), sample.name)
    elif source == "camera":
        for shot in with_those_before(page, "shot", _camera, 1)[-1:]:
            yield Picture("Your picture", shot.file_id, partial(_decoded, shot))
    else:
        files = with_those_before(page, "photos", _uploader, MOST_AT_ONCE)
        for number, file in enumerate(files[:MOST_AT_ONCE], start=1):
            load = partial(_decoded, file)
            yield Picture(f"Photo {number}", file.file_id, load, file.name)
        if len(files) > MOST_AT_ONCE:
            st.info(f"The first {MOST_AT_ONCE} photos are answered; remove some to see the others.")


def answered(picture: Picture, network: rc.Classifier, ten_crop: bool = False) -> Answer:
    """The network's answer, computed once in a visit; it goes with the visit, as the picture does.

    Raises:
        ImageError: if the picture can't be read.
        QueueFullError: if too many pictures wait on this server.
    """

    def compute() -> Answer:
        with decoding_slot():  # a large picture takes some hundred megabytes while it is decoded
            image = picture.load()
            prediction, seen = network.predict(image, ten_crop=ten_crop), enlarged(network.seen(image))
            shown = image.copy()
            shown.thumbnail((SHOWN_SIDE, SHOWN_SIDE))
            return Answer(prediction, shown, seen, image.info.get("note", ""))

    return remembered("answers", (picture.key, network.weights, ten_crop), compute)


def ten_crops_of(picture: Picture, network: rc.Classifier) -> tuple[Image, ...]:
    """The ten crops, each with its pixels visible; of the last picture looked at only, for they are large."""

    def compute() -> tuple[Image, ...]:
        with decoding_slot():
            return tuple(enlarged(crop, 128) for crop in network.crops(picture.load()))

    return remembered("crops", (picture.key, network.weights), compute, most=1)


def opinion(picture: Picture, network: rc.Classifier, ten_crop: bool) -> rc.Prediction:
    """What a network says in a comparison, timed at its second pass: the first one finds nothing in its caches."""

    def compute() -> rc.Prediction:
        with decoding_slot():
            image = picture.load()
            network.predict(image, ten_crop=ten_crop)
            return network.predict(image, ten_crop=ten_crop)

    return remembered("opinions", (picture.key, network.weights, ten_crop), compute)


def enlarged(image: Image, side: int = 256) -> Image:
    """A small picture with each pixel drawn as a square, as the network gets it; a large one as it is."""
    times = side // max(image.size)
    return image.resize((image.width * times, image.height * times), resample=0) if times > 1 else image


def thumbnail(image: Image) -> str:
    """A small copy as a data URI, for a cell of a table."""
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    data = BytesIO()
    small.save(data, "JPEG", quality=80)
    return f"data:image/jpeg;base64,{b64encode(data.getvalue()).decode()}"


def _camera(key: str) -> list[UploadedFile]:
    """The browser's camera, or where it lends none the file field, which on a phone offers the phone's own."""
    if has_camera(st.context.url):
        shot = st.camera_input("Camera", key=key, width=420)
    else:
        shot = st.file_uploader(
            "Take a photo or choose one", type="image", key=key, max_upload_size=PHOTO_MB, width=420,
            help="A browser lends a page its camera only over https. On a phone this field offers the phone's own.",
        )  # fmt: skip
    return [shot] if shot else []


def _uploader(key: str) -> list[UploadedFile]:
    """Whatever its name ends in, a file's bytes decide what it is: `decode_image` says what it can't read."""
    sent = st.file_uploader(
        "Photos", accept_multiple_files=True, key=key, max_upload_size=PHOTO_MB,
        help="They stay in this server's memory and are gone when you leave or reload the page.",
    )  # fmt: skip
    st.caption(f"{', '.join(FORMATS[:-1])} or {FORMATS[-1]}, whatever the file's name ends in.")
    return sent


def _decoded(file: BytesIO) -> Image:
    return rc.decode_image(file.getvalue())


def remembered(
    shelf: str, key: tuple[Hashable, ...], compute: Callable[[], Found], most: int = MOST_REMEMBERED
) -> Found:
    """What `compute` gives, once in a visit; the oldest go first."""
    shelves = f"remembered {shelf}"  # no widget has such a key
    known: dict[tuple[Hashable, ...], Found] = st.session_state.setdefault(shelves, {})
    if key not in known:
        known[key] = compute()
    while len(known) > most:
        del known[next(iter(known))]
    return known[key]
