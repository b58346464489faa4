"""The drawing with a picture in it: layers of what is open, the gradient's shares, and what does not fit is said."""

import json
from base64 import b64decode
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

import resnet_core as rc
from pages import _links
from pages.network import alive, place
from resnet_core.figures.photo.strips import SHADES
from resnet_core.inference.samples import load_sample
from resnet_core.weights.record import DEFAULT_WEIGHTS
from tests.uploads import png, upload


def sent(app):
    """What the drawing was given."""
    found = (json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json)
    return next(data for data in found if isinstance(data, dict) and "diagram" in data)


def living(app):
    """What it was given of the picture."""
    return sent(app)["alive"]


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


def test_the_plus_of_the_open_block_has_its_three_pictures_of_one_channel_on_one_scale(open_alive):
    found = living(open_alive(open="layer2.0"))
    plus, true = found["plus"], rc.addition("cifar_resnet20", load_sample("car"), "layer2.0")
    terms = [term[plus["channel"]] for term in (true.x, true.branch, true.sum)]
    assert plus["path"] == "layer2.0.add"
    assert min(np.abs(terms[0]).mean(), np.abs(terms[1]).mean()) > 0, "and not one that the padding leaves empty"
    steps = np.asarray(Image.open(BytesIO(b64decode(plus["uri"].partition(",")[2]))), dtype=int) - SHADES
    bound = max(np.abs(term).max() for term in terms)
    assert np.abs(steps / SHADES - np.concatenate(terms, 1) / bound).max() <= 0.51 / SHADES, "rounded to one scale"
    x, branch, total = np.split(steps, 3, axis=1)
    assert np.abs(x + branch - total).max() <= 1, "so what is seen adds up"
    assert f"x + F(x) in channel {plus['channel']}, where both" in found["parts"]["layer2.0.add"][2]


@pytest.mark.parametrize(
    "query",
    [
        {"open": "layer2"},
        {"open": "layer2.0", "cut": "conv3_x.1"},
        {"open": "layer2.0", "model": "cifar_plain20", "weights": "cifar_plain20"},
    ],
)
def test_there_are_none_where_no_block_is_open_a_shortcut_is_cut_or_nothing_is_added(open_alive, query):
    assert living(open_alive(**query))["plus"] is None


def test_backwards_each_arc_has_its_measured_share(open_alive):
    app = open_alive(way="backward")
    back = living(app)["back"]
    network = rc.Classifier.load("cifar_resnet20")
    split = {part.path: part.identity_share for part in rc.block_flow(network, load_sample("car"))}
    assert back == pytest.approx(split, abs=1e-4)
    _, _, _, words = living(app)["parts"]["layer1.1"]
    assert f"{split['layer1.1'] * 100:.1f}\u00a0% came back through the shortcut" in words


@pytest.mark.parametrize(("share", "who"), [(-0.1, "The shortcut's opposes"), (1.2, "The branch's opposes"), (0.4, "")])
def test_a_share_that_opposes_the_whole_is_said(share, who):
    assert ("opposes" in alive._back(share), who in alive._back(share)) == (bool(who), True)


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


def test_what_the_link_cuts_is_cut_in_the_drawing_and_the_answer_is_the_network_s_own(open_alive):
    cut, network = ("layer1.0", "layer2.1"), rc.Classifier.load("cifar_resnet20")
    flowing = living(open_alive(cut="conv2_x.0,conv3_x.1", open="layer2"))
    cuts = flowing["cuts"]
    assert (cuts["cut"], cuts["off"]) == (list(cut), [])
    assert cuts["names"]["layer3.2"] == "conv4_x.2"
    logits = rc.answer_without(network, load_sample("car"), shortcuts=cut)
    top = max(range(10), key=logits.__getitem__)
    assert cuts["said"][0].startswith(f"{network.weights.classes[top]}, ")
    assert cuts["said"][1].startswith("before: automobile, ")
    assert "2 of 9 shortcuts" in cuts["note"]
    assert "Widths" not in cuts["note"]
    assert "Widths: of the whole network" in living(open_alive(cut="conv2_x.0", way="backward"))["cuts"]["note"]
    maps = rc.activations(network, load_sample("car"), shortcuts=cut)["layer2.1"].maps
    assert flowing["parts"]["layer2.1"][0] == rc.figures.strip_uri(maps)


