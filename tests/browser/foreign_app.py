"""The explorer around torchvision's resnet50, for a test in a browser: `streamlit run tests/browser/foreign_app.py`."""

import streamlit as st
import torch
import torchvision

import resnet_core as rc
from pages._layout import theme_name
from pages.network.diagram import explorer


@st.cache_resource
def drawn() -> tuple[dict, dict]:
    """All levels of the drawing, and the way through it."""
    with torch.device("meta"):
        trace = rc.trace_model(torchvision.models.resnet50())
    return rc.figures.diagram_payload(trace), rc.figures.journey_payload(trace)


def page() -> None:
    """The drawing alone."""
    st.title("torchvision's resnet50")
    explorer(*drawn(), theme_name())


st.set_page_config(layout="wide")
st.navigation([st.Page(page, title="Foreign", url_path="foreign", default=True)]).run()
