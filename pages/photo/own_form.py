"""What a visitor says of a network of their own: the file, the note beside it, and what neither tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, literal
from pages.photo.kept import with_those_before
from pages.photo.own import OwnNetwork, describe, forget_own, may_upload
from resnet_core.notation import megabytes

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator
    from streamlit.runtime.uploaded_file_manager import UploadedFile

MOST_MB = 200  # as .streamlit/config.toml lets the server take; a test holds the two equal
NOTES = (".json", ".txt")
TOLD = "own told"  # in the session: of which file the fields were filled in, and with what
AS_NOTED = "as its note says, else ImageNet's"
NORMALISATIONS: dict[str, dict[str, list[float]]] = {
    AS_NOTED: {},
    "ImageNet's mean and deviation": {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]},
    "to -1 ... 1 (0.5 and 0.5)": {"mean": [0.5] * 3, "std": [0.5] * 3},
    "none: 0 ... 1": {"mean": [0.0] * 3, "std": [1.0] * 3},
}


def own_network(page: str, place: DeltaGenerator) -> OwnNetwork | None:
    """Ask for a network of one's own, in a window that opens; None while there is none that works.

    Args:
        page: where we are, by any name.
        place: where what became of it is said.
    """
    if not may_upload():
        forget_own()
        return None
    with st.popover("Your own network", icon=":material/upload_file:"):
        files = with_those_before(page, "own", _field, 2, MOST_MB, "network", _has_weights)
        weights = [file for file in files if not _is_note(file)]
        notes = [file for file in files if _is_note(file)]
        if not weights:
            forget_own()
            if notes:
                st.info("That is the note alone: send the file of weights with it.", icon=":material/description:")
            return None
        try:
            found = describe(weights[-1], notes[-1] if notes else None, _asked(weights[-1], page))
        except rc.ResNetCoreError as error:  # too many at once, or class names that are none
            found = str(error)
    with place, st.container(width=PROSE_WIDTH):
        if isinstance(found, str):
            forget_own()
            st.error(literal(found), icon=":material/error:")
            return None
        _say(found)
    return found


def _field(key: str) -> list[UploadedFile]:
    return st.file_uploader(
        "A file of weights, with its note if there is one",
        accept_multiple_files=True,
        key=key,
        max_upload_size=MOST_MB,
        help="A ResNet of PyTorch: .safetensors, .pt, .pth, .pth.tar, .th, .ckpt or .bin, and a .json or .txt with its "
        "class names. No code in it is run. It stays in this server's memory and is gone when you leave; no link "
        "carries anything of it.",
    )


def _is_note(file: UploadedFile) -> bool:
    return str(file.name).lower().endswith(NOTES)


def _has_weights(files: list[UploadedFile]) -> bool:
    return not all(map(_is_note, files))


def _asked(file: UploadedFile, page: str) -> dict[str, Any]:
    """Keys of a note with what the visitor answered; an empty field leaves the word to the note.

    Raises:
        WeightsError: for class names that begin as JSON and are none.
    """
    from resnet_core.weights.class_names import read_class_names

    told = _fields(file, page)
    with st.container():
        names = st.text_area(
            "Its classes, in the order of its outputs", key=told["classes"], height=96,
            placeholder="a line each, or with commas, or JSON", max_chars=500_000,
        )  # fmt: skip
        size = st.number_input(
            "Pixels that it sees", 4, 512, None, key=told["size"], placeholder="as noted",
            help="The side of the square. The whole picture is taken at that size.",
        )  # fmt: skip
        normalised = st.selectbox("Normalised", list(NORMALISATIONS), key=told["normalised"])
    st.session_state[TOLD] = file.file_id, (names, size, normalised)
    asked: dict[str, Any] = dict(NORMALISATIONS[normalised])
    if names and names.strip():
        asked["classes"] = read_class_names(names)
    if size is not None:
        asked["image_size"] = size
    return asked


def _fields(file: UploadedFile, page: str) -> dict[str, str]:
    """Keys of the fields for this file, with what they held on another page."""
    keys = {name: f"own_{name}_{page}_{file.file_id}" for name in ("classes", "size", "normalised")}
    before, told = st.session_state.get(TOLD, ("", ()))
    for key, value in zip(keys.values(), told if before == file.file_id else (), strict=False):
        if key not in st.session_state:
            st.session_state[key] = value
    return keys


def _say(own: OwnNetwork) -> None:
    weights = own.weights
    said = (
        f"**{literal(own.upload.name)}** is a {weights.spec.name} with {len(weights.classes):,} classes, "
        f"{megabytes(weights.size_bytes)}. Only you see it."
    )
    st.markdown(f":small[{' '.join((said, *map(literal, weights.remarks)))}]")
