"""ClassifierPool: many visitors share each loaded network, and only so many are answered at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from resnet_core.errors import QueueFullError
from resnet_core.inference.classifier import Classifier

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
        self.max_models, self.wait_s = max_models, wait_s
        self._load = load
        self._lock = threading.Lock()
        self._places: dict[Key, _Place] = {}
        self._most = max_in_flight + max_waiting
        self._admitted = threading.BoundedSemaphore(self._most)
        self._slots = threading.BoundedSemaphore(max_in_flight)

    def get(self, weights: str, device: str = "auto", precision: str = "auto") -> Classifier:
        """The classifier for these weights. The first who asks loads it, others who ask meanwhile wait for that.

        Raises:
            WeightsError, InvalidSpecError: as `Classifier.load`; who asks next tries anew.
        """
        key = (weights, device, precision)
        place = self._place(key)
        with place.lock:
            if place.classifier is None:
                try:
                    place.classifier = self._load(*key)
                except BaseException:
                    self._forget(key, place)
                    raise
            return place.classifier

    def loaded(self) -> list[Key]:
        """What is loaded now, the least recently asked for first."""
        with self._lock:
            return [key for key, place in self._places.items() if place.classifier is not None]

    @contextmanager
    def slot(self) -> Iterator[None]:
        """A place to decode and classify one picture, as soon as there is one. Not to be nested.

        Raises:
            QueueFullError: if too many wait already, or none got free in time.
        """
        if not self._admitted.acquire(blocking=False):
            raise QueueFullError(
                f"As many pictures are being answered or wait as this machine takes on at once ({self._most}). "
                "Try again in a few seconds."
            )
        try:
            if not self._slots.acquire(timeout=self.wait_s):
                raise QueueFullError(
                    f"This machine is busy: no picture was answered for {self.wait_s:g} seconds. "
                    "Try again in a minute, or choose a smaller network."
                )
            try:
                yield
            finally:
                self._slots.release()
        finally:
            self._admitted.release()

    def _place(self, key: Key) -> _Place:
        with self._lock:
            place = self._places.pop(key, None) or _Place()
            self._places[key] = place  # the last is the one asked for most recently
            while len(self._places) > self.max_models:
                del self._places[next(iter(self._places))]
            return place

    def _forget(self, key: Key, place: _Place) -> None:
        with self._lock:
            if self._places.get(key) is place:
                del self._places[key]
