"""Start: two questions about depth, asked before they are answered, and the path from there. No torch, no Plotly."""

import streamlit as st

import resnet_core as rc
from pages._caches import recordings
from pages._layout import drawing, header, literal, prose, theme_name
from pages.lesson.foretelling import foretelling
from pages.lesson.path import begin_path, path_list
from resnet_core.anatomy.papers.published import TABLE_6

header("Does a deeper network make fewer mistakes?", "")
theme, answered = theme_name(), 0
try:
    runs = list(recordings().values())
    answered = foretelling(runs, theme)
    seen = len(runs[0].epochs)
    said = [
        f"CIFAR-10, small photos of ten kinds. Each network was trained once by us, and saw its photos {seen} times."
    ]
    if answered:
        said.append(
            "Hollow marks: test errors in the paper (He et al. 2015; plain read off Figure 6, residual from Table 6)."
        )
    if answered > 1:
        deepest = TABLE_6[-1]
        said.append(f"Depth helps only so far: {deepest.printed}, names {deepest.top1} % of new photos wrong.")
    st.caption(" ".join(said))
except rc.DataError as error:
    st.error(literal(error), icon=":material/broken_image:")
if answered:
    begin_path()
    blocks, words = st.columns([1.2, 1], gap="large")
    with blocks:
        drawing(rc.figures.blocks_drawing(theme), "blocks")
    with words:
        st.markdown("The same weights, one addition more. It costs no parameter.")
        if answered > 1:
            prose("home")
            st.page_link("pages/race.py", label="See it happen: the race", icon=":material/arrow_forward:")
st.space(16)
path_list()
