import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO, StringIO
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image
from torchvision import models
from torchvision.models import ResNet18_Weights

from resnet_core.errors import ImageError, InvalidSpecError
from resnet_core.inference.classifier import Classifier, rank_classes
from resnet_core.inference.headline import ROUNDING, softmax
from resnet_core.inference.images import MAX_BYTES
from resnet_core.inference.preprocessing import seen_image
from resnet_core.inference.samples import load_sample
from resnet_core.weights.grouping import Group, Grouping
from resnet_core.weights.library import Weights, find_weights, load_weights


def noise(seed, size=(48, 40)):
    pixels = np.random.default_rng(seed).integers(0, 256, size=(size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(pixels)


def png(image):
    buffer = BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def torchvision_resnet18():
    torch.manual_seed(0)
    model = models.resnet18(num_classes=1000)
    with torch.no_grad():
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                module.running_mean.normal_(0, 0.1)
                module.running_var.uniform_(0.5, 1.5)
    return model.eval()


def test_torchvisions_weights_give_torchvisions_answer(torchvision_resnet18, tmp_path):
    path = tmp_path / "resnet18-mine.pth"
    torch.save(torchvision_resnet18.state_dict(), path)
    published = ResNet18_Weights.IMAGENET1K_V1
    image = load_sample("china")
    with torch.inference_mode():
        logits = torchvision_resnet18(published.transforms()(image)[None])[0]
    prediction = Classifier.load(path, device="cpu", precision="fp32").predict(image)
    assert torch.allclose(torch.tensor(prediction.logits), logits, rtol=1e-4, atol=1e-4)
    best = int(logits.argmax())
    assert prediction.top[0].label == published.meta["categories"][best]
    assert prediction.top[0].probability == pytest.approx(float(logits.softmax(0)[best]), rel=1e-3)


def test_a_prediction_says_what_was_seen_and_by_whom(classifier):
    prediction = classifier.predict(noise(0), top_k=3)
    assert len(prediction.top) == 3
    assert (prediction.model, prediction.weights) == ("cifar_resnet20", "mine")
    assert (prediction.device, prediction.precision) == ("cpu", "fp32")
    assert (prediction.image_size, prediction.seen_size, prediction.crops) == ((48, 40), (32, 32), 1)
    assert prediction.duration_ms > 0
    assert sum(c.probability for c in prediction.ranked(10)) == pytest.approx(1)
    assert prediction.top[0].label == prediction.classes[int(np.argmax(prediction.logits))]
    json.dumps(dataclasses.asdict(prediction))  # plain numbers and words only
    with pytest.raises(dataclasses.FrozenInstanceError):
        prediction.top = ()


def test_bytes_a_path_and_a_picture_get_the_same_answer(classifier, tmp_path):
    image = noise(1)
    path = tmp_path / "noise.png"
    path.write_bytes(png(image))
    logits = classifier.predict(image).logits
    with path.open("rb") as file:
        for source in (png(image), bytearray(png(image)), BytesIO(png(image)), file, path, str(path),
                       image.convert("RGBA")):  # fmt: skip
            assert classifier.predict(source).logits == logits


def test_of_a_file_object_no_more_is_read_than_a_picture_may_have(classifier):
    asked = []

    class Endless:
        def read(self, count):
            asked.append(count)
            return bytes(count)

    with pytest.raises(ImageError, match="at most 20 MB"):
        classifier.predict(Endless())
    assert asked == [MAX_BYTES + 1]


def closed():
    file = BytesIO(b"x")
    file.close()
    return file


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (StringIO("x"), 'gives str instead of bytes. Open it with "rb"'), (closed(), "can't be read .*closed"),
        (np.zeros((4, 4, 3), np.uint8), r"A ndarray is no picture.*Image\.fromarray"),
        (None, "A NoneType is no picture"),
    ],
)  # fmt: skip
def test_what_gives_no_bytes_is_an_image_error(classifier, source, words):
    with pytest.raises(ImageError, match=words):
        classifier.predict(source)


