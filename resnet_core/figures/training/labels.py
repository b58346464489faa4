"""apart(): places for labels beside the ends of lines, moved so that none covers another."""

from __future__ import annotations

from collections.abc import Sequence


def apart(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as possible to the wanted ones, in their order, at least `gap` from each other.

    Args:
        wanted: where each label would stand.
        low, high: the room there is; where it is too small for all, labels reach beyond `high`.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    places = [0.0] * len(wanted)
    least = low
    for index in order:
        places[index] = max(wanted[index], least)
        least = places[index] + gap
    most = max(high, low + gap * (len(wanted) - 1))
    for index in reversed(order):
        places[index] = min(places[index], most)
        most = places[index] - gap
    return places
