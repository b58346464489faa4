import json
from functools import cache
from pathlib import Path

import pytest

from pages import _server
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.pool import ClassifierPool
from resnet_core.weights.library import find_weights


@pytest.fixture(autouse=True)
def no_warm_up(monkeypatch):
    """Nothing loads PyTorch behind a test's back."""
    monkeypatch.setenv("RESNET_WARM_UP", "off")


@pytest.fixture(scope="session", autouse=True)
def libraries():
    """There from the beginning, and out of garbage collection, as on a server that has been up for a while."""
    _server.load_torch()


@pytest.fixture(scope="session", autouse=True)
def components():
    """The harness looks through all installed packages for components at each visit; they stay the same."""
    from streamlit.components.v2 import manifest_scanner

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture(autouse=True)
def bundled_networks(monkeypatch):
    """The networks that come with the project are the same for all tests: the first who asks for one makes it ready."""
    *others, _ = ClassifierPool.__init__.__defaults__
    monkeypatch.setattr(ClassifierPool.__init__, "__defaults__", (*others, _load))


def _load(name, device, precision):
    weights = find_weights(name)
    return (_loaded if weights.source == "bundled" else Classifier.load)(weights.name, device, precision)


_loaded = cache(Classifier.load)


@pytest.fixture
def open_page(root):
    """Opens a page through the router, as a visitor does: open_page("bottleneck", width="128")."""
    from streamlit.testing.v1 import AppTest

    def run(page, **query):
        app = AppTest.from_file(str(root / "app.py"), default_timeout=120).run()
        app.switch_page(f"pages/{page}.py")
        for name, value in query.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, app.exception
        return app

    return run


class _NoFolder(type(Path())):
    """A path that denies the folder pages/."""

    def exists(self):
        return self.name != "pages" and super().exists()


@pytest.fixture
def through_the_router(monkeypatch):
    """Every run of a page begins in app.py, as on a server: the harness would run the page's file alone."""
    monkeypatch.setattr("streamlit.runtime.pages_manager.Path", _NoFolder)


@pytest.fixture
def words():
    """All that a page says, a race's drawing included, in one string; with spaces that break where its own do not."""

    def read(app):
        kinds = ("title", "subheader", "markdown", "caption", "info", "warning", "error", "success", "metric")
        said = [f"{getattr(element, 'label', '')} {element.value}" for kind in kinds for element in getattr(app, kind)]
        sent = (json.loads(one.proto.json) for one in app.get("bidi_component") if '"how"' in one.proto.json)
        said += [words for race in sent for words in (race["how"], race["said"])]
        return "\n".join(said).replace("\u00a0", " ")

    return read


@pytest.fixture
def layer_list():
    """The list below Architecture's table: layer_list(app). It is made anew, with another key, for each layer."""
    return lambda app: next(box for box in app.selectbox if box.label == "Show the arithmetic of")