def test_the_time_of_the_network_and_that_of_the_picture_are_told_apart(classifier, monkeypatch):
    now = [0.0]  # a clock that only the slow part moves: a busy machine changes nothing

    def slowed(part):
        return lambda *given, **named: (now.__setitem__(0, now[0] + 0.1), part(*given, **named))[1]

    monkeypatch.setattr("resnet_core.inference.classifier.time", SimpleNamespace(perf_counter=lambda: now[0]))
    with monkeypatch.context() as slow:
        slow.setattr(classifier.engine, "run", slowed(classifier.engine.run))
        answer = classifier.predict(noise(0))
    assert (answer.duration_ms, answer.view_ms) == (pytest.approx(100), 0)
    monkeypatch.setattr("resnet_core.inference.classifier.seen_image", slowed(seen_image))
    answer = classifier.predict(noise(0))
    assert (answer.duration_ms, answer.view_ms) == (0, pytest.approx(100))


@pytest.mark.parametrize(
    ("source", "words"),
    [(b"", "empty"), (b"no picture", "a text"), ("none.png", "can't be read"), (3, "A int is no picture"),
     (Image.new("RGB", (0, 4)), "0 x 4 pixels")],
)  # fmt: skip
def test_what_is_no_picture_is_an_image_error(classifier, source, words):
    with pytest.raises(ImageError, match=words):
        classifier.predict(source)