def test_cuts_of_another_network_are_no_fault_of_this_link(open_alive):
    app = open_alive(cut="conv5_x.1")
    assert "conv5_x.1" in app.warning[0].value.replace("\\", "").replace("`", "")
    app = open_alive()
    app.session_state["_linked"]["cut"]["now"] = "conv5_x.1"  # from another page, where another network was cut
    app.run()
    assert not app.warning
    assert living(app)["cuts"]["cut"] == []


@pytest.mark.parametrize(
    ("asked", "words", "drawn"),
    [
        ({"model": "cifar_resnet20"}, "Send a picture through", ("cifar_resnet20", 32)),
        ({"model": "resnet50"}, "Send a picture through tiny_imagenet_resnet18", ("tiny_imagenet_resnet18", 64)),
        (
            {"model": "resnet50", "weights": "cifar_resnet56"},
            "Send a picture through cifar_resnet56",
            ("cifar_resnet56", 32),
        ),
    ],
)
def test_without_a_picture_one_press_sends_one_through(open_page, monkeypatch, asked, words, drawn):
    app = open_page("architecture", **asked)
    assert sent(app)["proposal"] == words
    pressed = State(
        model=asked["model"], size=32 if "cifar" in asked["model"] else 224, _linked=app.session_state["_linked"]
    )
    for module in (_links, place, alive):
        monkeypatch.setattr(module, "st", SimpleNamespace(session_state=pressed, query_params={}))
    alive.accept_proposal()
    assert pressed["alive"]
    assert (pressed["model"], pressed["size"]) == drawn


class State(dict):
    __getattr__ = dict.__getitem__


@pytest.mark.parametrize(
    ("asked", "block"), [({"open": "layer2.1"}, "conv3_x.1"), ({"stop": "layer1.2.conv1"}, "conv2_x.2"), ({}, None)]
)
def test_the_block_that_is_looked_at_is_one_press_from_its_addition(open_alive, asked, block):
    links = [link.proto for link in open_alive(**asked).get("page_link") if link.proto.page == "shortcut"]
    assert [link.query_string.lstrip("?") for link in links] == ([f"block={block}"] if block else [])


def test_a_picture_of_the_visitor_s_own_goes_through_its_network_and_is_forgotten_with_one_press(open_page, words):
    app = open_page("classify")
    assert not forgets(app)  # nothing was chosen
    upload(app, ("a.png", png(), "image/png"))
    assert forgets(app)
    app.switch_page("pages/architecture.py").run()
    assert not app.exception
    assert f"Photo 1 in **{DEFAULT_WEIGHTS}**" in words(app)
    assert (app.selectbox(key="model").value, sent(app)["diagram"]["name"]) == ("tiny_imagenet_resnet18",) * 2
    assert living(app)["parts"]
    app.toggle(key="alive").set_value(False).run()
    assert living(app) is None
    assert f"Photo 1 in **{DEFAULT_WEIGHTS}**" in words(app)  # the line stays, and forgets
    app.switch_page("pages/classify.py").run()
    app.switch_page("pages/architecture.py").run()
    assert living(app) is None  # the visitor's word
    app.button(key="forget_travelling").click().run()
    assert not app.exception
    assert not forgets(app)
    assert "Photo 1" not in words(app)


def test_a_link_that_says_the_switch_or_the_network_wins(open_page, words):
    app = upload(open_page("classify"), ("a.png", png(), "image/png"))
    app.switch_page("pages/architecture.py")
    app.query_params["alive"] = "false"
    app.run()
    assert not app.toggle(key="alive").value
    assert app.selectbox(key="model").value == "resnet50"
    app = upload(open_page("classify"), ("a.png", png(), "image/png"))
    app.switch_page("pages/architecture.py")
    app.query_params["model"] = "cifar_resnet20"
    app.run()
    assert app.selectbox(key="model").value == "cifar_resnet20"
    assert app.toggle(key="alive").value
    assert "the drawing shows cifar_resnet20" in words(app)


def test_a_sample_that_nobody_chose_switches_nothing_on(open_page):
    app = open_page("classify")
    app.switch_page("pages/shortcut.py").run()
    app.switch_page("pages/architecture.py").run()
    assert living(app) is None
    app = open_page("classify")
    app.segmented_control(key="sample").set_value("car").run()
    assert forgets(app)
    app.switch_page("pages/architecture.py").run()
    assert living(app)["parts"]


def forgets(app):
    return [one for one in app.button if one.key == "forget_travelling"]
