"""All words of the glossary, as a list that can be printed."""

import streamlit as st

from pages.lesson.glossary import word_list


def show_words() -> None:
    """The list, in the order of the alphabet."""
    st.html(word_list())
