"""The link's own parameters against a browser that lags behind."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from pages import _links
from pages._layout import literal, verbatim
from pages._links import hear_link, link, linked


@pytest.fixture
def run(monkeypatch):
    """Begins a run with the link that the browser sends: run(open="layer1"). Gives what stands in the link."""
    fake, context = SimpleNamespace(session_state={}, query_params={}), SimpleNamespace(is_history_navigation=False)
    monkeypatch.setattr(_links, "st", fake)
    monkeypatch.setattr(_links, "get_script_run_ctx", lambda suppress_warning: context)

    def begin(back=False, **query):
        context.is_history_navigation, fake.query_params = back, query
        return query

    return begin


def test_a_link_is_heard_and_so_is_going_back(run):
    run(open="layer1")
    assert hear_link("open") == "layer1"
    run(open="layer1")
    link("open", "layer2")
    assert hear_link("open") == "layer2"
    run(back=True, open="layer1")
    assert hear_link("open") == "layer1"
    run(back=True)
    assert hear_link("open") == linked("open") == ""
    run(open="layer9")  # a link of the visitor's own
    assert hear_link("open") == "layer9"


def test_a_browser_that_has_not_heard_undoes_nothing(run):
    run()
    hear_link("open")
    run()
    link("open", "layer1")
    late = run()  # the visitor did something else before the browser heard of layer1, and the run before was cut off
    assert hear_link("open") == "layer1"
    assert late == {"open": "layer1"}
    run(open="layer1")
    link("open", "layer2")
    hear_link("open")
    run(open="layer1")
    link("open", "")
    assert hear_link("open") == ""
    late = run(open="layer2")
    assert hear_link("open") == ""
    assert late == {}


def test_a_value_that_is_not_offered_is_taken_out_of_the_link(run):
    shown = run(open="attic")
    assert hear_link("open") == "attic"
    link("open", "")
    assert (hear_link("open"), shown) == ("", {})


def test_a_browser_that_had_heard_and_got_an_old_link_again_undoes_nothing(run):
    """A run that began with an old link writes it back into the browser beside what it changes itself."""
    run(stop="conv3")
    hear_link("stop")
    link("stop", "bn1")
    run(stop="bn1")
    assert hear_link("stop") == "bn1"
    late = run(stop="conv3")
    assert hear_link("stop") == "bn1"
    assert late == {"stop": "bn1"}


PAGES = sorted(path.stem for path in (Path(__file__).parents[2] / "pages").glob("[!_]*.py"))


def widgets_of_the_link(app):
    """The widgets of a page whose values stand in its link, by name."""
    queue, found = [app.main], {}
    while queue:
        queue += getattr(queue[0], "children", {}).values()
        element = queue.pop(0)
        if name := getattr(getattr(element, "proto", None), "query_param_key", ""):
            found[name] = element
    return found


def test_a_link_is_read_once_for_all_that_a_fold_says():
    """A seed may be one of ten thousand, and forty visitors may come at once."""
    from streamlit.runtime.state import query_params_proxy
    from streamlit.testing.v1 import AppTest

    def page():
        import streamlit as st

        from pages._links import standing

        st.session_state.chosen = standing({"seed": 0, "norm": True}, {"seed": range(10_000), "norm": (True, False)})

    app = AppTest.from_function(page)
    app.query_params["seed"] = "9999"
    read = []
    with pytest.MonkeyPatch.context() as patch:
        inner = query_params_proxy.QueryParamsProxy.__getitem__
        patch.setattr(query_params_proxy.QueryParamsProxy, "__getitem__", lambda *a: read.append(a) or inner(*a))
        app.run()
    assert app.session_state.chosen == {"seed": 9999, "norm": True}
    assert len(read) < 10


@pytest.mark.slow
def test_a_name_that_pages_share_has_values_of_one_kind(open_page):
    """Streamlit carries what stands in the link from page to page by name. A word is fatal to a switch."""
    kinds = {}
    for page in PAGES:
        for name, widget in widgets_of_the_link(open_page(page)).items():
            kinds.setdefault(name, {}).setdefault(type(widget.value).__name__, set()).add(page)
    assert {"model", "size", "norm"} <= kinds.keys()
    assert {name: found for name, found in kinds.items() if len(found) > 1} == {}


HOSTILE = (
    "![](http://example.org)", "http://example.org/login", "www.example.org", "a@example.org", "$x$ **y** :smile:",
)  # fmt: skip


def outside_code(markdown):
    """What is left of a text when its spans of code are taken out."""
    return re.sub(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown)


@pytest.mark.usefixtures("through_the_router")
@pytest.mark.parametrize("page", [page for page in PAGES if page != "home"])
def test_nonsense_is_said_in_words_and_never_a_picture_or_a_link(open_page, words, page):
    names = widgets_of_the_link(open_page(page))
    said = words(open_page(page, **dict.fromkeys(names, " ".join(HOSTILE))))
    assert "offered here" in said
    said = outside_code(said)
    assert not re.search(r"(?<!\\)!\[|example\.org|(?<!\\)\$x|\*\*y|:smile:", said), said


def test_what_others_wrote_is_shown_as_it_is():
    assert literal("depths=(3, 4) and resnet34_a, 5 %") == "depths=(3, 4) and resnet34_a, 5 %"
    assert literal("[c][d] 2 * 3 $x$ _y_ <b> &lt; a`b") == r"\[c\]\[d\] 2 \* 3 \$x\$ \_y\_ \<b\> \&lt; a\`b"
    assert literal("\\[") == "\\\\\\["  # a backslash of theirs does not undo ours
    assert literal("1. a\n# b") == "1\\. a # b"
    assert literal("- a") == r"\- a"


def test_no_address_and_no_icon_stays_outside_code():
    for word in (*HOSTILE[:4], ":smile:", ":material/home:", ":red[a]", "WWW.example.org"):
        assert literal(f"See {word} there") == f"See `{word}` there"


def test_nothing_breaks_out_of_code():
    assert verbatim("a") == "`a`"
    assert verbatim("a`[b](http://c)``d\n\n# e") == "``` a`[b](http://c)``d # e ```"
    assert verbatim("") == "`''`"
