"""Features that are computed once: in memory for a visit, or from run to run in a file of this machine's cache."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from resnet_core.lab.teach.head import Features
from resnet_core.lab.teach.photos import THUMBNAIL, Photo

MOST_ROWS = 50_000  # of 512 float32 numbers: 130 MB. The oldest go first
_TABLE = """CREATE TABLE IF NOT EXISTS features
    (key TEXT PRIMARY KEY, features BLOB, thumbnail BLOB, digest TEXT, taken_s REAL)"""


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What is kept of one file."""

    features: Features
    thumbnail: npt.NDArray[np.float32]
    digest: str
    taken_s: float | None

    def photo(self, name: str, label: int) -> Photo:
        """The photo, as reading it would give it."""
        return Photo(name, label, self.thumbnail, self.digest, self.taken_s)


class Store(Protocol):
    """What keeps features by the contents of a file."""

    def get(self, key: str) -> Stored | None:
        """What is kept of the file with this hash."""

    def put(self, key: str, photo: Photo, features: Features) -> None:
        """Keep it."""


class MemoryStore:
    """Features of one network in memory: some kilobytes a photo, the oldest going first.

    Args:
        most: how many photos are kept.
    """

    def __init__(self, most: int = 2000) -> None:
        self._most = most
        self._kept: dict[str, Stored] = {}

    def get(self, key: str) -> Stored | None:
        """What is kept of the file with this hash."""
        return self._kept.get(key)

    def put(self, key: str, photo: Photo, features: Features) -> None:
        """Keep it; where that is one too many, the oldest goes."""
        self._kept[key] = Stored(features, photo.thumbnail, photo.digest, photo.taken_s)
        while len(self._kept) > self._most:
            del self._kept[next(iter(self._kept))]


class FeatureStore:
    """Features by the contents of a file, for one network.

    Args:
        path: of the SQLite file; it is made where it is missing.
        network: what tells the network and its crop apart from others, e.g. the hash of its weights.
    """

    def __init__(self, path: Path, network: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._network = network
        self._file = sqlite3.connect(path, timeout=30, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")
        self._file.execute(_TABLE)

    def close(self) -> None:
        """Drop what is too much, the oldest first, and end."""
        oldest = "SELECT key FROM features ORDER BY rowid DESC LIMIT -1 OFFSET ?"
        self._file.execute(f"DELETE FROM features WHERE key IN ({oldest})", (MOST_ROWS,))
        self._file.close()

    def get(self, key: str) -> Stored | None:
        """What is kept of the file with this hash."""
        with closing(self._file.execute("SELECT * FROM features WHERE key = ?", (self._key(key),))) as found:
            row = found.fetchone()
        if row is None:
            return None
        _, features, thumbnail, digest, taken_s = row
        grey = np.frombuffer(thumbnail, np.float32).reshape(THUMBNAIL, THUMBNAIL)
        return Stored(np.frombuffer(features, np.float32), grey, digest, taken_s)

    def put(self, key: str, photo: Photo, features: Features) -> None:
        """Keep it; the same file twice is kept once."""
        row = (self._key(key), features.tobytes(), photo.thumbnail.tobytes(), photo.digest, photo.taken_s)
        self._file.execute("INSERT OR REPLACE INTO features VALUES (?, ?, ?, ?, ?)", row)

    def _key(self, key: str) -> str:
        return f"{self._network}:{key}"
