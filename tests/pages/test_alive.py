"""The drawing with a picture in it: layers of what is open, the gradient's shares, and what does not fit is said."""

import json

import pytest

import resnet_core as rc
from resnet_core.inference.samples import load_sample


def living(app):
    """What the drawing was given of the picture."""
    sent = (json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json)
    return next(data["alive"] for data in sent if isinstance(data, dict) and "diagram" in data)


@pytest.fixture
def open_alive(open_page):
    def run(**query):
        asked = {"model": "cifar_resnet20", "weights": "cifar_resnet20", "size": "32", "alive": "true", "sample": "car"}
        return open_page("architecture", **asked | query)

    return run


def test_nothing_is_computed_unless_a_picture_is_sent(open_page):
    assert living(open_page("architecture", model="cifar_resnet20")) is None


def test_blocks_and_the_layers_of_what_is_open_show_what_they_put_out(open_alive):
    parts = living(open_alive(open="layer2.0"))["parts"]
    network = rc.Classifier.load("cifar_resnet20")
    blocks = {path for path, _ in network.model.residual_blocks()}
    assert blocks | {"stem", "layer1", "layer2.0.conv1", "layer2.0.add"} <= set(parts)
    assert "layer1.0.conv1" not in parts
    uri, count, words, back = parts["layer2.0.add"]
    assert uri.startswith("data:image/png")
    assert (count, back) == (6, "")
    assert words.startswith("Strongest channels: ")


def test_backwards_each_arc_has_its_measured_share(open_alive):
    app = open_alive(way="backward")
    back = living(app)["back"]
    network = rc.Classifier.load("cifar_resnet20")
    split = {part.path: part.identity_share for part in rc.block_flow(network, load_sample("car"))}
    assert back == pytest.approx(split, abs=1e-4)
    _, _, _, words = living(app)["parts"]["layer1.1"]
    assert f"{split['layer1.1'] * 100:.1f}\u00a0% came back through the shortcut" in words


def test_another_network_than_the_picture_s_is_offered_in_the_drawing(open_alive, words):
    app = open_alive(model="resnet50", size="224")
    assert living(app) is None
    said = words(app).replace("\\", "").replace("`", "")
    assert "cifar_resnet20 at 32×32 pixels, the drawing shows resnet50 at 224×224" in said
    app.button(key="draw_travelling").click().run()
    assert app.selectbox(key="model").value == "cifar_resnet20"
    assert living(app)["parts"]


def test_the_way_of_a_link_that_is_not_offered_is_said(open_alive):
    app = open_alive(way="sideways")
    assert "way='sideways'" in app.warning[0].value
