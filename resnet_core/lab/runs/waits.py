"""How long a race in the queue waits: from what runs now and from the pace of races that have run here."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from resnet_core.lab.runs.records import RunRequest


def work(request: RunRequest) -> float:
    """A race's size in a unit that is fair among races on one data set: epochs x blocks x width x networks."""
    spec = request.config.spec()
    return float(request.config.epochs * sum(spec.depths) * spec.widths[0] * len(request.arms))


def begins_in(remaining: Sequence[float | None], ahead: Sequence[float | None], workers: int) -> float | None:
    """Seconds until a worker is free for a race in the queue; None where a time that counts is not known.

    Args:
        remaining: what each race that runs has to go.
        ahead: what each race that waits before this one will take, the next one first.
        workers: races that run at once.
    """
    if None in remaining or None in ahead:
        return None
    free = [seconds for seconds in remaining if seconds is not None] + [0.0] * (workers - len(remaining))
    heapq.heapify(free)
    for seconds in ahead:
        heapq.heapreplace(free, free[0] + (seconds or 0.0))
    return free[0]
