"""What to show a network: things that it knows well and that lie about, from the groups of its classes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from resnet_core.weights.grouping import Grouping

# Where the things of a group are found.
PLACES: dict[str, tuple[str, ...]] = {
    "on a desk": ("electronic device", "toy or book", "tool", "worn or carried"),
    "in a kitchen": ("food or drink", "fruit or vegetable", "kitchen thing", "container"),
}


def proposals(
    grouping: Grouping, classes: Sequence[str], accuracy: Mapping[str, float], count: int = 4
) -> dict[str, tuple[str, ...]]:
    """For each place the things that this network names best, with their article, best first.

    Args:
        accuracy: of each class, by name; what is not in it is not proposed.
        count: how many for each place.
    """
    found = {}
    for place, names in PLACES.items():
        members = [index for group in grouping.groups if group.name in names for index in group.members]
        known = [index for index in members if classes[index] in accuracy and index not in grouping.guarded]
        best = sorted(known, key=lambda index: -accuracy[classes[index]])[:count]
        if best:
            found[place] = tuple(grouping.said[index] for index in best)
    return found
