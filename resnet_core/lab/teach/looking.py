"""look(): features and what else is known of photos, computed once for each and kept where a store is given."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from resnet_core.errors import ImageError
from resnet_core.inference.classifier import Classifier
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.preprocessing import to_batch
from resnet_core.lab.teach.feature_store import Store
from resnet_core.lab.teach.head import Features, Labels
from resnet_core.lab.teach.photos import Photo, Photos, Shot, called, read_photo
from resnet_core.weights.record import Preprocessing

AT_ONCE = 32  # photos in a batch; of each only what the network sees is kept until the batch is full
READERS = 2  # photos decoded at once: of 12 megapixels each takes 36 MB
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
    store: Store | None = None,
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
    for batch in batches(photos):
        for photo, features in _look_at(batch, classifier, engine, store, skip):
            known.append(photo)
            rows.append(features)
        done += len(batch)
        progress(done)
    return Looked(tuple(known), np.stack(rows) if rows else np.zeros((0, width), np.float32))


def batches(photos: Photos) -> Iterator[list[tuple[int, str, Shot]]]:
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
    """A photo on its way: read from the store with its features, or anew with what the network is to see."""

    label: int
    name: str
    shot: Shot
    key: str = ""
    photo: Photo | None = None
    features: Features | None = None
    seen: Image.Image | None = None
    error: ImageError | None = None


def _look_at(
    batch: list[tuple[int, str, Shot]],
    classifier: Classifier,
    engine: Engine,
    store: Store | None,
    skip: Skip | None,
) -> list[tuple[Photo, Features]]:
    """Photos and features of one batch: from the store what it has, the rest from the network."""
    preparation = classifier.weights.preprocessing
    entries = [_Entry(*one, key=_key(one[2]) if store else "") for one in batch]
    for entry in entries:
        if store and entry.key and (stored := store.get(entry.key)):
            entry.photo, entry.features = stored.photo(entry.name, entry.label), stored.features
    with ThreadPoolExecutor(READERS) as readers:  # Pillow decodes outside Python's lock
        list(readers.map(lambda entry: _read(entry, preparation), [one for one in entries if not one.photo]))
    for error in (entry.error for entry in entries if entry.error):
        if skip is None:
            raise error
        skip(error)
    if new := [(entry, entry.seen) for entry in entries if entry.seen]:
        answers = engine.run(to_batch([seen for _, seen in new], preparation))[0].numpy()
        for (entry, _), row in zip(new, answers, strict=True):
            entry.features = row
            if store and entry.key and entry.photo:
                store.put(entry.key, entry.photo, row)
    return [(one.photo, one.features) for one in entries if one.photo and one.features is not None]


def _read(entry: _Entry, preparation: Preprocessing) -> None:
    try:
        entry.photo, entry.seen = read_photo(entry.shot, entry.label, entry.name, preparation)
    except ImageError as error:
        entry.error = error


def _key(shot: Shot) -> str:
    """The SHA-256 of a file, with the time that its snapshot brought; "" for a decoded picture, which none keeps."""
    if not isinstance(shot.source, str | Path | bytes):
        return ""
    try:
        data = shot.source if isinstance(shot.source, bytes) else Path(shot.source).read_bytes()
        return f"{hashlib.sha256(data).hexdigest()}{shot.taken_s or ''}"
    except OSError:
        return ""  # who reads it says why
