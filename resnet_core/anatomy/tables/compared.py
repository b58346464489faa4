"""compare(): two networks of any kind, call beside call, and what differs in each. side_by_side() goes by stages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from resnet_core.anatomy.counting.calls import LayerCall, Shape, Trace
from resnet_core.anatomy.counting.signs import with_minus
from resnet_core.anatomy.tables.tables import format_shape

if TYPE_CHECKING:
    import pandas as pd
    from torch import nn

    from resnet_core.models.spec import ModelSpec

SAME_KIND = {"ShortcutAdd": "add", "Concatenate": "cat", "ChannelScale": "mul"}  # ours, and the function's


@dataclass(frozen=True, slots=True)
class CallPair:
    """One call of each network that stand for each other; None where the other has none for it."""

    left: LayerCall | None
    right: LayerCall | None

    @property
    def differs(self) -> tuple[str, ...]:
        """In what: "kind", "window", "output", "parameters", "MACs"; "missing" where one is alone."""
        left, right = self.left, self.right
        if left is None or right is None:
            return ("missing",)
        facts = (
            ("kind", _kind(left) != _kind(right)),
            ("window", (left.kernel_size, left.stride, left.groups) != (right.kernel_size, right.stride, right.groups)),
            ("output", left.output_shape != right.output_shape),
            ("parameters", left.params != right.params),
            ("MACs", left.macs != right.macs),
        )
        return tuple(word for word, yes in facts if yes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two networks, call by call.

    Attributes:
        left, right: their traces.
        pairs: all calls of both, in order.
    """

    left: Trace
    right: Trace
    pairs: tuple[CallPair, ...] = field(repr=False)

    @property
    def differing(self) -> tuple[CallPair, ...]:
        """The pairs that are not alike."""
        return tuple(pair for pair in self.pairs if pair.differs)

    @property
    def added_params(self) -> int:
        """Parameters that the right one has more."""
        return self.right.total_params - self.left.total_params

    @property
    def added_macs(self) -> int:
        """Multiply-adds that the right one does more."""
        return self.right.total_macs - self.left.total_macs

    @property
    def sentence(self) -> str:
        """The totals and how many calls differ, in words."""
        if not self.differing:
            return f"{self.left.name} and {self.right.name} do the same in all {len(self.pairs):,} calls."
        counts = ((self.added_params, "parameters"), (self.added_macs, "multiply-adds"))
        more = " and ".join(
            f"{with_minus(f'{count:+,}')} {what}" if count else f"as many {what}" for count, what in counts
        )
        return (
            f"{self.right.name} beside {self.left.name}: {more}. "
            f"{len(self.differing):,} of {len(self.pairs):,} calls differ."
        )

    def to_frame(self, *, only_differing: bool = False) -> pd.DataFrame:
        """One row per pair: paths, kinds, outputs, parameters and MACs of both, right minus left, in what they differ.

        The differences add up to `added_params` and `added_macs`.
        """
        import pandas as pd

        rows = [_row(pair) for pair in (self.differing if only_differing else self.pairs)]
        frame = pd.DataFrame(rows, columns=list(_row(CallPair(None, None))))
        counts = [f"{side} {what}" for what in ("params", "macs") for side in ("left", "right")]
        return frame.astype(dict.fromkeys(counts, "Int64"))


def compare(
    left: str | ModelSpec | nn.Module | Trace, right: str | ModelSpec | nn.Module | Trace,
    input_size: Shape | None = None,
) -> Comparison:  # fmt: skip
    """Set two networks beside each other, call by call.

    Calls stand for each other by their paths where the two share most of them, else by the order of their kinds.

    Args:
        left, right: each a name, a spec, an nn.Module, or a trace that is there already.
        input_size: (N, C, H, W) of both; traces are taken as they are.

    Raises:
        UnknownModelError, InvalidSpecError: as `trace_model` does.
    """
    traces = [one if isinstance(one, Trace) else _traced(one, input_size) for one in (left, right)]
    return Comparison(left=traces[0], right=traces[1], pairs=tuple(_aligned(traces[0].calls, traces[1].calls)))


def _traced(network: str | ModelSpec | nn.Module, input_size: Shape | None) -> Trace:
    from resnet_core.anatomy.trace.trace import trace_model

    return trace_model(network, input_size)


def _aligned(left: Sequence[LayerCall], right: Sequence[LayerCall]) -> Iterator[CallPair]:
    """By paths where at least half of the shorter one's are in both, with kinds between them; else by kinds."""
    paths = [[call.part_path for call in calls] for calls in (left, right)]
    shared = len(set(paths[0]) & set(paths[1]))
    if 2 * shared < min(len(set(paths[0])), len(set(paths[1]))):
        yield from _by_kinds(left, right)
        return
    for (a, b, c, d), same in _runs(*paths):
        yield from map(CallPair, left[a:b], right[c:d]) if same else _by_kinds(left[a:b], right[c:d])


def _by_kinds(left: Sequence[LayerCall], right: Sequence[LayerCall]) -> Iterator[CallPair]:
    for (a, b, c, d), same in _runs(*([_kind(call) for call in calls] for calls in (left, right))):
        if same:
            yield from map(CallPair, left[a:b], right[c:d])
        else:
            yield from (CallPair(call, None) for call in left[a:b])
            yield from (CallPair(None, call) for call in right[c:d])


def _runs(left: Sequence[str], right: Sequence[str]) -> Iterator[tuple[tuple[int, int, int, int], bool]]:
    """Stretches of both, and whether they are the same."""
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        yield (a, b, c, d), tag == "equal"


def _kind(call: LayerCall) -> str:
    return SAME_KIND.get(call.kind, call.kind)


def _row(pair: CallPair) -> dict[str, object]:
    sides = {"left": pair.left, "right": pair.right}
    return {
        **{side: call.part_path if call else "" for side, call in sides.items()},
        "differs in": ", ".join(pair.differs),
        **{f"{side} kind": call.kind if call else "" for side, call in sides.items()},
        **{f"{side} output": format_shape(call.output_shape if call else None) for side, call in sides.items()},
        **{f"{side} params": call.params if call else None for side, call in sides.items()},
        "added params": (pair.right.params if pair.right else 0) - (pair.left.params if pair.left else 0),
        **{f"{side} macs": call.macs if call else None for side, call in sides.items()},
        "added macs": (pair.right.macs if pair.right else 0) - (pair.left.macs if pair.left else 0),
    }
