"""arcs_of(): which parts go around others and are joined with them again: shortcuts, branches, skip connections."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from resnet_core.anatomy.counting.calls import FROM_OUTSIDE, LayerCall

Shortcut = Literal["identity", "projection", "branch", "zero_pad", "detached", "none"]
Takes = tuple[tuple[int, ...], ...]
NO_OPS = ("Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "DropPath", "StochasticDepth")  # in eval mode
PLAIN = ("BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm", "AvgPool")  # mix no channels


class Piece(Protocol):
    """What is needed to know of a part of a network."""

    @property
    def path(self) -> str: ...

    @property
    def calls(self) -> tuple[LayerCall, ...]: ...

    @property
    def children(self) -> Sequence[Piece]: ...


@dataclass(frozen=True, slots=True)
class Arc:
    """A way around some parts of a whole.

    Attributes:
        start: number of the part before which it leaves.
        stop: number of the part that joins it.
        side: numbers of the parts that stand on it.
        kind: "identity" for what comes as it left; "projection" through one 1×1 convolution or linear layer; "branch"
            through other layers; of ours also "zero_pad" and "detached".
    """

    start: int
    stop: int
    side: tuple[int, ...]
    kind: Shortcut


def takes_of(children: Sequence[Piece], sources: Sequence[tuple[int, ...]]) -> Takes:
    """For each part the numbers of those that it takes from, FROM_OUTSIDE for what comes from none of them."""
    owner = {call.index: number for number, child in enumerate(children) for call in child.calls}
    return tuple(
        tuple(
            dict.fromkeys(
                owner.get(source, FROM_OUTSIDE)
                for call in child.calls
                for source in sources[call.index]
                if owner.get(source) != number
            )
        )
        for number, child in enumerate(children)
    )


def arcs_of(children: Sequence[Piece], takes: Takes) -> tuple[Arc, ...]:
    """The arcs among the parts of a whole."""
    joins = [n for n, child in enumerate(children) if not child.children and _joins(child.calls[0])]
    return tuple(arc for join in joins for arc in _into(join, children, takes))


def _joins(call: LayerCall) -> bool:
    return call.functional or call.kind == "ShortcutAdd"


def _into(join: int, children: Sequence[Piece], takes: Takes) -> Iterable[Arc]:
    """All ways into a join but the longest, which is the trunk."""
    ways = takes[join]
    behind = {way: _behind(way, takes) for way in ways}
    own = {way: behind[way].difference(*(behind[other] for other in ways if other != way)) for way in ways}
    if len(ways) < 2:
        return
    trunk = max(ways, key=lambda way: (sum(len(children[n].calls) for n in own[way] - {FROM_OUTSIDE}), way))
    for way in ways:
        if way != trunk:
            side = tuple(sorted(own[way] - {FROM_OUTSIDE}))
            before = [source for n in side for source in takes[n] if source not in side] if side else [way]
            calls = [call for n in side for call in children[n].calls]
            yield Arc(max(before, default=FROM_OUTSIDE) + 1, join, side, _kind(calls))


def _behind(way: int, takes: Takes) -> set[int]:
    """A part and all before it that it depends on."""
    seen, waiting = set[int](), [way]
    while waiting:
        if (number := waiting.pop()) not in seen:
            seen.add(number)
            waiting += takes[number] if number != FROM_OUTSIDE else ()
    return seen


def _kind(calls: Iterable[LayerCall]) -> Shortcut:
    calls = [call for call in calls if call.kind not in NO_OPS]
    kinds = {call.kind for call in calls}
    if "Detach" in kinds:
        return "detached"
    if "ZeroPadShortcut" in kinds:
        return "zero_pad"
    mixing = [call for call in calls if not call.kind.startswith(PLAIN)]
    if not calls:
        return "identity"
    return "projection" if len(mixing) == 1 and _one_by_one(mixing[0]) else "branch"


def _one_by_one(call: LayerCall) -> bool:
    return call.kind == "Linear" or (call.kind.startswith("Conv") and set(call.kernel_size or (0,)) == {1})
