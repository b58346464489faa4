"""A network of one's own: sent with its note, kept for the visit, and loaded in a place apart from the server's own."""

from __future__ import annotations

import os
import weakref
from itertools import count
from typing import TYPE_CHECKING, Any

import streamlit as st

import resnet_core as rc
from pages._server import classifier, keep_libraries
from resnet_core.weights.upload import Upload

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from resnet_core.inference.pool import ClassifierPool
    from resnet_core.weights.record import Weights

OWN = "yours"  # all that a link says of such a network
NUMBERS = count()
HANDLE = "own network"  # in the session, with what it was made of; no widget's key has a space


class OwnNetwork:
    """A visitor's network. What is loaded of it goes when this goes, and this goes with the visit."""

    def __init__(self, weights: Weights, upload: Upload, file_id: str) -> None:
        self.weights, self.upload, self.file_id = weights, upload, file_id
        self.key = f"{OWN} {next(NUMBERS)}"  # no address: the next one may get the place of one that is freed
        weakref.finalize(self, _pool().drop, self.key)

    def load(self) -> rc.Classifier:
        """The network behind the file.

        Raises:
            WeightsError: for numbers that are none.
            QueueFullError: if too many visitors load theirs.
        """
        from resnet_core.weights.uploaded import load_upload

        with _pool().slot():
            return rc.Classifier(load_upload(self.upload, self.weights), self.weights)


def may_upload() -> bool:
    """Whether visitors may send networks of their own: not with RESNET_WEIGHTS_UPLOADS=off."""
    return os.environ.get("RESNET_WEIGHTS_UPLOADS", "on") != "off"


def describe(file: UploadedFile, beside: UploadedFile | None, asked: dict[str, Any]) -> OwnNetwork | str:
    """What was sent, as a network, or why it is none; read once for each file, note and answer of the visitor's."""

    def compute() -> OwnNetwork | str:
        from resnet_core.weights.uploaded import describe_upload

        upload = _upload(file)
        try:
            with _pool().slot():
                weights = describe_upload(upload, _upload(beside) if beside else None, asked)
            return OwnNetwork(weights, upload, file.file_id)
        except rc.WeightsError as error:
            return str(error)

    key = (file.file_id, beside.file_id if beside else "", repr(asked))
    if st.session_state.get(HANDLE, ("",))[0] != key:
        forget_own()  # before the next one is read
        st.session_state[HANDLE] = key, compute()
    found: OwnNetwork | str = st.session_state[HANDLE][1]
    return found


def network_of(weights: Weights) -> rc.Classifier:
    """The network with these weights: one that the server shares, or the visitor's own.

    Raises:
        WeightsError, QueueFullError: as `Classifier.load`, and as `OwnNetwork.load`.
    """
    if weights.source != "sent":
        return classifier(weights.name)
    own: OwnNetwork = st.session_state[HANDLE][1]
    with st.spinner("Loading your network"):
        network = _pool().get(own.key, load=own.load)
    keep_libraries("inference")
    return network


def forget_own() -> None:
    """Let go of the visitor's network."""
    st.session_state.pop(HANDLE, None)


@st.cache_resource(show_spinner=False)
def _pool() -> ClassifierPool:
    """Visitors' own networks: two are loaded, and one is read at a time; the server's own have a place elsewhere."""
    from resnet_core.inference.pool import ClassifierPool

    return ClassifierPool(max_models=2, max_in_flight=1)


def _upload(file: UploadedFile) -> Upload:
    return Upload(file.name.replace("\\", "/").rpartition("/")[2][-100:] or "weights", file.getvalue())
