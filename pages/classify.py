"""Classify: a photo in, the likeliest classes out, and what the network saw of it."""

import streamlit as st

import resnet_core as rc
from pages._layout import header, how, next_pages, percent, prose
from pages._pictures import answered, chosen_pictures, offer_download
from pages._shared import all_weights, classifier, ignored_choice, theme_name

BUNDLED = "cifar_resnet20"

header(
    "What does a ResNet see in your photo?",
    "It shrinks the picture to the size it was trained on, and gives each class it knows a probability. "
    "It has no way to say *none of these*.",
)

weights = {w.name: w for w in all_weights()}
asked = ignored_choice("weights", list(weights))
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    source = st.segmented_control(
        "Picture from",
        ("sample", "upload", "camera"),
        default="sample",
        key="source",
        bind="query-params",
        required=True,
    )
    name = st.selectbox("Network", list(weights), key="weights", bind="query-params", width=320)
    top_k = st.slider("Classes shown", 1, 10, 5, key="top_k", bind="query-params", width=200)
if asked:
    st.warning(
        f"The link asks for weights named {asked!r}, which do not exist. You see {name}.", icon=":material/link_off:"
    )
if weights[name].availability == "downloadable":
    name = offer_download(weights[name], fallback=BUNDLED)

chosen = weights[name]
st.caption(
    f"{chosen.spec.name} knows {len(chosen.classes):,} classes and was trained on {chosen.data}. "
    f"It sees {chosen.preprocessing.crop_size}×{chosen.preprocessing.crop_size} pixels"
    + (": " + ", ".join(chosen.classes) + "." if len(chosen.classes) <= 10 else ".")
)
try:
    network = classifier(name)
except rc.WeightsError as error:
    st.error(str(error), icon=":material/error:")
    st.stop()

for number, picture in enumerate(chosen_pictures(source)):
    try:
        answer = answered(picture, network)
    except rc.ImageError as error:
        st.warning(f"**{picture.title}**: {error}", icon=":material/broken_image:")
        continue
    prediction, top = answer.prediction, answer.prediction.ranked(top_k)
    photo, seen, bars = st.columns((3, 2, 5), gap="medium")
    with photo:
        st.image(answer.shown, alt=picture.title.split(".")[0])
        st.markdown(picture.title)
    with seen:
        st.image(answer.seen, caption="What the network sees", width="stretch", alt="The picture after resize and crop")
    with bars:
        st.markdown(f"### {top[0].label}, {percent(top[0].probability)}")
        labels, probabilities = [scored.label for scored in top], [scored.probability for scored in top]
        st.plotly_chart(
            rc.figures.predictions_figure(labels, probabilities, theme_name()),
            theme=None, key=f"bars_{number}", config={"displayModeBar": False},
            alt="; ".join(f"{scored.label} {percent(scored.probability)}" for scored in top),
        )  # fmt: skip
        st.caption(
            f"{prediction.duration_ms:.1f} ms on {prediction.device} in {prediction.precision}, {prediction.model}"
        )

prose("classify_try")
how("classify_how", rc.decode_image, rc.Classifier.predict)
next_pages(
    ("pages/architecture.py", "The layers that the picture passes through"),
    ("pages/bottleneck.py", "Why the deep ones squeeze"),
)
