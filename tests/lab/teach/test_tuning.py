"""Fine-tuning: what is trained and what stays, and how it is measured without the photos that it has learnt."""

import json

import numpy as np
import pytest
import torch
from safetensors import safe_open

import resnet_core as rc
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach import tuning
from resnet_core.lab.teach.features import feature_engine
from resnet_core.lab.teach.lesson import teach_lesson, tuned_lesson
from resnet_core.lab.teach.looking import look
from resnet_core.lab.teach.photos import Shot
from resnet_core.lab.teach.tuning import ALL, FOLDS, LAST_STAGE, STEPS, fine_tune

CLASSES = ("zero", "one", "seven")


@pytest.fixture(scope="module")
def network():
    return rc.Classifier.load("cifar_resnet20", backend="eager")


@pytest.fixture(scope="module")
def lesson(network, digits):
    return teach_lesson(digits(6), network, feature_engine(network))


@pytest.fixture(scope="module")
def shares():
    return []


@pytest.fixture(scope="module")
def tuned(lesson, digits, shares):
    return tuned_lesson(lesson, digits(6), progress=shares.append)


def differing(one, other):
    theirs = one.state_dict()
    return {key for key, value in other.state_dict().items() if not value.equal(theirs[key])}


def loss(network, looked, x):
    with torch.inference_mode():
        return float(torch.nn.functional.cross_entropy(network(x), torch.from_numpy(looked.labels)))


def seen(network, photos):
    return to_batch([network.seen(shot) for shots in photos.values() for shot in shots], network.weights.preprocessing)


def test_the_last_stage_and_the_head_learn_and_nothing_else_does(network, lesson, tuned, digits):
    keys = differing(lesson.network, tuned.network)
    assert {key.split(".")[0] for key in keys} == {"layer3", "fc"}
    assert not any("running" in key for key in keys), "batch norm keeps its means"
    x = seen(network, digits(6))
    assert loss(tuned.network, lesson.looked, x) < loss(lesson.network, lesson.looked, x) / 2


def test_the_network_that_visitors_share_stays_as_it_was(tuned, digits):
    again = rc.Classifier.load("cifar_resnet20", backend="eager")
    assert not differing(again.model, tuned.known.model)
    assert not any(one.requires_grad for one in tuned.known.model.parameters())


def test_without_a_step_it_is_the_frozen_head_in_the_same_three_parts(network, lesson, digits, monkeypatch):
    monkeypatch.setattr(tuning, "RATE", 0.0)
    found = fine_tune(network, digits(6), lesson.looked, CLASSES)
    assert (found.held_out.answers == found.frozen.answers).all()
    assert found.features == pytest.approx(lesson.looked.features, abs=1e-4)


def test_what_is_held_out_was_not_learnt(network, lesson, digits, monkeypatch):
    """Each photo is asked once, of a network that has seen no photo of its part."""
    learnt, asked = [], []
    train, answers = tuning._trained, tuning._answers

    def noted(net, start, maps, *rest):
        learnt.append(maps)
        return train(net, start, maps, *rest)

    monkeypatch.setattr(tuning, "_trained", noted)
    monkeypatch.setattr(tuning, "_answers", lambda net, start, maps: asked.append(maps) or answers(net, start, maps))
    fine_tune(network, digits(6), lesson.looked, CLASSES)
    assert [len(maps) for maps in learnt] == [18, 12, 12, 12]
    assert [len(maps) for maps in asked] == [6, 6, 6]
    for theirs, ours in zip(learnt[1:], asked, strict=True):
        assert (torch.cdist(theirs.flatten(1), ours.flatten(1)) > 0).all()


@pytest.mark.slow
def test_of_names_that_mean_nothing_it_learns_all_and_knows_none(network, digits, monkeypatch):
    monkeypatch.setattr(tuning, "STEPS", 40)  # it takes longer to learn by heart
    shots = [shot for one in digits(12).values() for shot in one]
    names = np.random.default_rng(3).permutation(np.repeat([0, 1], 18))
    photos = {name: [shots[at] for at in np.flatnonzero(names == label)] for label, name in enumerate(("mug", "pen"))}
    looked = look(photos, network, feature_engine(network))
    found = fine_tune(network, photos, looked, ("mug", "pen"))
    learnt = found.head.answers(found.features) == looked.labels
    assert learnt.mean() > 0.9
    assert found.held_out.interval[0] < 0.5, "of the others it knows no more than a guess"


