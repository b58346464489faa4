"""Softmax: the ten logits of a real picture, step by step to ten shares."""

from __future__ import annotations

import streamlit as st

import resnet_core as rc
from pages._caches import samples
from pages._layout import how_made, literal, prose, theme_name
from pages._links import asked_in_vain, say_in_vain
from pages.before.two_sizes import two_sizes
from pages.frame.as_notebook import offer_notebook
from resnet_core.inference.temperature import TEMPERATURES

NETWORK = "cifar_resnet56"
PICTURES = ("flower", "cat", "airplane", "car", "ship")  # a flower is none of its ten classes


@st.cache_data(max_entries=8, show_spinner=False)
def answer(picture: str) -> rc.Prediction:
    """What the bundled network says of a bundled picture, in float32: the same numbers on every machine and day."""
    from resnet_core.inference.samples import load_sample

    return rc.Classifier.load(NETWORK, device="cpu", backend="eager", precision="fp32").predict(load_sample(picture))


def show_softmax() -> None:
    """Logits, powers and shares of one picture, at a temperature."""
    asked = asked_in_vain(picture=PICTURES, temperature=TEMPERATURES)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        picture = st.segmented_control(
            "Picture", PICTURES, default=PICTURES[0], key="picture", bind="query-params", required=True
        )
        temperature = st.select_slider(
            "Temperature T", TEMPERATURES, 1.0, key="temperature", bind="query-params", width=220,
            help="The logits are divided by T first: above 1 the shares come closer to each other, below 1 they part.",
        )  # fmt: skip
    say_in_vain(asked)
    try:
        said = answer(picture)
    except rc.ResNetCoreError as error:
        st.error(literal(error), icon=":material/error:")
    else:
        two_sizes(
            lambda narrow: rc.figures.softmax_drawing(
                said.classes, said.logits, temperature, theme_name(), narrow=narrow
            ), "softmax",
        )  # fmt: skip
        title = samples()[picture].title
        layers = rc.get_spec(NETWORK).layers
        st.caption(f"{literal(title)}, seen by a bundled network of {layers} layers. It knows these ten classes alone.")
    prose("basics_softmax")
    how_made(rc.Prediction.ranked)
    offer_notebook("basics_softmax", weights=NETWORK, picture=picture, temperature=temperature)