def test_a_truncated_file_that_pillow_opened_is_an_image_error(classifier):
    data = png(noise(0, (300, 300)))
    with Image.open(BytesIO(data[: len(data) // 2])) as image, pytest.raises(ImageError, match="can't be read"):
        classifier.predict(image)


@pytest.mark.parametrize("size", [(1, 1), (1, 20_000), (20_000, 1)])
def test_odd_shapes_are_classified(classifier, size):
    assert classifier.predict(Image.new("RGB", size)).seen_size == (32, 32)


@pytest.mark.parametrize("ten_crop", [False, True])
def test_batches_answer_as_one_at_a_time_and_in_order(classifier, ten_crop):
    images = [noise(seed, (32 + seed, 40)) for seed in range(7)]
    together = list(classifier.predict_many(images, batch_size=3, ten_crop=ten_crop))
    assert [p.image_size for p in together] == [image.size for image in images]
    for image, prediction in zip(images, together, strict=True):
        alone = classifier.predict(image, ten_crop=ten_crop)
        assert prediction.logits == pytest.approx(alone.logits, rel=1e-4, abs=1e-4)


def test_batches_are_read_as_they_are_needed(classifier):
    read = []
    predictions = classifier.predict_many((read.append(seed) or noise(seed) for seed in range(9)), batch_size=2)
    next(predictions)
    assert read == [0, 1]
    with pytest.raises(InvalidSpecError, match="batch_size=0"):
        next(classifier.predict_many([], batch_size=0))


def test_ten_crops_average_the_logits_of_the_ten(classifier):
    image = noise(2)
    prediction = classifier.predict(image, ten_crop=True)
    crops = classifier.crops(image)
    assert (prediction.crops, len(crops)) == (10, 10)
    alone = np.mean([classifier.predict(crop).logits for crop in crops], axis=0)
    assert prediction.logits == pytest.approx(alone.tolist(), rel=1e-4, abs=1e-4)
    assert prediction.logits != pytest.approx(classifier.predict(image).logits, rel=1e-3)


def test_what_is_seen_is_the_crop_before_normalisation(classifier):
    seen = classifier.seen(Image.new("RGB", (64, 48), (10, 200, 30)))
    assert (seen.mode, seen.size, seen.getpixel((5, 5))) == ("RGB", (32, 32), (10, 200, 30))


def test_temperature_changes_the_confidence_and_never_the_order():
    logits, classes = (2.0, 1.0, 0.0), ("a", "b", "c")
    for temperature in (0.25, 1, 4):
        expected = np.exp(np.array(logits) / temperature)
        ranked = rank_classes(logits, classes, 3, temperature)
        assert [c.label for c in ranked] == ["a", "b", "c"]
        assert [c.probability for c in ranked] == pytest.approx(list(expected / expected.sum()))
    assert rank_classes((1000.0, -1000.0), classes, 1, 0.001)[0].probability == 1


@pytest.mark.parametrize(("top_k", "temperature"), [(0, 1), (-1, 1), (1, 0), (1, -2), (1, float("nan"))])
def test_impossible_rankings_are_a_sentence(top_k, temperature):
    with pytest.raises(InvalidSpecError, match=r"top_k|temperature"):
        rank_classes((1.0, 2.0), ("a", "b"), top_k, temperature)


def test_more_classes_than_there_are_gives_all(classifier):
    assert len(classifier.predict(noise(0), top_k=99).top) == 10


def test_bf16_answers_nearly_as_fp32(classifier, checkpoint):
    half = Classifier.load(checkpoint, device="cpu", precision="bf16")
    half.engine.wait()
    exact, rough = classifier.predict(noise(0)), half.predict(noise(0))
    assert rough.precision == "bf16"
    assert rough.logits != exact.logits
    spread = max(exact.logits) - min(exact.logits)
    assert rough.logits == pytest.approx(exact.logits, abs=0.05 * spread)


def test_what_rounding_might_have_changed_is_computed_again_in_float32(classifier, checkpoint):
    half = Classifier.load(checkpoint, device="cpu", precision="bf16", backend="eager")
    half.engine.wait()
    pictures = [noise(0), noise(1)]
    rough, exact = list(half.predict_many(pictures)), list(classifier.predict_many(pictures))
    assert {one.precision for one in rough} == {"bf16"}
    limit = max(softmax(rough[0].logits))
    apart = abs(max(softmax(rough[1].logits)) - limit)
    assert apart > ROUNDING, "the second picture must lie farther from the limit"
    grouping = Grouping(
        groups=(Group("all", "anything", tuple(range(10))),), said=tuple("abcdefghij"), sure_class=limit, sure_group=0.5
    )
    limited = Classifier(half.model, dataclasses.replace(half.weights, grouping=grouping), "cpu", "bf16", "eager")
    limited.engine.wait()
    near, far = limited.predict_many(pictures)
    assert (near.precision, far.precision) == ("fp32", "bf16")
    assert near.logits == pytest.approx(exact[0].logits, abs=1e-4)
    assert far.logits == rough[1].logits
    crops = limited.predict(pictures[0], ten_crop=True)
    assert crops.logits == pytest.approx(
        (classifier if crops.precision == "fp32" else half).predict(pictures[0], ten_crop=True).logits, abs=1e-4
    )


def test_predicting_leaves_the_network_as_it_was(classifier):
    before = {name: tensor.clone() for name, tensor in classifier.model.state_dict().items()}
    classifier.predict(noise(0))
    assert not classifier.model.training
    assert not any(p.requires_grad or p.grad is not None for p in classifier.model.parameters())
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in classifier.model.modules())
    assert all(torch.equal(before[name], tensor) for name, tensor in classifier.model.state_dict().items())


def test_eight_threads_get_the_answers_that_each_would_get_alone(classifier):
    images = [noise(seed, (33 + seed, 47)) for seed in range(8)]
    alone = [classifier.predict(image).logits for image in images]
    assert len({logits[0] for logits in alone}) == 8, "the pictures must differ"
    with ThreadPoolExecutor(8) as pool:
        for _ in range(5):
            for logits, prediction in zip(alone, pool.map(classifier.predict, images), strict=True):
                assert prediction.logits == pytest.approx(logits, rel=1e-4, abs=1e-5)


def test_weights_are_taken_by_record_too(checkpoint):
    weights = find_weights(checkpoint)
    assert isinstance(weights, Weights)
    assert Classifier.load(weights, device="cpu").weights == weights


def test_a_network_in_training_mode_answers_as_one_in_eval_mode(classifier, checkpoint):
    model, weights = load_weights(checkpoint)
    mine = Classifier(model.train(), weights, "cpu", "fp32")
    assert not any(module.training for module in mine.model.modules())
    statistics = mine.model.bn1.running_mean.clone()
    assert mine.predict(noise(0)).logits == pytest.approx(classifier.predict(noise(0)).logits, rel=1e-4, abs=1e-5)
    assert torch.equal(mine.model.bn1.running_mean, statistics)