def test_all_of_it_can_learn_and_held_out_photos_measure(network, lesson, digits):
    asked = digits(5, start=30)
    looked = look(asked, network, lesson.engine)
    found = fine_tune(network, digits(6), lesson.looked, CLASSES, ALL, (asked, looked))
    parts = {key.split(".")[0] for key in differing(lesson.network, found.network)}
    assert parts == {"conv1", "bn1", "layer1", "layer2", "layer3", "fc"}
    assert found.held_out.total == found.frozen.total == 15
    with torch.inference_mode():
        answers = found.network(seen(network, asked)).argmax(1).numpy()
    assert (found.held_out.answers == answers).all()


def test_the_same_photos_and_seed_give_the_same_network(lesson, tuned, digits):
    again = tuned_lesson(lesson, digits(6))
    assert not differing(tuned.network, again.network)
    assert differing(tuned.network, tuned_lesson(lesson, digits(6), seed=1).network)


def test_it_says_how_far_it_is_and_what_that_raises_cancels(lesson, tuned, shares, digits):
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 1 + STEPS * (1 + FOLDS)

    def stop(share):
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        tuned_lesson(lesson, digits(6), progress=stop)


def test_it_answers_draws_and_is_saved_as_any_other(tuned, digits, tmp_path):
    new = digits(1, start=40)["seven"][0]
    asked = tuned.ask(Shot(new))
    assert asked.top[0].label == "seven"
    assert asked.heat.max() > 0
    shots = [Shot(one) for one in digits(6)["one"]]
    assert [tuned.ask(shot).nearest for shot in shots[:3]] == [6, 7, 8], "a photo that was learnt is most like itself"
    file = tmp_path / "tuned.safetensors"
    file.write_bytes(tuned.as_safetensors())
    with safe_open(file, "pt") as opened:
        note = json.loads(opened.metadata()["note"])
    assert note["source"] == "features of cifar_resnet20, fine-tuned: conv4_x"
    loaded = rc.Classifier.load(file, precision="fp32")
    assert loaded.weights.remarks == ()
    assert not differing(tuned.network, loaded.model)
    answer = loaded.predict(new).top[0]
    assert answer.label == "seven"
    assert answer.probability == pytest.approx(asked.top[0].probability, abs=1e-3)
    assert rc.grad_cam(loaded, new).maps["layer3"].shape == asked.heat.shape


def test_teach_gives_the_same_network(network, tuned, digits):
    taught = rc.teach(digits(6), network, fine_tune=LAST_STAGE)
    assert str(taught.held_out) == str(tuned.held_out)
    for key, value in tuned.network.state_dict().items():
        assert torch.allclose(taught.model.state_dict()[key], value, atol=1e-3), "but for the engine's rounding"
    assert taught.weights.origin == "features of cifar_resnet20, fine-tuned: conv4_x"


def test_what_cannot_be_done_is_said(network, lesson, digits, monkeypatch):
    with pytest.raises(rc.InvalidSpecError, match="fine_tune='head'"):
        rc.teach(digits(3), network, fine_tune="head")
    monkeypatch.setattr(tuning, "RATE", 1e30)
    with pytest.raises(rc.DataError, match=r"diverges\. Leave its features frozen"):
        tuned_lesson(lesson, digits(6))
    monkeypatch.setattr(tuning, "MOST_BYTES", 100_000)
    with pytest.raises(rc.DataError, match=r"18 photos would hold .* Take at most 3 photos"):
        tuned_lesson(lesson, digits(6))


def test_a_photo_that_is_gone_meanwhile_is_said(lesson, digits):
    with pytest.raises(rc.DataError, match="has changed or gone"):
        tuned_lesson(lesson, digits(5))
