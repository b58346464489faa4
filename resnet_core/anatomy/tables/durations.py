"""Where the time goes beside where the multiply-adds go: measured milliseconds joined with counted MACs."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from resnet_core.anatomy.counting.calls import Trace
from resnet_core.anatomy.tables.tables import display_stage
from resnet_core.errors import InvalidSpecError


def duration_table(trace: Trace, duration_ms: Mapping[str, float]) -> pd.DataFrame:
    """One row per layer: stage, path, kind, macs, macs_share, duration_ms, duration_share, gmacs_per_s.

    Args:
        trace: of the network at the size that was measured.
        duration_ms: of each layer, by path, as `inference.timing.layer_times` measures it.

    Raises:
        InvalidSpecError: if a layer of the trace was not measured.
    """
    missing = [call.path for call in trace.calls if call.path not in duration_ms]
    if missing:
        raise InvalidSpecError(f"{missing[0]} of {trace.name} was not measured: time the same network and size.")
    rows = [
        {
            "stage": display_stage(call.stage),
            "path": call.path,
            "kind": call.kind,
            "macs": call.macs,
            "duration_ms": duration_ms[call.path],
        }
        for call in trace.calls
    ]
    return _with_shares(pd.DataFrame(rows))


def stage_duration_table(layers: pd.DataFrame) -> pd.DataFrame:
    """The same by stage, of a `duration_table`: stage, macs, macs_share, duration_ms, duration_share, gmacs_per_s."""
    return _with_shares(layers.groupby("stage", sort=False)[["macs", "duration_ms"]].sum().reset_index())


def kind_duration_table(layers: pd.DataFrame) -> pd.DataFrame:
    """The same by kind of layer, the slowest first: what convolutions take, and what all the rest does."""
    kinds = layers.groupby("kind", sort=False)[["macs", "duration_ms"]].sum().reset_index()
    return _with_shares(kinds.sort_values("duration_ms", ascending=False, ignore_index=True))


def _with_shares(table: pd.DataFrame) -> pd.DataFrame:
    macs, milliseconds = table["macs"], table["duration_ms"]
    table["macs_share"] = macs / max(int(macs.sum()), 1)
    table["duration_share"] = milliseconds / milliseconds.sum()
    table["gmacs_per_s"] = macs / milliseconds / 1e6
    return table
