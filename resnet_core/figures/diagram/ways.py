"""Chain: the parts of a block by where a drawing puts them: on its trunk, or on a way around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from resnet_core.anatomy.tables.arcs import Arc, Shortcut
from resnet_core.anatomy.tables.parts import Part
from resnet_core.figures.diagram import marks as draw

MOST_WITH_ARCS = 16  # parts of a chain that has arcs: wider ones are listed
MOST_ARCS = 6  # that a chain shows legibly around each other


@dataclass(frozen=True, slots=True)
class Way:
    """An arc of a chain, by numbers on its trunk.

    Attributes:
        start: parts of the trunk before it leaves.
        stop: number on the trunk of the part that joins it.
        side: the parts that stand on it, each with its number among the scene's parts.
        kind: as in Arc.
        around: 0 for the innermost; how many arcs lie within it, at most.
    """

    start: int
    stop: int
    side: tuple[tuple[int, Part], ...]
    kind: Shortcut
    around: int


@dataclass(frozen=True, slots=True)
class Chain:
    """The parts of a block by where they stand, each with its number among the scene's parts."""

    trunk: list[tuple[int, Part]]
    ways: tuple[Way, ...]

    def colour(self, number: int) -> str:
        """Of what joins at that number on the trunk: its shortcut's."""
        kind = next((way.kind for way in self.ways if way.stop == number), "identity")
        return draw.COLOURS.get(kind, "identity")


def shown_parts(part: Part) -> tuple[Part, ...]:
    """What a scene shows of a part: its children, a shortcut's layers one by one."""
    return tuple(
        shown for child in part.children for shown in (child.children if part.on_side(child) else ()) or (child,)
    )


def fits_a_chain(part: Part) -> bool:
    """Whether all ways around can be seen: few, and of those with layers on them no two above each other."""
    sided = sorted((arc.start, arc.stop) for arc in part.arcs if arc.side)
    apart = all(left[1] < right[0] for left, right in pairwise(sided))
    return apart and 0 < len(part.arcs) <= MOST_ARCS and len(part.children) <= MOST_WITH_ARCS


def chain_of(part: Part) -> Chain:
    """Trunk and ways of a part."""
    numbered = list(enumerate(shown_parts(part)))
    shown = {child.path: [n for n, one in numbered if one in (child, *child.children)] for child in part.children}
    beside = {n for child in part.children if part.on_side(child) for n in shown[child.path]}
    trunk = [(n, child) for n, child in numbered if n not in beside]
    before = [sum(n not in beside for child in part.children[:k] for n in shown[child.path])
              for k in range(len(part.children) + 1)]  # fmt: skip
    ways = []
    for arc in part.arcs:
        side = tuple(numbered[n] for k in arc.side for n in shown[part.children[k].path])
        ways.append(Way(before[arc.start], before[arc.stop], side, arc.kind, _around(arc, part.arcs)))
    return Chain(trunk, tuple(ways))


def _around(arc: Arc, arcs: Sequence[Arc]) -> int:
    inside = [one for one in arcs if one != arc and arc.start <= one.start and one.stop <= arc.stop]
    return 1 + max((_around(one, inside) for one in inside), default=-1)
