"""ClassifierPool: many visitors share each loaded network, and only so many are answered at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from resnet_core.inference.classifier import Classifier
from resnet_core.inference.waiting_line import WaitingLine

Key = tuple[str, str, str]  # weights, device, precision


@dataclass(slots=True)
class _Place:
    """Where one classifier is, or will be once the thread that holds the lock has loaded it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    classifier: Classifier | None = None


class ClassifierPool:
    """Loaded classifiers by weights and engine, the least recently asked for going first; threads may share it.

    Args:
        max_models: how many stay loaded. One that is dropped while it answers is freed when it has answered.
        max_in_flight: how many pictures are decoded and classified at once.
        max_waiting: how many more may wait for that.
        wait_s: how long they wait, in seconds.
        load: called as `load(weights, device, precision)`.
    """

    def __init__(
        self,
        max_models: int = 4,
        max_in_flight: int = 4,
        max_waiting: int = 100,
        wait_s: float = 30,
        load: Callable[[str, str, str], Classifier] = Classifier.load,
    ) -> None:
        self.max_models = max_models
        self._load = load
        self._lock = threading.Lock()
        self._places: dict[Key, _Place] = {}
        self._gone: deque[str] = deque()  # what was dropped and may still be there
        self._line = WaitingLine(max_in_flight, max_waiting, wait_s)

    def get(
        self, weights: str, device: str = "auto", precision: str = "auto", load: Callable[[], Classifier] | None = None
    ) -> Classifier:
        """The classifier for these weights. The first who asks loads it, others who ask meanwhile wait for that.

        Args:
            load: loads weights that no name leads to; `weights` is then any word that stands for them alone.

        Raises:
            WeightsError, InvalidSpecError: as `Classifier.load`; who asks next tries anew.
        """
        key = (weights, device, precision)
        place = self._place(key)
        with place.lock:
            if place.classifier is None:
                try:
                    place.classifier = load() if load else self._load(*key)
                finally:
                    if place.classifier is None:  # it failed, whatever the reason: who asks next tries anew
                        self._forget(key, place)
                self._keep(key, place)
            return place.classifier

    def loaded(self) -> list[Key]:
        """What is loaded now, the least recently asked for first."""
        with self._lock:
            return [key for key, place in self._places.items() if place.classifier is not None]

    def drop(self, weights: str) -> None:
        """Let go of what is loaded of these weights. One that answers just now is freed when it has answered.

        It never waits, so that a finalizer may call it, in whatever thread and moment the garbage is collected.
        """
        self._gone.append(weights)
        if self._lock.acquire(blocking=False):  # else whoever holds it, or asks next, sweeps
            try:
                self._sweep()
            finally:
                self._lock.release()

    def slot(self) -> AbstractContextManager[None]:
        """A place to decode and classify one picture, in the order of asking. Not to be nested.

        Entering it raises:
            QueueFullError: if too many wait already, or none got free in time.
        """
        return self._line.place()

    def _place(self, key: Key) -> _Place:
        with self._lock:
            self._sweep()
            place = self._places.pop(key, None) or _Place()
            self._places[key] = place  # the last is the one asked for most recently
            return place

    def _keep(self, key: Key, place: _Place) -> None:
        """Make room once one more is loaded, not before: weights that can't be read drive nobody else's out."""
        with self._lock:
            self._places.setdefault(key, place)  # it went if an earlier load of it failed, while this one waited
            loaded = [key for key, place in self._places.items() if place.classifier is not None]
            for key in loaded[: -self.max_models]:
                del self._places[key]

    def _sweep(self) -> None:
        while self._gone:
            weights = self._gone.popleft()
            for key in [key for key in self._places if key[0] == weights]:
                del self._places[key]

    def _forget(self, key: Key, place: _Place) -> None:
        with self._lock:
            if self._places.get(key) is place:
                del self._places[key]
