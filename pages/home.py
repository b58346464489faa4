"""Start: the degradation problem and the one idea, in one screen. No torch, no Plotly."""

import streamlit as st

import resnet_core as rc
from pages._caches import recordings
from pages._layout import PROSE_WIDTH, drawing, header, literal, prose, theme_name
from resnet_core.anatomy.papers.published import FIGURE_6, TABLE_6

header(
    "Why does a deeper network get worse, and what fixes it?",
    "Past some twenty layers, a plain network gets worse with depth, even on the pictures it trains on. "
    "Let each block **add its input to its result**, and a hundred layers train.",
)

try:
    recorded = list(recordings().values())
except rc.DataError as error:
    st.error(literal(error), icon=":material/broken_image:")
    recorded = []
theme = theme_name()
problem, idea = st.columns(2, gap="large")
with problem:
    drawing(rc.figures.degradation_drawing(FIGURE_6, TABLE_6, theme, recorded), "degradation")
    deepest, best_of_five = TABLE_6[-1], TABLE_6[-2]
    epochs = f"Above: this project's runs, {len(recorded[0].epochs)} epochs, one seed each. " if recorded else ""
    st.caption(
        f"CIFAR-10. {epochs}Published: He et al. 2015, residual networks from Table 6, plain ones read off Figure 6. "
        f"{best_of_five.printed}: begun at a lower learning rate, {best_of_five.note}. "
        f"Depth helps only so far: {deepest.printed}, have {deepest.top1} %."
    )
with idea:
    drawing(rc.figures.blocks_drawing(theme), "blocks")
    st.caption("The same weights, one addition more. It costs no parameter.")

st.subheader("What do you want to know?", anchor=False)
default = rc.compare_bottleneck()
questions = {
    "pages/architecture.py": "What is inside a ResNet, layer by layer?",
    "pages/bottleneck.py": f"Why {default.bottleneck_params:,} weights and not {default.basic_params:,}?",
    "pages/classify.py": "What does a ResNet see in your photo?",
    "pages/race.py": "Which one learns: plain or residual?",
}
with st.container(width=PROSE_WIDTH, gap="xsmall"):
    for page, question in questions.items():
        st.page_link(page, label=question, icon=":material/arrow_forward:")
prose("home")
