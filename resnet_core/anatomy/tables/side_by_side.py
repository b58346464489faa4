"""side_by_side(): two networks aligned by stage, and what differs in each. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.anatomy.tables.family import spec_changes
from resnet_core.anatomy.tables.parts import Part, part_tree, runs_of
from resnet_core.models.catalogue import get_spec, list_models
from resnet_core.models.spec import ModelSpec

if TYPE_CHECKING:
    import pandas as pd


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
    wholes = part_tree(left), part_tree(right)
    stages = [{part.path: part for part in whole.children} for whole in wholes]
    paths = sorted({**stages[0], **stages[1]}, key=lambda path: (path == "head", path != "stem", path))
    pairs = [_pair(path, stages[0].get(path), stages[1].get(path)) for path in paths]
    return (*pairs, _pair("total", *wholes))


def plain_twin(spec: ModelSpec) -> ModelSpec:
    """The same network without its shortcuts: the catalogue's where it has one, plain34 for resnet34."""
    twin = spec.override(name=f"{spec.name} without shortcuts", shortcut="none")
    named = (get_spec(name) for name in list_models())
    return next((other for other in named if not spec_changes(other, twin)), twin)


def comparison_table(pairs: tuple[StagePair, ...], left: str, right: str) -> pd.DataFrame:
    """One row per stage and a total: in what they differ, outputs (C, H, W), parameters, MACs, right minus left.

    Args:
        pairs: of `side_by_side`.
        left, right: names for the columns.
    """
    import pandas as pd

    right = right if right != left else f"{right} again"
    rows = [
        {
            "stage": pair.name, "differs in": ", ".join(pair.differs),
            f"output, {left}": _output(pair.left), f"output, {right}": _output(pair.right),
            f"params, {left}": _count(pair.left, "params"), f"params, {right}": _count(pair.right, "params"),
            "added params": pair.added_params,
            f"MACs, {left}": _count(pair.left, "macs"), f"MACs, {right}": _count(pair.right, "macs"),
            "added MACs": pair.added_macs,
        }
        for pair in pairs
    ]  # fmt: skip
    counts = [name for name in rows[0] if "params" in name or "MACs" in name]
    return pd.DataFrame(rows).astype(dict.fromkeys(counts, "Int64"))


def difference_in_words(pairs: tuple[StagePair, ...], left: str, right: str) -> str:
    """The totals of a comparison in two sentences, with thousands separators and the share."""
    *stages, total = pairs
    if not any(pair.differs for pair in pairs):
        return f"{left} and {right} do the same in every stage."
    assert total.left
    params = _more(total.added_params, total.left.params, "parameters")
    macs = _more(total.added_macs, total.left.macs, "multiply-adds")
    differing = sum(bool(pair.differs) for pair in stages)
    return (
        f"{right} has {params} {'than' if total.added_params else 'as'} {left} and does {macs}. "
        f"{differing} of {len(stages)} stages differ."
    )


def _more(added: int, whole: int, what: str) -> str:
    if not added:
        return f"as many {what}"
    share = with_minus(f"{added / whole * 100:+.1f} %")
    return f"{abs(added):,} {'more' if added > 0 else 'fewer'} {what} ({share})"


def _output(part: Part | None) -> str:
    return "×".join(map(str, part.output_shape[1:])) if part else ""


def _count(part: Part | None, quantity: str) -> int | None:
    return getattr(part, quantity) if part else None


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
