"""Shortcut: the page sends the real tensors, names what a link asks in vain, and has a sentence for plain networks."""

import json
import re

import pytest
from safetensors.torch import save_file

import resnet_core as rc
from resnet_core.weights.record import DEFAULT_WEIGHTS
from tests.uploads import png, upload


def sent(app):
    """What the drawing was given."""
    found = [json.loads(one.proto.json) for one in app.get("bidi_component") if '"blocks"' in one.proto.json]
    assert len(found) == 1
    return found[0]


def test_it_opens_on_a_first_stage_block_with_all_of_its_channels(open_page, words):
    app = open_page("shortcut")
    assert not app.warning
    assert "car in **cifar_resnet56**" in words(app)
    data = sent(app)
    assert len(data["blocks"]) == 27
    block = data["block"]
    assert block["path"] == "layer1.0"
    assert sorted(block["sent"]) == list(range(16))
    assert data["channel"] == block["liked"]
    assert len(json.dumps(data)) < 200_000
    assert "sweeps" not in data  # the images come first


def test_a_link_names_block_and_channel_and_one_in_vain_is_said(open_page):
    data = sent(open_page("shortcut", block="conv4_x.8", channel="7"))
    assert (data["open"], data["channel"]) == ("layer3.8", 7)
    app = open_page("shortcut", block="conv9_x.1", channel="many")
    assert "`conv9_x.1`, which cifar_resnet56 does not have. You see conv2_x.0." in app.warning[0].value
    assert "the channel `many`, which conv2_x.0 does not have." in app.warning[1].value
    assert sent(app)["open"] == "layer1.0"


@pytest.mark.parametrize("channel", ["-3", "16"])
def test_a_channel_that_is_not_there_is_said(open_page, channel):
    app = open_page("shortcut", channel=channel)
    assert [one.value for one in app.warning] == [
        f"The link asks for the channel `{channel}`, which conv2_x.0 does not have. "
        "You see the one most like the picture."
    ]
    data = sent(app)
    assert data["channel"] == data["block"]["liked"]
    assert not open_page("shortcut", channel="15").warning


def test_an_upload_takes_the_place_of_the_sample_and_is_forgotten(open_page, words):
    app = upload(open_page("shortcut"), ("a.png", png(), "image/png"))
    assert not app.exception
    assert "Photo 1 in **cifar_resnet56**" in words(app)
    app.button(key="forget_travelling").click().run()
    assert not app.exception
    assert "car in **" in words(app)
    assert not [one for one in app.button if one.key == "forget_travelling"]


def test_what_was_chosen_is_there_after_another_page(open_page, words):
    app = open_page("shortcut", sample="china", weights="cifar_resnet20")
    assert len(sent(app)["blocks"]) == 9
    app.switch_page("pages/bottleneck.py").run()
    app.switch_page("pages/shortcut.py").run()
    assert "china in **cifar_resnet20**" in words(app)


def test_an_upload_on_classify_comes_along(open_page, words):
    app = upload(open_page("classify"), ("a.png", png(), "image/png"))
    app.switch_page("pages/shortcut.py").run()
    assert f"Photo 1 in **{DEFAULT_WEIGHTS}**" in words(app)  # that network looked at it there


def test_a_file_that_is_no_picture_and_no_picture_are_sentences(open_page, words):
    app = upload(open_page("shortcut"), ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"))
    assert "SVG" in app.warning[0].value
    assert "once there is a picture" in words(open_page("shortcut", source="upload"))


NETWORKS = {
    "plain": ("cifar_plain20", {"image_size": [32, 32]}),
    "tiny": ("cifar_resnet20", {"image_size": [4, 4]}),
    "attention": ("seresnet50", {"image_size": [32, 32]}),
}


@pytest.fixture
def own_weights(tmp_path, monkeypatch):
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(tmp_path))

    def save(name):
        model, note = NETWORKS[name]
        note = note | {"classes": list("abcdefghij"), "mean": [0.5] * 3, "std": [0.25] * 3}
        changes = {"depths": (1, 1, 1, 1)} if name == "attention" else {}
        note["recipe"] = {"overrides": [[key, list(value)] for key, value in changes.items()]}
        network = rc.build_model(model, seed=0, num_classes=10, **changes)
        save_file(network.state_dict(), tmp_path / f"{name}.safetensors")
        (tmp_path / f"{name}.json").write_text(json.dumps(note | {"model": model}))
        return name

    return save


