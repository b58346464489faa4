"""look(): features and what else is known of photos, computed once for each and kept where a store is given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from resnet_core.errors import ImageError
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.feature_store import FeatureStore
from resnet_core.lab.teach.head import Features, Labels
from resnet_core.lab.teach.photos import Photo, Photos, Shot, called, read_photo
from resnet_core.weights.record import Preprocessing

AT_ONCE = 32  # photos in a batch; of each only what the network sees is kept until the batch is full
Progress = Callable[[int], None]
Skip = Callable[[ImageError], None]


@dataclass(frozen=True, slots=True, eq=False)
class Looked:
    """Photos in the order in which they were given, and (N, features) of them."""

    photos: tuple[Photo, ...]
    features: Features

    @property
    def labels(self) -> Labels:
        """(N,) the number of each photo's class."""
        return np.array([photo.label for photo in self.photos], np.int64)


def look(
    photos: Photos,
    classifier: Classifier,
    engine: Engine,
    progress: Progress = lambda _: None,
    store: FeatureStore | None = None,
    skip: Skip | None = None,
) -> Looked:
    """Read photos and let a network look at them, batch by batch.

    Args:
        engine: of `feature_engine`.
        progress: is told how many are done; what it raises cancels.
        store: keeps what was computed, so that a second run, or one that was stopped, reads it instead.
        skip: is told of a photo that can't be read, which is left out; without it, the first one ends the looking.

    Raises:
        ImageError: for a photo that can't be read, by its name.
    """
    width = engine.model.spec.num_classes
    known: list[Photo] = []
    rows: list[Features] = []
    done = 0
    for batch in _batches(photos):
        for photo, features in _look_at(batch, classifier, engine, store, skip):
            known.append(photo)
            rows.append(features)
        done += len(batch)
        progress(done)
    return Looked(tuple(known), np.stack(rows) if rows else np.zeros((0, width), np.float32))


def _batches(photos: Photos) -> Iterator[list[tuple[int, str, Shot]]]:
    """(label, name, shot) of at most so many photos at a time."""
    remaining = (
        (label, called(shot, name, number), shot)
        for label, (name, shots) in enumerate(photos.items())
        for number, shot in enumerate((one if isinstance(one, Shot) else Shot(one) for one in shots), 1)
    )
    while batch := list(islice(remaining, AT_ONCE)):
        yield batch


@dataclass(slots=True)
class _Entry:
    """A photo on its way: with features from the store, or with what the network is to see."""

    photo: Photo
    key: str
    features: Features | None = None
    seen: Image.Image | None = None


def _look_at(
    batch: list[tuple[int, str, Shot]],
    classifier: Classifier,
    engine: Engine,
    store: FeatureStore | None,
    skip: Skip | None,
) -> list[tuple[Photo, Features]]:
    """Photos and features of one batch: from the store what it has, the rest from the network."""
    entries = [entry for one in batch if (entry := _enter(*one, classifier.weights.preprocessing, store, skip))]
    if new := [(entry, entry.seen) for entry in entries if entry.seen]:
        answers = engine.run(to_batch([seen for _, seen in new], classifier.weights.preprocessing))[0].numpy()
        for (entry, _), row in zip(new, answers, strict=True):
            entry.features = row
            if store and entry.key:
                store.put(entry.key, entry.photo, row)
    return [(entry.photo, entry.features) for entry in entries if entry.features is not None]


def _enter(
    label: int, name: str, shot: Shot, preparation: Preprocessing, store: FeatureStore | None, skip: Skip | None
) -> _Entry | None:
    """One photo from the store or read anew; None where it can't be read and may be left out."""
    key = _key(shot) if store else ""
    if store and key and (stored := store.get(key)):
        return _Entry(stored.photo(name, label), key, stored.features)
    try:
        photo, seen = read_photo(shot, label, name, preparation)
    except ImageError as error:
        if skip is None:
            raise
        skip(error)
        return None
    return _Entry(photo, key, seen=seen)


def _key(shot: Shot) -> str:
    """The SHA-256 of a file on disk; "" for what is in memory, which no store keeps."""
    if not isinstance(shot.source, str | Path):
        return ""
    try:
        return hashlib.sha256(Path(shot.source).read_bytes()).hexdigest()
    except OSError:
        return ""  # who reads it says why
