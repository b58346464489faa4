"""What transfer is worth, measured on photos of one's own: other inputs of the same head, stages, numbers of photos."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from resnet_core.errors import require
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.explain.walk import stages_of, walk
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.groups import group_photos
from resnet_core.lab.teach.head import Features, fit_head
from resnet_core.lab.teach.held_out import HeldOut, cross_validate
from resnet_core.lab.teach.looking import Looked
from resnet_core.lab.teach.photos import Photo, Photos, Shot, called, check_apart, check_classes, read_photo
from resnet_core.lab.theory.start import calibrated
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import ResNet, build_model

MOST_PHOTOS = 500  # all of them are in memory at once, at the network's size
AT_ONCE = 8  # of 224 pixels in a ResNet-50, that many take some hundred megabytes on their way
SEEN = 32  # photos that the untrained network's batch norm sees
RAW_SIDE = 16  # raw pixels are those of the picture at 16x16: with more, thirty photos say less
TRAINED, UNTRAINED, RAW = "trained network", "the same network, untrained", "raw pixels"


def compare_sources(photos: Photos, classifier: Classifier, seed: int = 0) -> dict[str, HeldOut]:
    """The same head, with the same folds, on three inputs: why transfer works.

    The trained network's features, those of the same network with fresh weights (its batch norm has seen some of these
    photos once), and the pixels themselves, 16x16 in three colours.

    Raises:
        DataError, ImageError: as `teach`.
        InvalidSpecError: for more than 500 photos.
    """
    classes, known, seen = _read(photos, classifier)
    x = to_batch(seen, classifier.weights.preprocessing)
    with one_thread(), torch.no_grad():
        fresh = calibrated(build_model(classifier.model.spec, seed=seed, device="cpu"), x[:: -(-len(x) // SEEN)])
    inputs = {
        TRAINED: _by_stage(classifier.model, x)[-1],
        UNTRAINED: _by_stage(fresh, x)[-1],
        RAW: np.stack([_pixels(image) for image in seen]),
    }
    return _measured(inputs, known, classes, seed)


def compare_stages(photos: Photos, classifier: Classifier, seed: int = 0) -> dict[str, HeldOut]:
    """The same head on what each stage ("layer1", ...) puts out, averaged over its map: which knows most of them.

    Raises:
        DataError, ImageError: as `teach`.
        InvalidSpecError: for more than 500 photos.
    """
    classes, known, seen = _read(photos, classifier)
    outputs = _by_stage(classifier.model, to_batch(seen, classifier.weights.preprocessing))
    return _measured(dict(zip(stages_of(classifier.model), outputs, strict=True)), known, classes, seed)


def by_number(looked: Looked, classes: tuple[str, ...], draws: int = 10, seed: int = 0) -> dict[int, float]:
    """Photos a class -> right answers in percent, on the mean of some draws, to photos that were not drawn.

    1, 2, 4, ... photos a class, as far as a photo of each class is left to ask. A group of photos is drawn as one.

    Raises:
        InvalidSpecError: for less than one draw.
    """
    require(draws >= 1, "draws", draws, "at least 1")
    labels, groups = looked.labels, group_photos(looked.photos)
    first = np.unique(groups, return_index=True)[1]  # one photo stands for its group
    features, labels = looked.features[first], labels[first]
    fewest = min(int((labels == label).sum()) for label in range(len(classes)))
    random = np.random.default_rng(seed)
    found: dict[int, float] = {}
    number = 1
    while number < fewest:
        shares = []
        for _ in range(draws):
            drawn = np.concatenate(
                [random.permutation(np.flatnonzero(labels == label))[:number] for label in range(len(classes))]
            )
            asked = np.setdiff1d(np.arange(len(labels)), drawn)
            head = fit_head(features[drawn], labels[drawn], len(classes))
            shares.append(float((head.answers(features[asked]) == labels[asked]).mean()))
        found[number] = 100 * float(np.mean(shares))
        number *= 2
    return found


def _read(photos: Photos, classifier: Classifier) -> tuple[tuple[str, ...], list[Photo], list[Image.Image]]:
    photos = check_classes(photos)
    classes = tuple(photos)
    total = sum(map(len, photos.values()))
    require(total <= MOST_PHOTOS, "photos", total, f"at most {MOST_PHOTOS} for a comparison")
    both = [
        read_photo(shot, label, called(shot, name, number), classifier.weights.preprocessing)
        for label, (name, shots) in enumerate(photos.items())
        for number, shot in enumerate((one if isinstance(one, Shot) else Shot(one) for one in shots), 1)
    ]
    known = [photo for photo, _ in both]
    check_apart(known, classes)
    return classes, known, [seen for _, seen in both]


def _measured(
    inputs: Mapping[str, Features], photos: list[Photo], classes: tuple[str, ...], seed: int
) -> dict[str, HeldOut]:
    labels = np.array([photo.label for photo in photos], np.int64)
    groups = group_photos(photos)
    return {name: cross_validate(features, labels, groups, classes, seed) for name, features in inputs.items()}


def _by_stage(model: ResNet, x: Tensor) -> list[Features]:
    """(N, channels) of each stage: what it puts out, averaged over its map."""
    device = next(model.parameters()).device
    parts: list[list[Features]] = []
    with one_thread(), torch.inference_mode():
        for batch in torch.split(x, AT_ONCE):
            outputs = (out for step, out in walk(model, batch.to(device)) if step.ends_stage)
            parts.append([out.float().mean((2, 3)).cpu().numpy() for out in outputs])
    return [np.concatenate(stage) for stage in zip(*parts, strict=True)]


def _pixels(seen: Image.Image) -> Features:
    return np.asarray(seen.resize((RAW_SIDE, RAW_SIDE), Image.Resampling.BOX), np.float32).ravel()
