"""How often someone may ask: so many times in a while, then a wait."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

REMEMBERED = 2000


class Limit:
    """Lets each name through `most` times in `within_s` seconds. For one thread."""

    def __init__(self, most: int, within_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._within_s, self._clock = most, within_s, clock
        self._since: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def lets(self, name: str) -> bool:
        """Count one more try; whether it may go on."""
        since, count = self._now(name)
        self._since[name] = since, count + 1
        self._since.move_to_end(name)
        while len(self._since) > REMEMBERED:
            self._since.popitem(last=False)
        return count < self._most

    def is_spent(self, name: str) -> bool:
        """Whether the next try would be one too many; counts nothing."""
        return self._now(name)[1] >= self._most

    def _now(self, name: str) -> tuple[float, int]:
        since, count = self._since.get(name, (self._clock(), 0))
        return (since, count) if self._clock() - since < self._within_s else (self._clock(), 0)