def test_a_plain_network_shows_h_and_says_what_is_missing(open_page, own_weights, words):
    app = open_page("shortcut", weights=own_weights("plain"))
    assert "A plain network has no addition" in app.info[0].value
    assert not re.search("At α = 0|Hold α", words(app))
    assert re.search("At α = 0(.|\n)*Hold α", words(open_page("shortcut")))
    data = sent(app)
    assert data["block"]["plain"]
    assert data["blocks"][0] == ["layer1.0", "conv2_x.0"]


@pytest.mark.parametrize("name", ["tiny", "attention"])
def test_maps_of_one_value_and_attention(open_page, own_weights, name):
    app = open_page("shortcut", weights=own_weights(name), block="conv4_x.0")
    assert not app.warning
    assert sent(app)["block"]["path"] == "layer3.0"


def test_what_the_browser_lacks_is_computed_once_it_has_the_images(open_page, monkeypatch):
    from pages.addition import drawing

    asked = {}
    monkeypatch.setattr(drawing, "_asked", lambda scene: asked.get("at"))
    app = open_page("shortcut")
    asked["at"] = {"block": "layer1.0", "have": True, "first": 0}
    app.run()
    data = sent(app)
    assert data["block"]["path"] == "layer1.1"  # what is here is not sent again, but the next block comes along
    assert set(data["sweeps"]) == {"", "layer1.0"}
    assert len(data["fresh"]) == len(data["law"]) == 27
    top = data["sweeps"]["layer1.0"]["tops"][20]
    assert top[0] == "automobile"
    assert "options" not in data  # x passes as it is
    asked["at"] = {"block": "layer2.0", "have": True, "first": 0, "value": ["layer2.0.conv1", 40, 3, 15]}
    app = open_page("shortcut", block="conv3_x.0")
    data = sent(app)
    assert [one["letter"] for one in data["options"]["layer2.0"]] == ["A", "A", "B", "C"]
    assert data["value"]["at"] == [8, 3, 15]  # channel 40 of 32
    assert len(json.dumps(data)) < 200_000
    asked["at"] = {"block": "layer1.0", "have": True, "first": 0, "value": ["layer1.0.relu", 0, 0, 0]}
    assert sent(open_page("shortcut"))["value"] is None
    asked["at"] = {"block": "layer1.0", "have": False, "first": 0}
    app = open_page("shortcut")
    assert sent(app)["block"]["path"] == "layer1.0"


def test_where_the_browser_computes_the_server_only_hears_where_it_rests(open_page, monkeypatch):
    from pages.addition import drawing

    asked = {}
    monkeypatch.setattr(drawing, "_asked", lambda scene: asked.get("at"))
    data = sent(open_page("shortcut", weights="cifar_resnet20"))
    assert re.fullmatch(r"browser/[0-9a-f]{16}/cifar_resnet20\.safetensors", data["network"]["weights"])
    asked["at"] = {"block": "layer2.0", "have": True, "first": 0, "own": True, "value": None}
    monkeypatch.setattr(drawing, "answer", lambda *_: pytest.fail("the server computed"))
    app = open_page("shortcut", weights="cifar_resnet20", block="conv3_x.0", channel="3")
    data = sent(app)
    assert (data["open"], data["channel"]) == ("layer2.0", 3)
    assert not data.keys() & {"block", "sweeps", "options", "value"}


def test_no_browser_is_sent_a_network_that_it_can_not_run(open_page, own_weights):
    assert "network" not in sent(open_page("shortcut", weights=own_weights("tiny")))
    assert "network" not in sent(open_page("shortcut", weights=DEFAULT_WEIGHTS))
