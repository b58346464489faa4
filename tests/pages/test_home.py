"""Start asks, remembers, and leads on."""

import json

import pytest
import streamlit as st

import resnet_core as rc

BOTH = {"plain": 8.0, "residual": 6.5}


def asked(app):
    """What the drawing with the handles was given; nothing where it is not drawn."""
    return [json.loads(one.proto.json) for one in app.get("bidi_component") if "foretelling" in one.proto.id]


def test_home_asks_and_tells_nothing_before_there_is_a_guess(open_page, words):
    app = open_page("home")
    assert app.title[0].value == "Does a deeper network make fewer mistakes?"
    assert asked(app)[0]["guesses"] == {}
    assert "idea in four sentences" not in words(app)
    assert "residual" not in words(app)


@pytest.mark.parametrize(("guesses", "told"), [({"plain": 8.0}, False), (BOTH, True)])
def test_a_guess_is_remembered_for_the_visit_and_the_idea_comes_after_the_second(open_page, words, guesses, told):
    app = open_page("home")
    app.session_state["_foretold"] = guesses
    app.run()
    assert asked(app)[0]["guesses"] == guesses
    assert ("idea in four sentences" in words(app)) is told
    assert "The same weights, one addition more." in words(app)
    assert not app.query_params
    app.switch_page("pages/bottleneck.py").run()
    app.switch_page("pages/home.py").run()
    assert asked(app)[0]["guesses"] == guesses


def test_the_path_is_one_link_and_one_sentence_a_step(open_page, words):
    app = open_page("home")
    steps = [link.proto for link in app.get("page_link")]
    assert [step.label for step in steps][:3] == ["1. Start, seen", "2. Basics", "3. Race"]
    assert len(steps) == 8
    assert all("path=1" in step.query_string for step in steps)
    assert "Say what goes wrong as plain networks get deeper (degradation), and which curve shows it." in words(app)


def test_without_recorded_runs_the_path_is_still_there(open_page, monkeypatch, words):
    from resnet_core.lab.runs import recorded

    def damaged(*_):
        raise rc.DataError("plain.json is no recorded run. Remove it or record it again.")

    st.cache_resource.clear()
    monkeypatch.setattr(recorded, "recorded_runs", damaged)
    app = open_page("home")
    assert "is no recorded run" in app.error[0].value
    assert len(app.get("page_link")) == 8
    st.cache_resource.clear()


def test_home_answers_its_first_visit_without_torch_or_plotly(fresh_python):
    loaded = fresh_python(
        "import os, sys\n"
        "os.environ['RESNET_WARM_UP'] = 'off'\n"
        "from streamlit.testing.v1 import AppTest\n"
        "for name in [n for n in sys.modules if n.startswith('plotly')]:  # AppTest itself brings it\n"
        "    del sys.modules[name]\n"
        "app = AppTest.from_file('app.py', default_timeout=60).run()\n"
        "assert not app.exception, app.exception\n"
        "print(sorted({'torch', 'torchvision', 'plotly'} & set(sys.modules)))"
    )
    assert loaded.strip().endswith("[]")


@pytest.mark.slow
def test_what_the_libraries_hold_is_never_collected(fresh_python):
    """Streamlit collects after each run; 100,000 objects take it some 0.1 s, in which it answers nobody."""
    counted = fresh_python(
        "import gc\n"
        "from pages import _server\n"
        "_server.load_torch()\n"
        "kept = gc.get_freeze_count()\n"
        "_server.classifier('cifar_resnet20')\n"
        "print(kept, gc.get_freeze_count() - kept, len(gc.get_objects()))\n"
    )
    warm, inference, rest = map(int, counted.split())
    assert warm > 100_000
    assert inference > 5_000  # OpenVINO and the network, loaded with the first answer
    assert rest < 10_000


def test_the_pages_are_looked_for_once_in_a_visit_and_lead_on(open_page, monkeypatch):
    looked, page = [], st.Page
    monkeypatch.setattr(st, "Page", lambda *args, **more: looked.append(args) or page(*args, **more))
    app = open_page("bottleneck")
    count = len(looked)
    assert count == len({path for path, *_ in looked}) > 1
    app.switch_page("pages/architecture.py").run()
    assert app.title[0].value == "What is inside a ResNet, layer by layer?"
    assert len(looked) == count
