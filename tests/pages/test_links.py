"""The link's own parameters against a browser that lags behind."""

from types import SimpleNamespace

import pytest

from pages import _links
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
