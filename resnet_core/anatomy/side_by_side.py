"""side_by_side(): two networks aligned by stage, and what differs in each. No torch."""

from __future__ import annotations

from dataclasses import dataclass

from resnet_core.anatomy.calls import Trace
from resnet_core.anatomy.parts import Part, parts_of, runs_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePair:
    """One stage of two networks; a side that does not have it is None.

    Attributes:
        stage: path, e.g. "layer3".
        name: for people, e.g. "conv4_x"; "total" for the whole networks.
        left, right: the stage in each.
        differs: in what: "size", "channels", "blocks", "shortcuts", "parameters", "MACs"; empty where equal.
    """

    stage: str
    name: str
    left: Part | None
    right: Part | None
    differs: tuple[str, ...]

    @property
    def added_params(self) -> int:
        """Parameters that the right side has more."""
        return (self.right.params if self.right else 0) - (self.left.params if self.left else 0)

    @property
    def added_macs(self) -> int:
        """Multiply-adds that the right side does more."""
        return (self.right.macs if self.right else 0) - (self.left.macs if self.left else 0)


def side_by_side(left: Trace, right: Trace) -> tuple[StagePair, ...]:
    """The stages of two networks by their paths, head last, then the totals."""
    wholes = parts_of(left), parts_of(right)
    stages = [{part.path: part for part in whole.children} for whole in wholes]
    paths = sorted({**stages[0], **stages[1]}, key=lambda path: (path == "head", path != "stem", path))
    pairs = [_pair(path, stages[0].get(path), stages[1].get(path)) for path in paths]
    return (*pairs, _pair("total", *wholes))


def _pair(stage: str, left: Part | None, right: Part | None) -> StagePair:
    some = left or right
    assert some is not None
    name = "total" if stage == "total" else some.name
    if left is None or right is None:
        return StagePair(stage=stage, name=name, left=left, right=right, differs=("missing",))
    facts = (
        ("size", left.output_shape[2:] != right.output_shape[2:]),
        ("channels", left.output_shape[1] != right.output_shape[1]),
        ("blocks", len(left.blocks) != len(right.blocks)),
        ("shortcuts", _shortcuts(left) != _shortcuts(right)),
        ("parameters", left.params != right.params),
        ("MACs", left.macs != right.macs),
    )
    return StagePair(stage=stage, name=name, left=left, right=right, differs=tuple(word for word, yes in facts if yes))


def _shortcuts(stage: Part) -> list[str]:
    return [run[0].shortcut for run in runs_of(stage.blocks)]
