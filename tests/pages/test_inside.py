"""Inside: each look answers for the bundled network, what is cut changes the answer, bad input is said."""

import json

import pytest
import torch
from safetensors.torch import save_file

import resnet_core as rc
from resnet_core.inference.samples import load_sample
from tests.uploads import png, upload

TEN_CLASSES = "cifar_resnet56"


@pytest.fixture
def open_why(open_page):
    """Opens the view Why of Classify: open_why(look="Blocks")."""
    return lambda **query: open_page("classify", view="Why", **query)


def drawn(app):
    """What the drawing of the blocks was given."""
    sent = (json.loads(element.proto.json) for element in app.get("bidi_component") if element.proto.json)
    return next(data for data in sent if isinstance(data, dict) and "blocks" in data)


def test_the_maps_of_all_stages_are_the_first_thing_to_see(open_why, words):
    app = open_why(sample="car", weights=TEN_CLASSES)
    said = words(app)
    assert "## automobile, " in said
    assert len(app.get("bidi_component")) == 2  # the tiles and their scale
    assert "Length at" not in said  # what is not open is not computed


def test_another_class_the_sanity_check_and_covering(open_why, words):
    app = open_why(sample="car", weights=TEN_CLASSES, sanity="true", stage="conv2_x", **{"class": "ship"})
    said = words(app)
    assert "Explained here: **ship**" in said
    assert "Does the map of conv2_x show what was learnt?" in said
    assert "median of 5 draws" in said
    app.segmented_control(key="method").set_value("covering").run()
    assert not app.exception
    assert "**ship** has 0.0 % with the whole picture" in words(app)


def test_the_channels_of_the_chosen_stage(open_why, words):
    app = open_why(sample="car", weights=TEN_CLASSES, look="Channels", stage="conv3_x", k="8")
    assert "8 of the 32 channels of conv3_x, 16×16 values" in words(app)
    assert app.segmented_control(key="stage").options == ["conv2_x", "conv3_x", "conv4_x"]


def test_what_is_cut_changes_the_answer_to_that_of_the_network_without_it(open_why, words):
    app = open_why(sample="car", look="Blocks", weights="cifar_resnet20")
    whole = drawn(app)
    assert len(whole["blocks"]) == 9
    assert all(before == after for _, before, after, _ in whole["answers"])
    app = open_why(
        sample="car",
        look="Blocks",
        weights="cifar_resnet20",
        off="conv4_x.2,conv4_x.0",
        cut="conv2_x.1",
    )
    cut = drawn(app)
    assert (cut["off"], cut["cut"]) == (["layer3.0", "layer3.2"], ["layer1.1"])
    network = rc.Classifier.load("cifar_resnet20")
    logits = rc.answer_without(network, load_sample("car"), cut["off"], cut["cut"])
    expected = dict(zip(network.weights.classes, torch.tensor(logits).softmax(0).tolist(), strict=True))
    for name, _, after, _ in cut["answers"]:
        assert after == pytest.approx(expected[name], abs=1e-4)
    best = max(expected, key=expected.get)
    assert cut["said"][0].startswith(f"{best}, ")
    assert f"The answer changed from **automobile** to **{best}**" in words(app)
    assert "1 of 9 shortcuts and 2 of 9 branches" in cut["note"]


def test_links_from_the_time_of_the_pills_still_open_and_a_visit_remembers_only_so_much(open_why):
    app = open_why(sample="car", look="Blocks", off=["conv4_x.2", "conv4_x.0"], weights="cifar_resnet20")
    assert drawn(app)["off"] == ["layer3.0", "layer3.2"]
    known = app.session_state["remembered inside_logits"]
    for number in range(200):
        known["old", number] = None
    app.query_params.update({"cut": "conv2_x.0"})
    app.run()
    assert len(app.session_state["remembered inside_logits"]) <= 64


def test_time_stands_beside_the_multiply_adds(open_why, words):
    app = open_why(look="Time", weights=TEN_CLASSES)
    said = words(app)
    assert "Convolutions do 100.0 % of the multiply-adds and take" in said
    table = app.dataframe[0].value
    assert table["macs"].max() == 2_359_296
    assert table["duration_ms"].is_monotonic_decreasing
    app.button(key="again").click().run()
    assert not app.exception


def test_a_file_that_is_no_picture_is_a_sentence(open_why):
    app = upload(open_why(), ("drawing.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"))
    assert not app.exception
    assert "SVG" in app.warning[0].value


def test_without_a_picture_there_is_a_sentence(open_why, words):
    app = open_why(source="upload")
    assert "once there is a picture" in words(app)
    assert "How it is computed" in words(app)


def test_of_two_uploads_one_is_looked_into(open_why, words):
    app = upload(open_why(), ("a.png", png(), "image/png"), ("b.png", png(colour="blue"), "image/png"))
    assert not app.exception
    first = words(app)
    app.selectbox(key="photo").set_value("Photo 2").run()
    assert "Photo 2" in words(app)
    assert words(app) != first


@pytest.fixture
def plain_weights(tmp_path, monkeypatch):
    model = rc.build_model("cifar_plain20", seed=0)
    save_file(model.state_dict(), tmp_path / "cifar_plain20.safetensors")
    note = {"model": "cifar_plain20", "classes": list("abcdefghij"), "image_size": [32, 32], "mean": [0.5] * 3}
    (tmp_path / "cifar_plain20.json").write_text(json.dumps(note | {"std": [0.25] * 3}))
    monkeypatch.setenv("RESNET_WEIGHTS_DIR", str(tmp_path))
    return "cifar_plain20"


def test_a_plain_network_says_that_it_has_nothing_to_switch_off(open_why, plain_weights):
    app = open_why(weights=plain_weights, look="Blocks")
    assert "has no additions" in app.info[0].value


def test_nonsense_in_the_link_still_explains(open_why, words):
    nonsense = {"look": "x", "class": "dragon", "stage": "conv9_x", "off": "conv9_x.9", "method": "x", "k": "7"}
    app = open_why(**nonsense)
    assert "Explained here" in words(app)
    app = open_why(look="Channels", stage="conv9_x")
    assert app.segmented_control(key="stage").value == "conv5_x"
    assert "stage='conv9_x'" in words(app)
    app = open_why(look="Blocks", off="conv9_x.9")
    assert "conv9_x.9, which is no block here" in words(app).replace("\\", "").replace("`", "")


def test_classes_of_one_name_are_told_apart():
    from pages.photo.looks import names_of

    assert names_of(("crane", "dog", "crane")) == ("crane (0)", "dog", "crane (2)")


def test_a_class_that_was_never_the_answer_is_not_said_to_be_lost(open_why, words):
    said = words(open_why(**{"class": "truck", "sample": "flower", "look": "Blocks", "weights": TEN_CLASSES}))
    assert "the answer is no longer bird in" in said
    assert "no longer truck" not in said
    assert "No block alone is worth a tenth of a point to truck." in said


def test_the_link_to_the_drawing_carries_network_and_size(open_page):
    for view in ("Answer", "Why"):
        links = [link.proto for link in open_page("classify", view=view, weights="cifar_resnet20").get("page_link")]
        asked = next(link.query_string for link in links if link.page == "architecture")
        assert sorted(asked.lstrip("?").split("&")) == ["alive=true", "model=cifar_resnet20", "size=32"]


def test_the_old_address_leads_to_the_view_with_all_that_it_asks_for(open_page, words):
    app = open_page("inside", sample="car", look="Blocks", weights="cifar_resnet20", cut="conv2_x.1")
    assert app.title[0].value == "Why did the network say so?"
    assert drawn(app)["cut"] == ["layer1.1"]
