"""Start: the degradation problem and the one idea, in one screen. No torch, no Plotly."""

import streamlit as st

import resnet_core as rc
from pages._layout import PROSE_WIDTH, drawing, header, prose, theme_name
from resnet_core.anatomy.papers.published import FIGURE_6, TABLE_6

header(
    "Why does a deeper network get worse, and what fixes it?",
    "Past some twenty layers, a plain network gets worse with depth, even on the pictures it trains on. "
    "Let each block **add its input to its result**, and a hundred layers train.",
)

theme = theme_name()
problem, idea = st.columns(2, gap="large")
with problem:
    drawing(rc.figures.degradation_drawing(FIGURE_6, TABLE_6, theme), "degradation")
    st.caption(
        "He et al. 2015: residual networks from Table 6, plain ones read off Figure 6. Same layers, data and training."
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
