"""A classifier of classes that the network was never trained on, from ten photos of each."""

from io import BytesIO
from pathlib import Path

import pytest
import torch
from PIL import Image

import resnet_core as rc
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.feature_store import FeatureStore
from resnet_core.lab.teach.features import feature_engine
from resnet_core.lab.teach.photos import Shot


@pytest.fixture(scope="module")
def network():
    return rc.Classifier.load("cifar_resnet20", backend="eager")


@pytest.fixture(scope="module")
def taught(network, digits):
    return rc.teach(digits(10), network, held_out=digits(20, start=30))


def test_digits_are_learnt_by_a_network_of_cars_and_frogs(taught, digits):
    assert taught.weights.classes == ("zero", "one", "seven")
    assert taught.held_out.total == 60
    assert taught.held_out.right >= 48, "80 % of 60"
    assert taught.predict(digits(1, start=60)["seven"][0]).top[0].label == "seven"


def test_the_features_are_what_the_networks_last_layer_reads(network, digits):
    seen = network.seen(digits(1)["zero"][0])
    engine = feature_engine(network)
    x = to_batch([seen], network.weights.preprocessing)
    trunk = torch.nn.Sequential(*list(network.model.children())[:-1])  # all but fc
    assert (engine.run(x)[0] - trunk(x)).abs().max() < 1e-5


def test_without_held_out_photos_five_folds_measure_and_all_are_learnt(network, digits):
    found = rc.teach(digits(10), network)
    assert found.held_out.total == 30
    assert found.held_out.right >= 22
    assert found.held_out.interval[0] < found.held_out.right / 30 < found.held_out.interval[1]


def test_a_saved_network_is_a_network_like_any_other(taught, tmp_path, digits):
    file = taught.save(tmp_path / "new" / "mine.safetensors")
    loaded = rc.Classifier.load(file)
    assert loaded.weights.classes == ("zero", "one", "seven")
    assert loaded.weights.preprocessing == taught.weights.preprocessing
    assert loaded.weights.remarks == ()
    x = to_batch([taught.seen(digits(1, start=50)["one"][0])], taught.weights.preprocessing)
    assert loaded.model(x).equal(taught.model(x))


def test_photos_that_were_seen_are_read_from_the_store(network, digits, tmp_path, monkeypatch):
    files = {}
    for name, photos in digits(5).items():
        files[name] = [tmp_path / f"{name}{number}.jpg" for number in range(len(photos))]
        for file, data in zip(files[name], photos, strict=True):
            file.write_bytes(data)

    def run():
        store = FeatureStore(tmp_path / "features.sqlite", "one network")
        found = rc.teach(files, network, store=store)
        store.close()
        return found.model.fc.weight

    first = run()
    asked = []
    monkeypatch.setattr(Engine, "run", lambda *_: asked.append(1))
    assert (run() == first).all()
    assert not asked, "the network was asked again"


def test_a_photo_on_both_sides_is_refused(network, digits):
    with pytest.raises(rc.DataError, match="is held out and learnt from"):
        rc.teach(digits(3), network, held_out=digits(3))


ONE, TWO = {"mug": [b"1"]}, {"mug": [b"1"], "pen": [b"2"]}


@pytest.mark.parametrize(
    ("photos", "more", "said"),
    [
        ([b"1", b"2"], {}, "photos is of type list. Give a dict"),
        (None, {}, "photos is None. Give a dict"),
        ("photos/", {}, "photos is of type str. Give a dict"),
        (ONE | {"pen": None}, {}, 'The photos of "pen" are None. Give a list'),
        (ONE | {"pen": "pen.jpg"}, {}, 'The photos of "pen" are of type str. Give a list'),
        (ONE | {"pen": b"2"}, {}, 'The photos of "pen" are of type bytes. Give a list'),
        (ONE | {"pen": Path("pen.jpg")}, {}, 'The photos of "pen" are of type '),
        (ONE | {"pen": BytesIO(b"2")}, {}, 'The photos of "pen" are of type BytesIO. Give a list'),
        (ONE | {"pen": Image.new("RGB", (8, 8))}, {}, 'The photos of "pen" are of type Image. Give a list'),
        (ONE | {"pen": Shot(b"2")}, {}, 'The photos of "pen" are of type Shot. Give a list'),
        (ONE | {"pen\0": [b"2"]}, {}, r"The name 'pen\x00' has letters that can't be printed"),
        (ONE | {"\ud800": [b"2"]}, {}, r"The name '\ud800' has letters that can't be printed"),
        (TWO, {"held_out": [b"3"]}, "held_out is of type list. Give a dict"),
        (TWO, {"held_out": {"pen": b"3"}}, 'The photos of "pen" are of type bytes'),
        (TWO, {"seed": -1}, "seed=-1 does not work: it must be a whole number from 0"),
        (TWO, {"seed": "x"}, "seed='x' does not work: it must be a whole number from 0"),
        (TWO, {"network": 5}, "network=5 does not work: it must be the name of weights"),
    ],
)
def test_nonsense_is_refused_in_a_sentence_before_a_network_is_loaded(photos, more, said, monkeypatch):
    monkeypatch.setattr(rc.Classifier, "load", lambda *_: pytest.fail("loaded"))
    with pytest.raises((rc.DataError, rc.InvalidSpecError)) as caught:
        rc.teach(photos, **more)
    assert said in str(caught.value)


def test_a_generator_of_photos_is_taken_as_their_list(network, digits):
    listed = digits(3)
    found = rc.teach({name: (one for one in photos) for name, photos in listed.items()}, network)
    assert found.model.fc.weight.equal(rc.teach(listed, network).model.fc.weight)


def test_a_class_that_is_held_out_only_is_refused(network, digits):
    with pytest.raises(rc.DataError, match='"nine" is held out, and is none of the classes'):
        rc.teach(digits(3), network, held_out={"nine": digits(1)["one"]})


def test_a_broken_photo_ends_it_or_is_left_out(network, digits):
    photos = digits(3)
    photos["one"].append(b"no picture")
    with pytest.raises(rc.ImageError, match="photo 4 of one"):
        rc.teach(photos, network)
    left_out = []
    rc.teach(photos, network, skip=left_out.append)
    assert "photo 4 of one" in str(left_out[0])
    with pytest.raises(rc.DataError, match='No photo of "pen" could be read'):
        rc.teach({"mug": digits(2)["one"], "pen": [b"no picture"]}, network, skip=left_out.append)


def test_it_can_be_cancelled_between_batches(network, digits):
    def stop(_done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rc.teach(digits(3), network, progress=stop)
