"""What goes along from page to page: each press of a clicker is heard once, and in its order."""

import streamlit as st

from pages.frame import carried


class State(dict):
    """A visit's state, without a browser."""

    __getattr__ = dict.__getitem__


def test_a_press_onward_and_one_back_that_arrive_together_are_two_presses(monkeypatch):
    heard, moves = [], {"visit": "one", "pressed": "+-"}
    monkeypatch.setattr(st, "session_state", State(presenter_bar={"moves": moves}, _presenter="one"))
    monkeypatch.setattr(carried, "go", lambda *presses: heard.append(presses))
    carried._take(on_lesson=True)
    moves["pressed"] += "-"
    carried._take(on_lesson=True)
    moves.update(visit="another", pressed="++")
    carried._take(on_lesson=True)
    assert heard == [(True, False), (False,)]
