"""The link's own parameters against a browser that lags behind."""

from types import SimpleNamespace

import pytest

from pages import _links
from pages._links import hear_link, link, linked


@pytest.fixture
def run(monkeypatch):
    """Begins a run with the link that the browser sends: run(open="layer1"). Gives what stands in the link."""
    fake = SimpleNamespace(session_state={}, query_params={})
    monkeypatch.setattr(_links, "st", fake)

    def begin(**query):
        fake.query_params = query
        return query

    return begin


def test_a_link_is_heard_and_so_is_going_back(run):
    run(open="layer1")
    assert hear_link("open") == "layer1"
    run(open="layer1")
    link("open", "layer2")
    assert hear_link("open") == "layer2"
    run(open="layer2")  # the browser has heard
    assert hear_link("open") == "layer2"
    run(open="layer1")
    assert hear_link("open") == "layer1"
    run()
    assert hear_link("open") == linked("open") == ""


def test_a_browser_that_has_not_heard_undoes_nothing(run):
    run()
    hear_link("open")
    run()
    link("open", "layer1")
    hear_link("open")
    late = run()  # the visitor did something else before the browser heard of layer1
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


def test_a_run_that_was_cut_off_before_it_heard_takes_nothing_back(run):
    run()
    link("open", "layer1")  # a callback, and then the run is interrupted
    late = run()
    assert hear_link("open") == "layer1"
    assert late == {"open": "layer1"}
    run(open="layer9")  # a link of the visitor's own
    assert hear_link("open") == "layer9"
