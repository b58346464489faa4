"""The handout and the key to it, as they will be printed."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

import streamlit as st

from pages._layout import drawing
from pages.lesson.place import form_now
from pages.lesson.sheet import handout_html, key_html


def show_handout() -> None:
    """For who learns."""
    with st.container(key="sheet"):
        drawing(handout_html(form_now(), app_address(st.context.url or "")), "handout")


def show_key() -> None:
    """For who teaches."""
    with st.container(key="sheet"):
        drawing(key_html(form_now(), app_address(st.context.url or "")), "key")


def app_address(page: str) -> str:
    """The app's own address, as the visitor's browser has it: "http://host:8501/"."""
    parts = urlsplit(page)
    folder = parts.path.rstrip("/").removesuffix("/lesson")
    return urlunsplit(parts._replace(path=f"{folder}/", query="", fragment=""))
