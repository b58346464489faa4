"""A lesson: what was learnt, asked, measured elsewhere, taken along; and the examples that it begins with."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open

import resnet_core as rc
from resnet_core.inference.engine.engine import Engine
from resnet_core.lab.teach import examples
from resnet_core.lab.teach.feature_store import MemoryStore
from resnet_core.lab.teach.features import feature_engine
from resnet_core.lab.teach.lesson import teach_lesson
from resnet_core.lab.teach.nearest import nearest, nearest_in_others


@pytest.fixture(scope="module")
def network():
    return rc.Classifier.load(backend="eager")


@pytest.fixture(scope="module")
def engine(network):
    return feature_engine(network)


@pytest.fixture(scope="module")
def lesson(network, engine):
    return teach_lesson(examples.digits(6, 5).classes, network, engine)


@pytest.mark.slow
def test_it_is_the_same_head_as_teachs(network, lesson):
    taught = rc.teach(examples.digits(6, 5).classes, network)
    assert torch.allclose(taught.model.fc.weight, lesson.network.fc.weight, atol=1e-5)
    assert str(taught.held_out) == str(lesson.held_out)


def test_nothing_but_the_head_is_its_own(network, lesson):
    theirs = network.model.state_dict()
    for name, value in lesson.network.state_dict().items():
        assert name.startswith("fc.") or value.data_ptr() == theirs[name].data_ptr()
    assert len(network.weights.classes) == 197, "the shared network still knows its own"


def test_a_new_photo_gets_an_answer_a_map_and_the_photo_that_is_like_it(network, lesson):
    new = examples.digits(6, 5).elsewhere["seven"][0]
    asked = lesson.ask(new)
    assert asked.top[0].label == "seven"
    assert sum(one.probability for one in asked.top) == pytest.approx(1)
    assert asked.heat.ndim == 2
    assert asked.heat.max() > 0
    assert lesson.looked.photos[asked.nearest].label == asked.top[0].index
    saved = rc.Classifier(lesson.network, lesson.weights, precision="fp32", backend="eager").predict(new.source)
    assert saved.top[0].probability == pytest.approx(asked.top[0].probability, abs=1e-3)


def test_a_photo_that_was_learnt_is_most_like_itself(lesson):
    shots = [shot for one in examples.digits(6, 5).classes.values() for shot in one]
    assert [lesson.ask(shot).nearest for shot in shots[::5]] == list(range(len(shots)))[::5]


@pytest.mark.slow
def test_on_two_tables_it_learns_the_table(network, engine):
    """Held out it is right about all, elsewhere about none: what the page says of the example."""
    shown = examples.two_tables(10, 10)
    lesson = teach_lesson(shown.classes, network, engine)
    elsewhere = lesson.judge(shown.elsewhere)
    assert (lesson.held_out.right, lesson.held_out.total) == (20, 20)
    assert elsewhere.total == 20
    assert elsewhere.interval[1] < lesson.held_out.interval[0]
    assert lesson.judge({}) is None


def test_photos_are_looked_at_once_in_a_visit(network, engine, monkeypatch):
    store, photos = MemoryStore(most=15), examples.digits(5, 1).classes
    first = teach_lesson(photos, network, engine, store=store)
    asked, run = [], Engine.run
    monkeypatch.setattr(Engine, "run", lambda self, batch: asked.append(len(batch)) or run(self, batch))
    again = teach_lesson(photos, network, engine, store=store)
    assert asked == []
    assert (again.looked.features == first.looked.features).all()
    teach_lesson(examples.digits(6, 1).classes, network, engine, store=store)
    assert asked == [3], "one more of each, and no other"
    assert len(store._kept) == 15


def test_the_file_holds_classes_and_crop(lesson, tmp_path):
    file = tmp_path / "taught.safetensors"
    file.write_bytes(lesson.as_safetensors())
    with safe_open(file, "pt") as opened:
        note = json.loads(opened.metadata()["note"])
    assert note["classes"] == ["zero", "one", "seven"]
    assert note["image_size"] == 64
    assert rc.Classifier.load(file).weights.classes == ("zero", "one", "seven")


def test_the_nearest_is_of_another_group():
    features = np.array([[1, 0, 0], [0.99, 0.01, 0], [0.6, 0.4, 0.1], [0, 0, 1]], np.float32)
    assert nearest_in_others(features, np.array([0, 0, 1, 2])).tolist()[:2] == [2, 2]
    assert nearest_in_others(features, np.zeros(4, int)).tolist() == [0, 1, 2, 3]
    assert nearest(features, features).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("make", [examples.digits, examples.two_tables])
def test_an_example_asks_about_other_photos_than_it_shows(make):
    shown = make(10, 20)
    learnt = {shot.source for shots in shown.classes.values() for shot in shots}
    asked = {shot.source for shots in shown.elsewhere.values() for shot in shots}
    assert len(learnt) == 10 * len(shown.classes)
    assert len(asked) == 20 * len(shown.classes)
    assert not learnt & asked
    assert make(10, 20).classes == shown.classes, "the same each time"
    with pytest.raises(rc.InvalidSpecError, match="number=0"):
        make(0)


def test_without_cifar10_that_is_said(tmp_path):
    with pytest.raises(rc.DataError, match="does not lie on this machine"):
        examples.cifar(folder=tmp_path)


def test_cifar10s_pictures_are_taken_from_a_folder(tmp_path, digits):
    for name in examples.CIFAR:
        (tmp_path / "cifar10" / "train" / name).mkdir(parents=True)
        folder = tmp_path / "cifar10" / "test" / name
        folder.mkdir(parents=True)
        for number, data in enumerate(digits(5)["zero"]):
            (folder / f"{number}.jpg").write_bytes(data)
    shown = examples.cifar(number=3, asked=2, folder=tmp_path)
    assert [len(shots) for shots in (*shown.classes.values(), *shown.elsewhere.values())] == [3, 3, 3, 2, 2, 2]
    with pytest.raises(rc.InvalidSpecError, match="class='unicorn'"):
        examples.cifar(("unicorn", "ship"), folder=tmp_path)
