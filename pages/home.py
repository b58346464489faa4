"""Start: the degradation problem and the one idea, in one screen. No torch, no Plotly."""

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, drawing, header, prose
from pages._shared import theme_name

FIGURE_6_PLAIN = {20: 9.5, 32: 10, 44: 12, 56: 13.5, 110: 60}
TABLE_6_RESNET = {20: 8.75, 32: 7.51, 44: 7.17, 56: 6.97, 110: 6.43}

header(
    "Why does a deeper network get worse, and what fixes it?",
    "Past some twenty layers, a plain network gets worse with depth, even on the pictures it trains on. "
    "Let each block **add its input to its result**, and a hundred layers train.",
)

theme = theme_name()
problem, idea = st.columns(2, gap="large")
with problem:
    drawing(rc.figures.degradation_drawing(FIGURE_6_PLAIN, TABLE_6_RESNET, theme), "degradation")
    st.caption(
        "He et al. 2015: residual networks from Table 6, plain ones read off Figure 6. Same layers, data and training."
    )
with idea:
    drawing(rc.figures.blocks_drawing(theme), "blocks")
    st.caption("The same weights, one addition more. It costs no parameter.")

st.subheader("What do you want to know?", anchor=False)
questions = (
    ("See", "pages/architecture.py", "What is inside a ResNet, layer by layer?"),
    (
        "See",
        "pages/bottleneck.py",
        f"Why {rc.compare_bottleneck().bottleneck_params:,} weights and not {rc.compare_bottleneck().basic_params:,}?",
    ),
    ("Try", "pages/classify.py", "What does a ResNet see in your photo?"),
)
with st.container(width=PROSE_WIDTH):
    for _, page, question in questions:
        st.page_link(page, label=question, icon=":material/arrow_forward:")
prose("home")
