"""The frame that every page has: question, answer, what to try, how it is computed, where to go."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.pages_manager import PagesManager

import resnet_core as rc
from pages._server import ROUTER_HAS_RUN
from pages.lesson.glossary import explain_anew, say
from resnet_core.notation import percent as percent
from resnet_core.notation import unbroken as unbroken

PROSE = Path(__file__).parent.parent / "assets" / "prose"
PROSE_WIDTH = 700

# st.html removes SVG. The drawing is ours and escaped; nothing a visitor types goes into it.
_DRAWING = st.components.v2.component(
    "drawing",
    html="<div class='drawing'></div>",
    js="export default ({data, parentElement}) => { parentElement.querySelector('.drawing').innerHTML = data; }",
)


# Streamlit writes white on the accent, which is too light for that in the dark theme.
_DARK_ON_ACCENT = f"""<style>
button[data-testid="stBaseButton-primary"]:enabled, [data-testid="stMultiSelect"] [data-tag],
[data-testid="stMultiSelect"] [data-tag] * {{ color: {rc.figures.palette("dark")["page"]} !important; }}
</style>"""


def theme_name() -> str:
    """ "light" or "dark", what the visitor sees now; "light large" or "dark large" in presenter view."""
    name = "dark" if st.context.theme.type == "dark" else "light"
    return f"{name} large" if presenting() else name


def presenting() -> bool:
    """Whether the page fills a wall: `present=1`."""
    from pages._links import linked  # which itself writes with this module

    return linked("present") == "1"


def header(question: str, answer: str) -> None:
    """The page's question as its title, and the answer in a sentence."""
    through_the_router()
    explain_anew()
    if theme_name().startswith("dark"):
        st.html(_DARK_ON_ACCENT)
    st.title(question, anchor=False)
    if answer:
        with st.container(width=PROSE_WIDTH):
            say(answer, "header")


def through_the_router() -> None:
    """Start again through app.py where Streamlit runs this page on its own.

    It does so where app.py has not begun as the server (`_server.route_ourselves`) nor run once, as in a test: then it
    takes the folder pages/ for its legacy kind of navigation and lists each file of it.
    """
    if PagesManager.uses_pages_directory and not ROUTER_HAS_RUN.is_set():
        PagesManager.uses_pages_directory = False
        st.rerun()


def prose(name: str, **numbers: Any) -> None:
    """Teaching text from assets/prose, its words explained at first use; `$name` in it becomes a computed number."""
    safe = {key: str(number).replace("<", "&lt;") for key, number in numbers.items()}  # a file's name may be in one
    with st.container(width=PROSE_WIDTH):
        say(unbroken(Template((PROSE / f"{name}.md").read_text("utf-8")).substitute(safe)), name)


def aside() -> list[DeltaGenerator]:
    """Two columns: for the thing itself, and for what to try with it in the page's right third."""
    return st.columns([2.2, 1], gap="large")


def drawing(svg: str, key: str) -> None:
    """One of our SVG drawings, inline, so that it has the page's font and a name for screen readers."""
    _DRAWING(data=svg, key=key)


def chart(figure: Any, key: str, alt: str) -> None:
    """A Plotly figure with its own look, without Streamlit's and without a row of tools; `alt` says it in words."""
    st.plotly_chart(figure, theme=None, key=key, config={"displayModeBar": False}, alt=alt)


def how(name: str, *functions: Callable[..., Any], **numbers: Any) -> None:
    """How the page's numbers are computed: text with citations, and the source of the functions that made them."""
    st.subheader("How it is computed", anchor=False)
    prose(name, **numbers)
    how_made(*functions)


def how_made(*functions: Callable[..., Any]) -> None:
    """The source of functions, each behind a click."""
    for function in functions:
        _source(function)


@st.fragment
def _source(function: Callable[..., Any]) -> None:
    """The code of a function, sent and coloured only once someone opens it."""
    name = function.__name__
    shown = st.expander(
        f"Source of `{name}`", icon=":material/code:", key=f"source_{function.__qualname__}", on_change="rerun"
    )
    if shown.open:
        shown.code(inspect.getsource(function), language="python")


def next_pages(*links: tuple[str, str] | tuple[str, str, dict[str, str]]) -> None:
    """Where to go next: (page file, label), with what the link's parameters say as a third."""
    st.subheader("Where to go next", anchor=False)
    with st.container(horizontal=True):
        for page, label, *asked in links:
            query = asked[0] if asked else None
            st.page_link(page, label=label, icon=":material/arrow_forward:", query_params=query)


def literal(text: object) -> str:
    """What a visitor, a link or a file says, for a place that reads Markdown: seen as it was written.

    A word that can be an address, an icon or an emoji becomes code, for Streamlit makes those also of escaped letters.
    """
    words = (verbatim(word) if _NAMES.search(word) else _MARKS.sub(r"\\\g<0>", word) for word in str(text).split())
    return re.sub(r"^(\d*)([#+.)-])", r"\1\\\2", " ".join(words))  # no heading and no list


_NAMES = re.compile(r":\S|@|www\.", re.IGNORECASE)
_MARKS = re.compile(r"[\\`*\[\]<>$~]|(?<!\w)_|_(?!\w)|&(?=[#\w])")


def verbatim(text: object) -> str:
    """The same as a span of code, for a value as a whole. No backtick in it ends the span: the fence is longer."""
    line = " ".join(str(text).split()) or "''"
    fence = "`" * (1 + max(map(len, re.findall("`+", line)), default=0))
    return f"{fence} {line} {fence}" if "`" in line else f"{fence}{line}{fence}"


def digits(value: object) -> str:
    """A whole number with separators, another one to four digits, text as it is."""
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.4g}" if isinstance(value, float) else str(value)
