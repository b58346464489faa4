"""What a server does between two runs of a page: it collects garbage, but not after each of them."""

import threading
from types import SimpleNamespace

from streamlit.runtime.scriptrunner import script_runner

from pages._server import Sparing, collect_sparingly


def test_a_collection_takes_a_tenth_of_the_time_at_most():
    now, done = SimpleNamespace(s=0.0), []

    def collect(generation):
        done.append((generation, now.s))
        now.s += 0.2
        return 7

    sparing = Sparing(collect, lambda: now.s)
    assert sparing(2) == 7
    for now.s in (0.2, 1.0, 1.9):
        assert sparing(2) == 0
    now.s = 2.1
    assert sparing(2) == 7
    assert done == [(2, 0.0), (2, 2.1)]


def test_who_comes_while_another_thread_collects_does_not_wait_for_it():
    inside, let_go = threading.Event(), threading.Event()

    def collect(_):
        inside.set()
        return int(let_go.wait(20))

    sparing = Sparing(collect)
    first = threading.Thread(target=sparing, args=(2,))
    first.start()
    assert inside.wait(20)
    assert sparing(2) == 0
    let_go.set()
    first.join(20)


def test_streamlit_collects_through_it(monkeypatch):
    monkeypatch.setattr(script_runner, "gc", script_runner.gc)
    collect_sparingly()
    assert isinstance(script_runner.gc.collect, Sparing)
    script_runner.gc.collect(0)
