"""Take it along: the network as a file, as code, as ONNX; and the photos by class, to go on with another day."""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, literal
from pages.frame.as_notebook import offer_notebook, weights_name
from pages.teaching.taught import YOURS, Shown, photos_code

if TYPE_CHECKING:
    from resnet_core.lab.teach.lesson import Lesson


def show_downloads(shown: Shown, lesson: Lesson) -> None:
    """The downloads. Each is made when it is asked for, so that nothing large waits in memory."""
    from resnet_core.lab.teach.archive import packed
    from resnet_core.lab.teach.code import teach_code

    st.subheader("Take it with you", anchor=False)
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            "The network", lesson.as_safetensors, "taught.safetensors", "application/octet-stream",
            icon=":material/download:", key="take_network", on_click="ignore",
            help="Safetensors, with its classes and its crop inside. Classify takes it under *Your own network*.",
        )  # fmt: skip
        if find_spec("onnxscript"):
            st.download_button(
                "As ONNX", lesson.as_onnx, "taught.onnx", "application/octet-stream", icon=":material/download:",
                key="take_onnx", on_click="ignore", help="For other programs. It takes normalised pictures.",
            )  # fmt: skip
        try:
            code = teach_code(lesson.known.weights)
        except rc.InvalidSpecError as error:
            st.caption(literal(error))
        else:
            st.download_button(
                "The head alone, as code" if lesson.part else "The lesson as code", code, "teach.py", "text/x-python",
                icon=":material/code:", key="take_code", on_click="ignore",
                help="Plain PyTorch and scikit-learn: run it on folders of photos.",
            )  # fmt: skip
        if shown.name == YOURS:
            st.download_button(
                "Your photos by class", lambda: packed(shown.example.classes), "photos.zip", "application/zip",
                icon=":material/folder_zip:", key="take_photos", on_click="ignore",
                help="As they are kept here, small. Send the zip another day, and go on.",
            )  # fmt: skip
        offer_notebook("teach", photos=photos_code(shown.name), weights=weights_name(lesson.known.weights))
    with st.container(width=PROSE_WIDTH):
        st.markdown(
            "Nothing is written anywhere unless you press one of these. Then ask the network in Classify, or on the "
            "command line: `resnet-explainer classify cup.jpg --weights taught.safetensors`."
        )
