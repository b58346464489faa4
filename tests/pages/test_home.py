import streamlit as st


def test_home_asks_the_question_and_links_to_the_pages(open_page, words):
    app = open_page("home")
    assert "Why does a deeper network get worse" in words(app)
    assert len(app.get("page_link")) >= 3


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
