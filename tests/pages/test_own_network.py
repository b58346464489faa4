"""A network of one's own on the pages: sent, described, answering, forgotten; and what it may not do."""

import gc
import io
import pickle
import tomllib

import pytest
import torch
from torchvision import models

from pages.photo import own
from pages.photo.own_form import MOST_MB
from tests.uploads import png

CLASSES = "heron\negret\nibis\nstork\ncrane"


def saved(held):
    file = io.BytesIO()
    torch.save(held, file)
    return file.getvalue()


@pytest.fixture(scope="module")
def best():
    """torchvision's resnet18 with five classes, of which `stork` always wins, as a training script leaves it."""
    torch.manual_seed(0)
    model = models.resnet18(num_classes=5)
    model.fc.bias.data[3] = 50
    return saved({"epoch": 7, "model_state_dict": model.state_dict()})


def send(app, *files):
    given = [(name, data, "application/octet-stream") for name, data in files]
    app.file_uploader(key="own").set_value(given).run()
    assert not app.exception, app.exception
    return app


def field(app, kind, label):
    return next(one for one in getattr(app, kind) if one.label == label)


def test_a_checkpoint_answers_with_its_own_classes_and_crop_and_gets_its_heat_map(open_page, words, best):
    app = send(open_page("classify", sample="car"), ("best.ckpt", best))
    said = words(app)
    assert "**best.ckpt** is a resnet18 with 5 classes, 44.8 MB" in said
    assert "pictures are resized to 256 and cropped to 224 pixels" in said
    assert "ImageNet's are assumed" in said
    assert "## class 3" in said
    assert app.selectbox(key="weights").value == own.OWN
    field(app, "text_area", "Its classes, in the order of its outputs").set_value(CLASSES).run()
    field(app, "number_input", "Pixels that it sees").set_value(96).run()
    said = words(app)
    assert "## stork, 100.0 %" in said
    assert "knows 5 classes: heron, egret, ibis, stork, crane" in said
    assert "The shorter side becomes 96 pixels" in said
    app.segmented_control(key="view").set_value("Why").run()
    said = words(app)
    assert "## stork, 100.0 %" in said
    assert len(app.get("bidi_component")) >= 2  # the maps and their scale
    assert not app.exception
    for name in app.query_params:
        assert "stork" not in app.query_params[name]
        assert "best" not in app.query_params[name]


@pytest.mark.slow
def test_another_class_can_be_explained_and_the_link_does_not_name_it(open_page, words, best):
    app = send(open_page("classify", view="Why", sample="car"), ("best.ckpt", best), ("best.txt", CLASSES.encode()))
    app.selectbox(key="class of yours").set_value("ibis").run()
    assert "Explained here: **ibis**" in words(app)
    assert "ibis" not in str(dict(app.query_params))


def test_a_note_beside_it_is_read_and_what_it_contradicts_is_said(open_page, words, best):
    app = send(open_page("classify"), ("best.ckpt", best), ("best.json", b'{"classes": ["a", "b"]}'))
    assert "has 2 classes, the network 5 outputs" in words(app)
    assert "knows 197 classes" in words(app), "the default answers meanwhile"
    send(app, ("best.ckpt", best), ("best.json", b'["v", "w", "x", "y", "z"]'))
    assert "## y, 100.0 %" in words(app)


@pytest.mark.parametrize(
    ("name", "make", "sentence"),
    [
        ("best.ckpt", lambda best: best[: len(best) // 2], "cut off or changed"),
        ("best.ckpt", lambda best: pickle.dumps({"a": io.BytesIO}, protocol=2), "whose code would have to run"),
        ("best.pt", lambda best: pickle.dumps({"a": 1}, protocol=4), "those could run code"),
        ("photo.pt", lambda best: png(), "damaged or no weights file"),
        ("note.json", lambda best: b"{}", "That is the note alone"),
    ],
)
def test_what_is_no_network_is_a_sentence_and_the_default_answers(open_page, words, best, name, make, sentence):
    app = send(open_page("classify"), (name, make(best)))
    assert sentence in words(app)
    assert "knows 197 classes" in words(app)


def test_a_link_to_somebody_elses_network_says_that_it_stays_with_them(open_page, words):
    app = open_page("classify", weights=own.OWN)
    assert "asks for its sender's own network, which stays in their visit" in words(app)
    assert "knows 197 classes" in words(app)
    assert "weights" not in app.query_params
    app.run()
    assert "asks for its sender's own network" in words(app), "it stays said"


@pytest.mark.slow
def test_it_is_compared_with_the_others(open_page, best):
    app = send(open_page("classify", sample="car"), ("best.ckpt", best), ("names.txt", CLASSES.encode()))
    app.toggle(key="compare").set_value(True).run()
    table = app.dataframe[0].value.set_index("name")
    assert table.answer["best"] == "stork"
    assert len(table) > 1


@pytest.mark.slow
def test_a_file_that_has_a_bundled_networks_name_is_not_taken_for_it(open_page, words, best):
    app = open_page("classify", view="Why", weights="cifar_resnet20", look="Time")
    assert app.dataframe[0].value.path.str.startswith("layer3").any()
    send(app, ("cifar_resnet20.ckpt", best), ("names.txt", CLASSES.encode()))
    assert "## stork, " in words(app)
    assert app.dataframe[0].value.path.str.startswith("layer4").any()


@pytest.mark.slow
def test_it_is_freed_with_the_visit_and_with_the_next_one(open_page, best):
    app = send(open_page("classify"), ("best.ckpt", best))
    assert len(own._pool().loaded()) == 1
    first = own._pool().loaded()
    send(app, ("other.ckpt", best))
    gc.collect()
    assert len(own._pool().loaded()) == 1
    assert own._pool().loaded() != first
    send(app)
    gc.collect()
    assert own._pool().loaded() == []


def test_a_server_may_take_none(open_page, words, monkeypatch):
    monkeypatch.setenv("RESNET_WEIGHTS_UPLOADS", "off")
    app = open_page("classify")
    assert not app.file_uploader
    assert "ms on" in words(app)


def test_a_file_beyond_the_limit_is_freed_and_said(open_page, words, best, monkeypatch):
    monkeypatch.setattr("pages.photo.own_form.MOST_MB", 1)
    app = send(open_page("classify"), ("best.ckpt", best))
    assert "A network may have 1 MB here; of 44.8 MB was not taken" in words(app)
    assert app.selectbox(key="weights").value != own.OWN


def test_the_server_takes_what_the_field_says(root):
    config = tomllib.loads((root / ".streamlit/config.toml").read_text())
    assert config["server"]["maxUploadSize"] == MOST_MB
