"""teach(): a classifier of your own classes, from a few photos of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral
from pathlib import Path

from resnet_core.errors import DataError, require
from resnet_core.inference.classifier import Classifier
from resnet_core.lab.teach.feature_store import Store
from resnet_core.lab.teach.features import feature_engine, with_head
from resnet_core.lab.teach.groups import group_photos
from resnet_core.lab.teach.head import Head, fit_head
from resnet_core.lab.teach.held_out import HeldOut, cross_validate, judge
from resnet_core.lab.teach.looking import Looked, Progress, Skip, look
from resnet_core.lab.teach.photos import Photos, check_apart, check_classes, check_each, check_unseen, lists_of
from resnet_core.lab.teach.saving import save_taught
from resnet_core.lab.teach.tuning import NONE, WAYS
from resnet_core.lab.teach.tuning import fine_tune as train_end
from resnet_core.lab.theory.start import Progress as Share
from resnet_core.lab.theory.start import nobody
from resnet_core.models.network import ResNet, build_model
from resnet_core.weights.library import DEFAULT_WEIGHTS
from resnet_core.weights.record import Weights

HIGHEST_SEED = 2**31 - 1


class TaughtClassifier(Classifier):
    """A classifier like any other, of the classes that it was taught.

    Attributes:
        held_out: answers to photos that the head had not learnt from.
        network: the name of the weights whose features it uses.
    """

    def __init__(self, model: ResNet, weights: Weights, held_out: HeldOut, network: str, device: str = "auto") -> None:
        super().__init__(model, weights, device)
        self.held_out, self.network = held_out, network

    def save(self, path: str | Path) -> Path:
        """Write it with its note inside: as .safetensors, which `Classifier.load` and the app read, or as .onnx.

        Raises:
            DataError: for another ending, if it can't be written there, or without the packages that write ONNX.
        """
        return save_taught(self.model, self.weights, self.held_out, Path(path))


def teach(
    photos: Photos,
    network: str | Path | Classifier | None = None,
    held_out: Photos | None = None,
    seed: int = 0,
    progress: Progress = lambda _: None,
    store: Store | None = None,
    skip: Skip | None = None,
    fine_tune: str = NONE,
    tuned: Share = nobody,
) -> TaughtClassifier:
    """Learn classes from photos: a new linear head on the features of a trained network, all else as it was.

    With `fine_tune`, some steps of gradient descent then train the network's last stage too, or all of it; up to three
    folds measure then, in place of five.

    Args:
        photos: class name -> its photos: PIL images, bytes of files, paths, or `Shot`s with a time. Five a class do.
        network: weights by name or file, or a classifier; None for the bundled default.
        held_out: photos of the same classes to measure with. Without them, five-fold cross-validation measures, photos
            of one burst staying together, and the head that is returned has learnt from all photos.
        seed: of the folds.
        progress: is told how many photos have been seen; what it raises cancels.
        store: keeps the features of files from run to run.
        skip: is told of a photo that can't be read, which is then left out.
        fine_tune: "none", "last-stage" or "all".
        tuned: is told which share of the fine-tuning is done, 0 to 1; what it raises cancels.

    Raises:
        DataError: for one class, a class without photos, a photo in two classes, a held-out class that is none, more
            photos than can be fine-tuned on.
        ImageError: for a photo that can't be read, by its name.
        InvalidSpecError: for another way of fine-tuning, a seed that is none, or what is no network.
        WeightsError: if the network's weights are missing or damaged.
    """
    require(fine_tune in WAYS, "fine_tune", fine_tune, f"one of {', '.join(WAYS)}")
    fits = isinstance(seed, Integral) and 0 <= seed <= HIGHEST_SEED
    require(fits, "seed", seed, f"a whole number from 0 to {HIGHEST_SEED:,}")
    fits = network is None or isinstance(network, str | Path | Weights | Classifier)
    require(fits, "network", network, "the name of weights, their file, a Classifier or None")
    photos = check_classes(photos)
    classes = tuple(photos)
    apart = None if held_out is None else _in_order(held_out, classes)
    known = network if isinstance(network, Classifier) else Classifier.load(network or DEFAULT_WEIGHTS)
    engine = feature_engine(known)
    seen = look(photos, known, engine, progress, store, skip)
    done = sum(map(len, photos.values()))
    asked = apart and look(apart, known, engine, lambda count: progress(done + count), store, skip)
    head, measured = learn(seen, classes, asked or None, seed)
    if fine_tune == NONE:
        return taught_classifier(known, with_head(known.model, head), classes, measured)
    theirs = None if not (apart and asked) else (apart, asked)
    found = train_end(known, photos, seen, classes, fine_tune, theirs, seed, tuned)
    return taught_classifier(known, found.network, classes, found.held_out, part=found.part)


def learn(seen: Looked, classes: tuple[str, ...], asked: Looked | None = None, seed: int = 0) -> tuple[Head, HeldOut]:
    """A head from all photos in `seen`, and how it does on others: those in `asked`, or by cross-validation.

    Raises:
        DataError: for a photo in two classes, or on both sides, or a class of which none could be read.
    """
    check_apart((*seen.photos, *(asked.photos if asked else ())), classes)
    check_each(seen.photos, classes)
    head = fit_head(seen.features, seen.labels, len(classes))
    if asked is None:
        return head, cross_validate(seen.features, seen.labels, group_photos(seen.photos), classes, seed)
    check_unseen(seen.photos, asked.photos)
    return head, judge(head.answers(asked.features), asked.labels, group_photos(asked.photos), classes)


def taught_classifier(
    known: Classifier,
    network: ResNet,
    classes: tuple[str, ...],
    held_out: HeldOut,
    name: str = "taught",
    part: str = "",
) -> TaughtClassifier:
    """A copy of a network that has learnt classes, on the device of `known`.

    Args:
        part: that was fine-tuned.
    """
    model = build_model(network.spec, device="meta")
    model.load_state_dict({key: value.clone() for key, value in network.state_dict().items()}, assign=True)
    weights = taught_weights(known.weights, classes, held_out, name, part)
    return TaughtClassifier(model.eval(), weights, held_out, known.weights.name, known.device.type)


def taught_weights(
    weights: Weights, classes: tuple[str, ...], held_out: HeldOut, name: str = "taught", part: str = ""
) -> Weights:
    """The record of a network that has learnt other classes."""
    return replace(
        weights,
        name=name,
        source="sent",
        path=Path(f"{name}.safetensors"),
        sha256="",
        classes=classes,
        url="",
        data=f"{held_out.total or len(held_out.answers)} photos of {len(classes)} classes",
        top1=None,
        wordnet_ids=(),
        origin=f"features of {weights.name}" + (f", fine-tuned: {part}" if part else ""),
        grouping=None,
        remarks=(),
    )


def _in_order(held_out: Photos, classes: Sequence[str]) -> Photos:
    given = lists_of(held_out, "held_out")
    strange = [name for name in given if name not in classes]
    if strange:
        raise DataError(f'"{strange[0]}" is held out, and is none of the classes that are taught.')
    return {name: given.get(name, ()) for name in classes}
