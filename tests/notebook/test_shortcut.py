"""The addition as a widget: it answers what the drawing asks for, and goes where Python sends it."""

from base64 import b64decode

import numpy as np
import pytest
import torchvision

import resnet_core as rc


@pytest.fixture(scope="module")
def network():
    return rc.Classifier.load("cifar_resnet20")


@pytest.fixture
def widget(network):
    return rc.shortcut(network, "car", "conv4_x.2")


def asked(widget, **more):
    at = {"key": widget._still["key"], "block": widget.block, "channel": widget.channel, "first": 0, "have": True}
    at["turn"] = widget._moving["turn"]
    widget.set_state({"at": at | more})
    return widget._moving


def test_it_opens_on_a_block_by_path_or_by_name(network, widget):
    assert widget.block == rc.shortcut(network, "car", "layer3.2").block == "layer3.2"
    assert rc.shortcut(network, "car").block == "layer1.0"
    assert repr(widget) == f"Shortcut(cifar_resnet20, block='conv4_x.2', channel={widget.channel})"
    with pytest.raises(rc.InvalidSpecError, match=r"block='conv9_x.0' is no block of cifar_resnet20.*layer1.0"):
        rc.shortcut(network, "car", "conv9_x.0")


def test_its_values_are_those_of_the_addition(network, widget):
    block = widget._moving["block"]
    at = block["sent"].index(widget.channel)
    height, width = block["size"]
    whole = np.frombuffer(b64decode(block["x"]), np.int16).reshape(-1, height, width)
    terms = rc.addition(network, widget._scene.batch, "layer3.2")
    assert np.abs(whole[at] / 10 ** block["places"] - terms.x[widget.channel]).max() < 10 ** -block["places"]


def test_what_the_drawing_asks_for_comes_and_is_read_in_python(widget):
    sent = asked(widget)
    assert set(sent["sweeps"]) == {"layer3.2", ""}
    assert len(sent["fresh"]) == len(widget._still["blocks"]) == 9
    assert "value" not in sent or sent["value"] is None
    turn = sent["turn"]
    sent = asked(widget, block="layer2.1", channel=3)
    assert (widget.block, widget.channel, sent["turn"]) == ("layer2.1", 3, turn)
    value = asked(widget, value=["layer2.1.conv2", 3, 4, 5])["value"]
    assert value["at"] == [3, 4, 5]


def test_another_pictures_wishes_and_unknown_blocks_change_nothing(widget):
    before = widget._moving
    assert asked(widget, key="another") is before
    assert asked(widget, block="layer9.0") is before
    widget.block = "layer2.0"
    before = widget._moving
    assert asked(widget, block="layer3.2", turn=0) is before  # asked before Python moved the drawing
    assert widget.block == "layer2.0"


def test_python_moves_the_drawing(widget):
    widget.block = "conv3_x.0"
    assert (widget.block, widget._moving["open"], widget._moving["turn"]) == ("layer2.0", "layer2.0", 1)
    widget.channel = 5
    assert (widget._moving["channel"], widget._moving["turn"]) == (5, 2)
    with pytest.raises(rc.InvalidSpecError, match=r"layer2\.0 has those from 0 to 31"):
        widget.channel = 32


def test_a_plain_network_has_its_h_of_x_in_place_of_the_addition(network, widget):
    assert "<svg" in widget.still_html()
    plain = rc.Classifier(rc.build_model("cifar_plain20", seed=0), network.weights)
    still = rc.shortcut(plain, "car").still_html()
    assert "cifar_plain20 is plain: it has no addition." in still
    assert still.count("<image") == 2
    assert "H(x)" in still.partition("<svg")[2]
    assert "+ F(x)" not in still


def test_what_is_no_picture_is_refused(network):
    with pytest.raises(rc.ImageError):
        rc.shortcut(network, b"no picture")


@pytest.mark.parametrize(
    "given", [rc.build_model("cifar_resnet20", device="meta"), torchvision.ops.SqueezeExcitation(4, 2), None]
)
def test_what_does_not_know_its_pictures_is_refused_by_its_name(given):
    with pytest.raises(rc.InvalidSpecError, match=f"A {type(given).__name__} is no network .* or a Classifier"):
        rc.shortcut(given, "car")
