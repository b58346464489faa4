"""part_tree(): a trace as nested parts (network, stages, blocks, modules, layers): what a drawing has to show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from typing import Literal

from resnet_core.anatomy.counting.calls import LayerCall, Shape, Trace

Level = Literal["network", "stage", "block", "module", "layer"]
Shortcut = Literal["identity", "projection", "zero_pad", "detached", "none"]


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a network, with the calls that it makes and the parts that it consists of.

    Attributes:
        path: e.g. "layer3", "layer3.20", "layer3.20.conv2"; empty for the whole network. A module that is called in
            two places is two parts: the second one's path is "body#2", and its layers' begin with it.
        name: for people, e.g. "conv4_x", "block 20", "conv2".
        level: how far inside it stands.
        calls: of the part, in order.
        children: empty for a layer.
    """

    path: str
    name: str
    level: Level
    calls: tuple[LayerCall, ...]
    children: tuple[Part, ...] = ()

    @property
    def input_shape(self) -> Shape:
        """Of the first call: (N, C, H, W)."""
        return self.calls[0].input_shape

    @property
    def output_shape(self) -> Shape:
        """Of the last call."""
        return self.calls[-1].output_shape

    @property
    def params(self) -> int:
        """Trained numbers of all its calls."""
        return sum(call.params for call in self.calls)

    @property
    def macs(self) -> int:
        """Multiply-adds of all its calls."""
        return sum(call.macs for call in self.calls)

    @property
    def blocks(self) -> tuple[Part, ...]:
        """Its children that are blocks."""
        return tuple(child for child in self.children if child.level == "block")

    def child(self, name: str) -> Part | None:
        """The child whose path ends in `name`."""
        return next((child for child in self.children if child.path.rpartition(".")[2] == name), None)

    @property
    def shortcut(self) -> Shortcut:
        """What carries the input of a block to its addition; "none" where there is no addition."""
        if self.child("add") is None:
            return "none"
        kinds = {call.kind for call in self.calls if ".downsample" in call.path}
        if "Detach" in kinds:
            return "detached"
        if "Conv2d" in kinds:
            return "projection"
        return "zero_pad" if kinds else "identity"

    @cached_property
    def signature(self) -> tuple[object, ...]:
        """Equal for parts that do the same: everything but place and receptive field."""
        cut = len(re.sub(r"#\d+", "", self.path))
        return tuple(
            replace(call, index=0, path=call.path[cut:], stage="", block=None, receptive_field=None)
            for call in self.calls
        )


def part_tree(trace: Trace) -> Part:
    """The whole network as one Part; its children are the stem, the stages and the head.

    In our own networks these are the paper's; in another module the first names in its paths.
    """
    called = tuple(call for call in trace.calls if call.called)
    stages = [_stage(stage, tuple(calls)) for stage, calls in groupby(called, key=lambda call: call.stage)]
    return Part(path="", name=trace.name, level="network", calls=called, children=_told_apart(stages))


def find_part(network: Part, path: str) -> Part | None:
    """The part at `path`, at any depth; the empty path is the network itself."""
    if path == network.path:
        return network
    return next((found for child in network.children if (found := find_part(child, path))), None)


def runs_of(parts: Iterable[Part]) -> list[tuple[Part, ...]]:
    """Neighbours that do the same, together: what a drawing folds to "x 35"."""
    return [tuple(run) for _, run in groupby(parts, key=lambda part: part.signature)]


def _stage(stage: str, calls: tuple[LayerCall, ...]) -> Part:
    if len(calls) == 1 and calls[0].path == stage:
        return Part(path=stage, name=stage, level="layer", calls=calls)
    runs = groupby(calls, key=lambda call: call.path.startswith(f"{stage}."))
    children = tuple(child for inside, run in runs for child in _children(tuple(run), int(inside)))
    name = f"conv{int(stage.removeprefix('layer')) + 1}_x" if stage.removeprefix("layer").isdigit() else stage
    return Part(path=stage, name=name, level="stage", calls=calls, children=children)


def _children(calls: Sequence[LayerCall], depth: int) -> tuple[Part, ...]:
    """Neighbouring calls that share the name at `depth` of their paths make one part."""
    parts: list[Part] = []
    for name, run in groupby(calls, key=lambda call: ".".join(call.path.split(".")[: depth + 1])):
        parts += _parts(name, tuple(run), depth)
    return _told_apart(parts)


def _told_apart(parts: Sequence[Part]) -> tuple[Part, ...]:
    """The same parts, each with a path of its own: the second "body" is "body#2"."""
    seen: Counter[str] = Counter()
    apart = []
    for part in parts:
        seen[part.path] += 1
        number = seen[part.path]
        apart.append(_moved(part, part.path, f"{part.path}#{number}") if number > 1 else part)
    return tuple(apart)


def _moved(part: Part, old: str, new: str) -> Part:
    children = tuple(_moved(child, old, new) for child in part.children)
    return replace(part, path=new + part.path[len(old) :], children=children)


def _parts(path: str, calls: tuple[LayerCall, ...], depth: int) -> list[Part]:
    last = path.split(".")[-1]
    if all(call.path == path for call in calls):
        return [Part(path=path, name=last, level="layer", calls=(call,)) for call in calls]
    if calls[0].block is not None and depth == 1:
        name, level = f"block {last}", "block"
    elif len(calls) == 1:
        inner = ".".join(calls[0].path.split(".")[depth:])
        return [Part(path=calls[0].path, name=inner, level="layer", calls=calls)]
    else:
        name, level = last, "module"
    return [Part(path=path, name=name, level=level, calls=calls, children=_children(calls, depth + 1))]  # type: ignore[arg-type]  # one of the two levels above
