"""The list of networks says what matters; a thousand classes are offered once; where no camera is, there is a field."""

import pytest
import streamlit as st

from pages.photo.camera import has_camera
from resnet_core.weights import library
from resnet_core.weights.record import DEFAULT_WEIGHTS
from tests.weights_server import offered, serving


@pytest.fixture(autouse=True)
def nothing_fetched(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path / "torch"))
    monkeypatch.delenv("RESNET_WEIGHTS_DIR", raising=False)


def lines(app):
    lines = [line.replace("\u00a0", " ") for line in app.selectbox(key="weights").options]
    return {line.partition(" · ")[0]: line for line in lines}


def test_a_line_says_whether_it_is_here_and_what_it_can_do(open_page):
    found = lines(open_page("classify"))
    assert found["cifar_resnet20"] == "cifar_resnet20 · bundled · 10 classes · 32 px · 86.8 % right · 1.1 MB"
    assert found["resnet18 V1"] == "resnet18 V1 · fetch · 1,000 classes · 224 px · 69.8 % right · 46.8 MB"
    assert max(line.index(" classes") for line in found.values()) <= 38, "a phone shows the line up to here"
    names = list(found)
    assert names[0] == DEFAULT_WEIGHTS
    groups = [line.split(" · ")[1].split(",")[0] for line in found.values()]
    assert groups == sorted(groups, key=["bundled", "fetch"].index), "each group stands together"


def test_where_nothing_may_be_fetched_the_list_says_not_here(open_page, monkeypatch):
    monkeypatch.setenv("RESNET_DOWNLOADS", "off")
    app = open_page("classify")
    assert "resnet18 V1 · not here · 1,000 classes · " in lines(app)["resnet18 V1"]
    assert not [button for button in app.button if button.key == "thousand"]


def test_a_link_still_says_a_network_by_its_name_alone(open_page):
    app = open_page("classify", weights="cifar_resnet20")
    assert app.selectbox(key="weights").value == "cifar_resnet20"
    app.selectbox(key="weights").set_value(DEFAULT_WEIGHTS).run()
    assert "weights" not in app.query_params
    app.selectbox(key="weights").set_value("cifar_resnet20").run()
    assert app.query_params["weights"] == "cifar_resnet20"


def test_the_thousand_classes_are_offered_until_they_are_declined_and_nothing_is_asked(open_page, monkeypatch):
    monkeypatch.setattr(library, "download", lambda *_, **__: pytest.fail("nothing was to be fetched"))
    app = open_page("classify")
    assert "which knows 1,000 classes" in app.button(key="thousand").label
    app.button(key="not_thousand").click().run()
    assert not [button for button in app.button if button.key == "thousand"]
    app.run()
    assert not [button for button in app.button if button.key == "thousand"]


def test_taking_the_offer_fetches_and_chooses_them(open_page, words, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    theirs = library.published_weights
    with serving("stalls") as url:
        here = offered(url)  # the test's own resnet18 stands for what pytorch.org serves
        listed = lambda folder=None: [here if w.name == here.name else w for w in theirs(folder)]  # noqa: E731
        monkeypatch.setattr(library, "published_weights", listed)
        monkeypatch.setattr("pages.photo.thousand.OFFERED", here.name)
        st.cache_data.clear()
        app = open_page("classify")
        app.button(key="thousand").click().run()
        assert not app.exception
        assert app.selectbox(key="weights").value == here.name
        assert f"Until {here.name} is here, you see {DEFAULT_WEIGHTS}" in words(app)
        app.button(key="cancel_download").click().run()


@pytest.mark.parametrize(
    ("url", "has_one"),
    [
        ("http://localhost:8501/classify", True),
        ("http://127.0.0.1:8501/", True),
        ("http://127.8.0.1/", True),
        ("http://[::1]:8501/classify", True),
        ("http://app.localhost/", True),
        ("https://resnet.example.org/classify", True),
        (None, True),
        ("http://192.168.1.20:8501/classify", False),
        ("http://resnet.example.org/", False),
        ("http://localhost.example.org/", False),
        ("http://[fe80::1", False),
    ],
)
def test_a_browser_lends_its_camera_to_https_and_to_its_own_machine(url, has_one):
    assert has_camera(url) is has_one


def test_without_a_camera_the_source_is_the_phones_own_field(open_page, monkeypatch):
    monkeypatch.setattr("pages.photo.pictures.has_camera", lambda url: False)
    app = open_page("classify", source="camera")
    assert app.file_uploader(key="shot").label == "Take a photo or choose one"
    assert list(app.file_uploader(key="shot").proto.type) == ["image/*"]
    assert not app.get("camera_input")
