"""The app: page config, the ordered navigation, run(), and the few small routes beside the pages. Nothing else.

`streamlit run` imports this file once, as the server, and runs it anew as the main program for each visit.
"""

import streamlit as st

from pages._layout import theme_name
from pages._links import mend_back
from pages._server import (
    ROUTER_HAS_RUN,
    ask_nobody_for_our_address,
    collect_sparingly,
    route_ourselves,
    warm_up,
)
from pages.frame.carried import begin_page, end_page
from pages.lesson.glossary import glossary_look
from pages.lesson.path import path_line
from pages.room.routes import served_routes


def show_page() -> None:
    """The page that the visitor asks for."""
    st.set_page_config(page_title="ResNet explainer", page_icon="assets/icon.svg", layout="wide")
    st.logo("assets/logo.svg", size="large", icon_image="assets/icon.svg")

    if "doors" not in st.session_state:  # once in a visit: each page looks for its file. Visits can't share them, for a
        st.session_state.doors = {  # page that one of them has chosen is marked until it has run
            "": [st.Page("pages/home.py", title="Start", icon=":material/home:", default=True)],
            "Learn": [
                st.Page("pages/basics.py", title="Basics", icon=":material/grid_on:"),
                st.Page("pages/race.py", title="Race", icon=":material/speed:"),
                st.Page("pages/shortcut.py", title="Shortcut", icon=":material/add_circle:"),
                st.Page("pages/why.py", title="Why it works", icon=":material/lightbulb:"),
                st.Page("pages/lesson_plan.py", title="Lesson", icon=":material/school:", url_path="lesson"),
            ],
            "See": [
                st.Page("pages/architecture.py", title="Architecture", icon=":material/account_tree:"),
                st.Page("pages/bottleneck.py", title="Bottleneck", icon=":material/compress:"),
                st.Page("pages/variants.py", title="Variants", icon=":material/style:"),
                st.Page("pages/build.py", title="Build", icon=":material/construction:"),
            ],
            "Try": [
                st.Page("pages/classify.py", title="Classify", icon=":material/image_search:"),
                st.Page("pages/teach.py", title="Teach it", icon=":material/model_training:"),
            ],
            "Check": [
                st.Page("pages/bug_lab.py", title="Bug lab", icon=":material/bug_report:"),
                st.Page("pages/published.py", title="Published figures", icon=":material/fact_check:"),
            ],
            "Moved": [  # addresses that are views of other pages now
                st.Page("pages/compare.py", title="Compare", visibility="hidden"),
                st.Page("pages/degradation.py", title="Full length", visibility="hidden"),
                st.Page("pages/inside.py", title="Inside", visibility="hidden"),
            ],
        }
    page = st.navigation(st.session_state.doors)
    ROUTER_HAS_RUN.set()
    warm_up()
    begin_page(on_lesson=page.url_path == "lesson")
    path_line(page.url_path or "home")
    page.run()
    glossary_look(theme_name())
    mend_back()
    end_page()


if __name__ == "__main__":
    show_page()
else:
    ask_nobody_for_our_address()
    route_ourselves()
    collect_sparingly()
    app = st.App(__file__, routes=served_routes())
