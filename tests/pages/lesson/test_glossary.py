"""The glossary: which words, where they are explained, and that no word of a page's prose is left out."""

import re
from html import unescape
from pathlib import Path
from types import SimpleNamespace

import pytest

from pages.lesson import glossary as module
from pages.lesson.glossary import EXPLAINED, LEFT_ALONE, explained, glossary, word_list

ROOT = Path(__file__).parents[3]
# Words that a review of all pages found unexplained.
JARGON = (
    "convolution", "channel", "stride", "padding", "batch norm", "filter", "groups", "cardinality", "checkpoint",
    "fan-out", "one-cycle", "Nesterov", "label smoothing", "augmentation", "pre-activation", "bf16", "option A",
    "logits", "conv2_x",
)  # fmt: skip
TERM = re.compile(
    r'<dfn class="term" tabindex="0" aria-describedby="([\w-]+)">(.*?)</dfn><span class="meaning".*?</span>'
)
PAGES = [
    ("home", {}), ("basics", {}), ("basics", {"view": "Batch norm"}), ("race", {}), ("race", {"view": "Recorded"}),
    ("shortcut", {}), ("why", {}), ("why", {"view": "Cures"}), ("why", {"view": "Forgetting"}), ("architecture", {}),
    ("bottleneck", {}), ("variants", {}), ("build", {}), ("classify", {}), ("bug_lab", {}), ("published", {}),
]  # fmt: skip


@pytest.fixture(autouse=True)
def visit(monkeypatch):
    """A visit of its own, on a page that has said nothing yet."""
    fake = SimpleNamespace(session_state={EXPLAINED: {}})
    monkeypatch.setattr(module, "st", fake)
    return fake


def test_the_words_that_were_found_unexplained_are_in_it():
    forms = {form.lower() for word in glossary().values() for form in word.forms}
    assert [word for word in JARGON if word.lower() not in forms] == []
    assert 30 <= len(glossary()) <= 50


def test_each_word_is_one_or_two_short_sentences_and_no_form_has_two():
    forms = [form.lower() for word in glossary().values() for form in word.forms]
    assert len(forms) == len(set(forms))
    for word in glossary().values():
        assert word.means.endswith("."), word.name
        assert len(word.means) <= 170, word.name
        assert not set("<>&$`*") & set(word.means), word.name


def test_a_word_is_explained_where_a_page_first_says_it_and_only_there():
    first = explained("Two filters make two channels, and each Filter has weights.", "one")
    assert [name for name, _ in TERM.findall(first)] == ["word-filter", "word-channel"]
    assert first.startswith('Two <dfn class="term" tabindex="0" aria-describedby="word-filter">filters</dfn>')
    assert TERM.sub(r"\2", first) == "Two filters make two channels, and each Filter has weights."
    assert explained("A filter.", "two") == "A filter."


def test_the_same_part_explains_it_again_when_it_is_drawn_again():
    assert explained("A filter.", "one") == explained("A filter.", "one")


@pytest.mark.parametrize(
    "text",
    [
        "`filter`",
        "$$filter$$",
        "[a filter](https://example.org/filter)",
        "### The filter",
        "prefilter",
        "filter-wise",
        r"$\mathrm{relu}\left(\sum_k" "\n" r"stride\right)$",
    ],
)
def test_code_formulas_links_and_headings_are_left_alone(text):
    assert explained(text, "one") == text


def test_the_longest_form_counts():
    assert [name for name, _ in TERM.findall(explained("With batch norm, a batch is normed.", "one"))] == [
        "word-batch-norm", "word-batch",
    ]  # fmt: skip


def test_the_list_holds_every_word_in_order():
    names = [unescape(name) for name in re.findall("<dt>(.*?)</dt>", word_list())]
    assert names == sorted(glossary(), key=str.lower)


def words_in(text):
    """Names of the glossary's words in a text, without code, formulas, links and headings."""
    pattern, of_form = module._pattern()
    return {of_form[found.lower()].name for found in pattern.findall("\n".join(LEFT_ALONE.split(text)[::2]))}


@pytest.mark.parametrize(("name", "query"), PAGES, ids=lambda part: part if isinstance(part, str) else part.get("view"))
def test_each_word_of_a_pages_prose_is_explained_once(open_page, monkeypatch, name, query):
    monkeypatch.undo()
    monkeypatch.setenv("RESNET_WARM_UP", "off")
    app = open_page(name, **query)
    if name == "home":
        app.session_state["_foretold"] = {"plain": 8.0, "residual": 6.5}  # its prose comes after the second guess
        app.run()
    prose = [element.value for element in app.markdown if element.proto.allow_html]
    assert prose
    told = [key for text in prose for key, _ in TERM.findall(text)]
    assert len(told) == len(set(told))
    said = set().union(*(words_in(TERM.sub(r"\2", text)) for text in prose))
    assert {glossary()[word].key for word in said} == set(told)


def test_no_number_that_a_page_computes_becomes_an_element(monkeypatch, tmp_path):
    from pages import _layout

    (tmp_path / "hostile.md").write_text("Here: $title")
    said = []
    monkeypatch.setattr(_layout, "PROSE", tmp_path)
    monkeypatch.setattr(_layout, "say", lambda text, owner: said.append(text))
    _layout.prose("hostile", title="<img src=x onerror=alert(1)>")
    assert said == ["Here: &lt;img src=x onerror=alert(1)>"]
