from types import SimpleNamespace

import pytest

import resnet_core as rc
from pages import _links
from pages._links import link, linked
from pages.network import layer_by_layer
from pages.network import place as place_module


def test_a_link_to_a_part_opens_it_and_one_to_nothing_says_where_it_went(open_page):
    app = open_page("architecture", model="resnet152", open="layer3.20")
    assert not app.warning
    app = open_page("architecture", model="resnet18", open="layer3.99")
    assert "`layer3.99`" in app.warning[0].value
    assert "layer3 of resnet18" in app.warning[0].value


def test_the_table_shows_what_is_open_and_all_of_it_on_request(open_page):
    app = open_page("architecture", model="resnet152", open="layer3.20", below="Layers")
    assert len(app.dataframe[0].value) == 10
    app.toggle(key="follow").set_value(False).run()
    assert len(app.dataframe[0].value) == 515


def test_a_layer_chosen_below_opens_the_drawing_where_it_stands(open_page, layer_list):
    app = open_page("architecture", model="resnet50", below="Layers")
    layer_list(app).set_value("layer2.0.downsample.0").run()
    assert set(app.dataframe[0].value["block"]) == {0}
    assert set(app.dataframe[0].value["stage"]) == {"conv3_x"}


def test_another_variant_is_shown_whole_again(open_page):
    app = open_page("architecture", model="resnet152", open="layer3.20", below="Layers")
    app.selectbox(key="model").set_value("resnet18").run()
    assert not app.warning
    assert len(app.dataframe[0].value) == 69  # every call of resnet18


def stop(app):
    return app.session_state["_place"]["stop"]


def test_the_stop_of_a_link_is_where_the_picture_is(open_page):
    app = open_page("architecture", model="resnet152", stop="layer3.20")
    assert stop(app) == "layer3.20"
    assert not app.warning
    app.selectbox(key="model").set_value("resnet18").run()
    assert stop(app) == ""


def test_a_stop_that_is_not_on_the_way_is_said(open_page):
    app = open_page("architecture", model="resnet18", stop="layer9.1")
    assert "`layer9.1`" in app.warning[0].value
    assert "input" in app.warning[0].value


def test_a_chosen_layer_takes_the_picture_along(open_page, layer_list):
    app = open_page("architecture", model="resnet50", layer="layer2.0.conv2")
    assert stop(app) == "layer2.0.conv2"
    app = open_page("architecture", model="resnet50", layer="layer2.0.conv2", below="Layers")
    layer_list(app).set_value("layer2.0.downsample.0").run()
    assert stop(app) == "layer2.0.downsample.0"


def test_the_drawing_counts_in_the_unit_of_the_page(open_page, words):
    app = open_page("architecture", model="resnet18", unit="FLOPs", layer="conv1", below="Layers")
    sent = [element.proto.json for element in app.get("bidi_component")]
    assert any("236,027,904 FLOPs" in text for text in sent)
    assert not any(" MACs" in text for text in sent)
    assert "= 236,027,904" in words(app)


class State(dict):
    __getattr__ = dict.__getitem__


@pytest.fixture
def session(monkeypatch):
    """The state of a session without its page, for callbacks; the table and the list stand at conv1 of layer1.0."""
    state = SimpleNamespace(session_state=State(_listed=("layer1.0", "layer1.0.conv1")), query_params={})
    for module in (_links, place_module, layer_by_layer):
        monkeypatch.setattr(module, "st", state)
    return state.session_state


@pytest.fixture(scope="module")
def places():
    return rc.figures.diagram_payload(rc.trace_model("resnet18"))


CONV1 = ("layer1.0", "layer1.0.conv1")


def test_a_layer_of_the_list_leads_the_drawing(session, places):
    session["list"] = "layer2.0.conv2"
    layer_by_layer._take_listed(places, "list", CONV1, "layer1.0.conv1")
    assert linked("layer") == "layer2.0.conv2"
    assert (session["_place"]["open"], session["_place"]["stop"]) == ("layer2.0", "layer2.0.conv2")


@pytest.mark.parametrize("says", ["layer1.0.conv1", "layer2.0.conv2"])
def test_a_list_that_has_left_the_page_chooses_nothing(session, places, says):
    """A browser that has not heard that it is gone sends it once more."""
    session["_listed"] = ("layer1.1", "layer1.1.bn1")  # the visitor has gone on
    session["list"] = says
    layer_by_layer._take_listed(places, "list", CONV1, "layer1.0.conv1")
    assert linked("layer") == ""
    assert "_place" not in session


def report(session, opened, layer, turn, time, stop=""):
    at = {"name": "resnet18", "open": opened, "layer": layer, "stop": stop, "turn": turn, "time": time}
    session["explorer"] = {"at": at}
    place_module.take_place()
    return session["_place"]


def test_a_move_in_the_drawing_counts_once_and_sends_nothing_back(session):
    session["model"] = "resnet18"
    place_module.show_place("layer1.0", "")
    here = dict(session["_place"])
    assert report(session, "", "layer1.0.bn1", turn=1, time=10, stop="layer1.0.bn1") == here
    assert (linked("open"), linked("layer"), linked("stop")) == ("", "layer1.0.bn1", "layer1.0.bn1")
    link("open", "layer1")  # the visitor went on elsewhere
    report(session, "", "layer1.0.bn1", turn=1, time=10)
    assert linked("open") == "layer1"


def test_a_move_that_crosses_the_page_s_own_is_the_last(session):
    session["model"] = "resnet18"
    place_module.show_place("layer1.0", "")
    place_module.show_place("layer2.0", "layer2.0.conv1")  # still on its way to the browser
    assert report(session, "layer1.0", "layer1.0.bn1", turn=1, time=10, stop="layer1.0") == {
        "open": "layer1.0", "layer": "layer1.0.bn1", "stop": "layer1.0", "turn": 3,
    }  # fmt: skip
    assert linked("open") == "layer1.0"
