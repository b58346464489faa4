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
from resnet_core.anatomy.tables.arcs import Arc, Shortcut, Takes, arcs_of, takes_of
from resnet_core.anatomy.tables.layouts import Layout, channels_first, layouts

Level = Literal["network", "stage", "block", "module", "layer"]
OWN = "own"  # name of the numbers that a module holds itself, beside the modules in it


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a network, with the calls that it makes and the parts that it consists of.

    Attributes:
        path: e.g. "layer3", "layer3.20", "layer3.20.conv2"; empty for the whole network. A module that is called in
            two places is two parts: the second one's path is "body#2", and its layers' begin with it.
        name: for people, e.g. "conv4_x", "block 20", "conv2"; of a functional call its kind, "add".
        level: how far inside it stands.
        calls: of the part, in order.
        children: empty for a layer.
        takes: for each child the numbers of the children that it takes from, -1 for what comes into the part.
        layout: what the sides of its output mean.
    """

    path: str
    name: str
    level: Level
    calls: tuple[LayerCall, ...]
    children: tuple[Part, ...] = ()
    takes: Takes = ()
    layout: Layout = "channels first"

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
    def map_shape(self) -> Shape:
        """Of the last call, as (N, C, ...) whatever its layout: what a drawing is scaled by."""
        return channels_first(self.output_shape, self.layout)

    @cached_property
    def arcs(self) -> tuple[Arc, ...]:
        """The ways around some of its children that end in another one."""
        return arcs_of(self.children, self.takes)

    @property
    def shortcut(self) -> Shortcut:
        """What carries the input of a block to its addition; "none" where there is no addition."""
        return next((arc.kind for arc in self.arcs if self._adds(arc.stop)), "none")

    def _adds(self, number: int) -> bool:
        child = self.children[number]
        return not child.children and child.name == "add"

    def on_side(self, child: Part) -> bool:
        """Whether a child stands on one of the arcs."""
        return any(self.children[number] is child for arc in self.arcs for number in arc.side)

    def taken_by(self, number: int) -> tuple[str, ...]:
        """Names of what the child of that number takes from, if that is not just the child before it."""
        taken = self.takes[number]
        return (
            () if taken in ((), (number - 1,)) else tuple(self.children[n].name if n >= 0 else "input" for n in taken)
        )

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
    stages = [
        _stage(stage, tuple(calls), trace.name)
        for stage, calls in groupby(
            called, key=lambda call: call.part_path if _at_the_root(call, trace) else call.stage
        )
    ]
    whole = Part(path="", name=trace.name, level="network", calls=called, children=_told_apart(stages))
    return _with_flow(whole, trace.sources, layouts(trace)) if called else whole


def _at_the_root(call: LayerCall, trace: Trace) -> bool:
    """Whether the network itself joined something there, and none of its modules."""
    return call.functional and call.path == trace.name


def _with_flow(part: Part, sources: Sequence[tuple[int, ...]], layout: Sequence[Layout]) -> Part:
    """The same part, with what its children take from each other. A module that adds around others is a block."""
    children = tuple(_with_flow(child, sources, layout) for child in _opened(part.children, sources))
    takes = takes_of(children, sources)
    flowing = replace(part, children=children, takes=takes, layout=layout[part.calls[-1].index])
    if part.level != "module" or flowing.shortcut == "none":
        return flowing
    return replace(flowing, level="block", name=f"block {part.name}" if part.name.isdigit() else part.name)


def _opened(children: Sequence[Part], sources: Sequence[tuple[int, ...]]) -> tuple[Part, ...]:
    """The same children; of a list of branches that one of them joins, the branches in its place."""
    joined = [set(sources[child.calls[0].index]) for child in children if child.calls[0].functional]
    opened: list[Part] = []
    for child in children:
        within = {call.index for call in child.calls}
        if child.children and any(len(taken & within) > 1 for taken in joined):
            opened += (replace(inner, name=f"{child.name}.{inner.name}") for inner in child.children)
        else:
            opened.append(child)
    return tuple(opened)


def layer_paths(network: Part) -> dict[int, str]:
    """Index of each call -> path of its layer in the drawing."""
    if not network.children:
        return {call.index: network.path for call in network.calls}
    return {index: path for child in network.children for index, path in layer_paths(child).items()}


def find_part(network: Part, path: str) -> Part | None:
    """The part at `path`, at any depth; the empty path is the network itself."""
    if path == network.path:
        return network
    return next((found for child in network.children if (found := find_part(child, path))), None)


def runs_of(parts: Iterable[Part]) -> list[tuple[Part, ...]]:
    """Neighbours that do the same, together: what a drawing folds to "x 35"."""
    return [tuple(run) for _, run in groupby(parts, key=lambda part: part.signature)]


def _stage(stage: str, calls: tuple[LayerCall, ...], whole: str) -> Part:
    if len(calls) == 1 and calls[0].part_path == stage:
        name = calls[0].kind if calls[0].functional else OWN if stage == whole else stage
        return Part(path=stage, name=name, level="layer", calls=calls)
    runs = groupby(calls, key=lambda call: call.part_path.startswith(f"{stage}."))
    children = tuple(child for inside, run in runs for child in _children(tuple(run), int(inside)))
    children = tuple(replace(child, name=OWN) if child.path == stage else child for child in children)
    name = f"conv{int(stage[5:]) + 1}_x" if stage.startswith("layer") and stage[5:].isdigit() else stage
    return Part(path=stage, name=name, level="stage", calls=calls, children=children)


def _children(calls: Sequence[LayerCall], depth: int) -> tuple[Part, ...]:
    """Neighbouring calls that share the name at `depth` of their paths make one part."""
    parts: list[Part] = []
    for name, run in groupby(calls, key=lambda call: ".".join(call.part_path.split(".")[: depth + 1])):
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
    if all(call.part_path == path for call in calls):
        name = OWN if path.count(".") < depth else last
        return [Part(path=path, name=name, level="layer", calls=(call,)) for call in calls]
    if calls[0].block is not None and depth == 1:
        name, level = f"block {last}", "block"
    elif len(calls) == 1:
        inner = ".".join(calls[0].part_path.split(".")[depth:])
        return [Part(path=calls[0].part_path, name=inner, level="layer", calls=calls)]
    else:
        name, level = last, "module"
    return [Part(path=path, name=name, level=level, calls=calls, children=_children(calls, depth + 1))]  # type: ignore[arg-type]  # one of the two levels above
