"""A classifier of classes that the network was never trained on, from ten photos of each."""

import pytest
import torch

import resnet_core as rc
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.feature_store import FeatureStore
from resnet_core.lab.teach.features import feature_engine


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
