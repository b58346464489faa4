"""Trace -> DataFrame: every layer, every stage, and ours beside the paper's Table 1."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from itertools import groupby

import pandas as pd

from resnet_core.anatomy.counting.calls import LayerCall, Trace
from resnet_core.anatomy.papers.published import TABLE_1, TABLE_1_FLOPS, PaperStage, paper_depth
from resnet_core.errors import InvalidSpecError

LAYER_COLUMNS = tuple(LayerCall.__dataclass_fields__)


def display_stage(stage: str) -> str:
    """The paper's name of a stage: "layer1" is conv2_x; stem, head and every other name stay."""
    number = stage.removeprefix("layer")
    return f"conv{int(number) + 1}_x" if number.isdigit() and number != stage else stage


def format_shape(shape: tuple[int, ...] | None) -> str:
    """ "(1, 64, 56, 56)"; empty for None."""
    return "" if shape is None else f"({', '.join(map(str, shape))})"


def format_size(size: tuple[int, ...] | None) -> str:
    """ "7x7"; empty for None."""
    return "" if size is None else "x".join(map(str, size))


def layer_table(trace: Trace) -> pd.DataFrame:
    """One row per call, in order, with the columns of `LayerCall`.

    Stages carry the paper's names, shapes and windows are text; numbers stay whole numbers, so that
    `params` and `macs` add up to the trace's totals.

    Raises:
        InvalidSpecError: for what is no trace.
    """
    _check(trace)
    rows = [_layer_row(call) for call in trace.calls]
    table = pd.DataFrame(rows, columns=list(LAYER_COLUMNS))
    return table.astype({"block": "Int64", "groups": "Int64"})


def _check(trace: object) -> None:
    if not isinstance(trace, Trace):
        raise InvalidSpecError(f"{trace!r:.60} is no trace. Trace it first: layer_table(trace_model(...)).")


def _layer_row(call: LayerCall) -> dict[str, object]:
    return asdict(call) | {
        "stage": display_stage(call.stage),
        "input_shape": format_shape(call.input_shape),
        "output_shape": format_shape(call.output_shape),
        "kernel_size": format_size(call.kernel_size),
        "stride": format_size(call.stride),
        "padding": format_size(call.padding),
        "receptive_field": format_size(call.receptive_field),
    }


def stage_table(trace: Trace) -> pd.DataFrame:
    """One row per stage as in the paper's Table 1, with the printed figures beside ours, and a total.

    Columns: stage, output (pixels), blocks, calls, params, macs, activation_bytes; paper_output and paper_layers
    where the variant stands in Table 1 and the input is 224x224; in the total row paper_macs and difference.
    The max-pool is counted with conv2_x, as the paper prints it.
    """
    _check(trace)
    depth = paper_depth(trace.name)
    printed = TABLE_1.get(depth or 0, ()) if trace.input_shape[2:] == (224, 224) else ()
    stages = [list(calls) for _, calls in groupby(trace.calls, key=_paper_stage)]
    rows = [_stage_row(calls, printed[i] if i < len(printed) else None) for i, calls in enumerate(stages)]
    rows.append(_total_row(trace, TABLE_1_FLOPS.get(depth or 0) if printed else None))
    return pd.DataFrame(rows).astype({"blocks": "Int64", "paper_macs": "Float64", "difference": "Float64"})


def _paper_stage(call: LayerCall) -> str:
    if not call.called:
        return "not called"
    return display_stage(call.stage)


def _stage_row(calls: list[LayerCall], printed: PaperStage | None) -> dict[str, object]:
    last = calls[-1]
    blocks = {call.block for call in calls} - {None}
    return {
        "stage": _paper_stage(last),
        **_output(calls),
        "blocks": len(blocks) or None,
        **_sums(calls),
        "paper_output": format_size((printed.output_side, printed.output_side)) if printed else "",
        "paper_layers": printed.layers if printed else "",
        "paper_macs": None,
        "difference": None,
    }


PICTURES = ("Conv2d", "BatchNorm2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", "ShortcutAdd")


def _output(calls: list[LayerCall]) -> dict[str, object]:
    """Pixels and channels where these calls work on pictures (N, C, H, W); else the shape as it is, without a batch."""
    shape = calls[-1].output_shape
    if len(shape) == 4 and any(call.kind in PICTURES and call.output_shape == shape for call in calls):
        return {"output": format_size((shape[2], shape[3])), "channels": shape[1]}
    if len(shape) == 2:
        return {"output": "1x1", "channels": shape[1]}
    return {"output": "x".join(map(str, shape[1:])), "channels": None}


def _total_row(trace: Trace, printed: float | None) -> dict[str, object]:
    blocks = len({(call.stage, call.block) for call in trace.calls if call.block is not None})
    out = next((call.output_shape for call in reversed(trace.calls) if call.called), ())
    return {
        "stage": "total", "output": "", "channels": out[-1] if out else None, "blocks": blocks or None,
        **_sums(trace.calls), "paper_output": "", "paper_layers": "", "paper_macs": printed,
        "difference": trace.total_macs - printed if printed else None,
    }  # fmt: skip


def _sums(calls: Iterable[LayerCall]) -> dict[str, int]:
    calls = list(calls)
    return {
        "calls": len(calls),
        "params": sum(call.params for call in calls),
        "macs": sum(call.macs for call in calls),
        "activation_bytes": sum(call.activation_bytes for call in calls),
    }
