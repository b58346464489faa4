"""Words that are explained where a page first says them: by pointer, focus and tap, and all of them as a list."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

import streamlit as st

import resnet_core as rc
from resnet_core.data import drawing_script

FILE = Path(__file__).parents[2] / "assets" / "glossary.toml"
EXPLAINED = "_explained"
# No word is explained in code, formulas, links, elements and headings.
LEFT_ALONE = re.compile(
    r"(`[^`]*`|\$\$.*?\$\$|\$(?:[^$\n]|\n(?!\n))*\$|!?\[[^\]]*\]\([^)]*\)|<[^>]*>|^#{1,6} .*?$)", re.S | re.M
)


@dataclass(frozen=True)
class Word:
    """A word of the glossary: its name, the forms in which it stands in a text, and what it means, in plain text."""

    name: str
    forms: tuple[str, ...]
    means: str

    @property
    def key(self) -> str:
        """Its name as part of an element's id."""
        return "word-" + re.sub(r"\W+", "-", self.name.lower())


@cache
def glossary() -> dict[str, Word]:
    """All words by name, as the file has them."""
    told = tomllib.loads(FILE.read_text("utf-8"))
    return {name: Word(name, tuple(one.get("forms", [name])), one["means"]) for name, one in told.items()}


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, Word]]:
    """What finds the words in a text, the longest form first, and the word of each form in small letters."""
    of_form = {form.lower(): word for word in glossary().values() for form in word.forms}
    forms = "|".join(map(re.escape, sorted(of_form, key=len, reverse=True)))
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.IGNORECASE), of_form


def explain_anew() -> None:
    """Nothing is explained yet on this page."""
    st.session_state[EXPLAINED] = {}


def say(text: str, owner: str) -> None:
    """Markdown of our own, with its words explained. Nothing that a visitor types may go into it.

    Args:
        owner: which part of the page says it, so that the same part explains the same words when it is drawn again.
    """
    st.markdown(explained(text, owner), unsafe_allow_html=True)


def explained(text: str, owner: str) -> str:
    """The text in which each word that this page has not explained yet carries its meaning."""
    owners: dict[str, str] = st.session_state.setdefault(EXPLAINED, {})
    here: set[str] = set()
    pattern, of_form = _pattern()

    def with_meaning(found: re.Match[str]) -> str:
        word = of_form[found[0].lower()]
        if word.name in here or owners.setdefault(word.name, owner) != owner:
            return found[0]
        here.add(word.name)
        return (
            f'<dfn class="term" tabindex="0" aria-describedby="{word.key}">{found[0]}</dfn>'
            f'<span class="meaning" role="tooltip" hidden id="{word.key}">{escape(word.means)}</span>'
        )

    parts = LEFT_ALONE.split(text)
    return "".join(part if number % 2 else pattern.sub(with_meaning, part) for number, part in enumerate(parts))


def word_list() -> str:
    """All words in the order of the alphabet, as HTML that can be printed."""
    rows = "".join(
        f"<div><dt>{escape(word.name)}</dt><dd>{escape(word.means)}</dd></div>"
        for word in sorted(glossary().values(), key=lambda word: word.name.lower())
    )
    return f'<dl class="glossary">{rows}</dl>'


_LOOK = st.components.v2.component("glossary", html="<span hidden></span>", js=drawing_script("glossary.js"))


def glossary_look(theme: str) -> None:
    """How explained words look; to be called at the end of a page."""
    colours = rc.figures.palette(theme)
    names = {"ink": "ink", "muted": "muted", "line": "hairline", "page": "page", "accent": "residual"}
    values = "".join(f"--glossary-{name}:{colours[token]};" for name, token in names.items())
    _LOOK(data=f":root{{{values}}}\n{drawing_script('glossary.css')}", key="glossary_look")
