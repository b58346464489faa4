"""What a table shows, in sentences: every word follows from the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from resnet_core.anatomy.counting.calls import Shape, Trace
from resnet_core.anatomy.papers.published import TABLE_1_FLOPS, paper_depth
from resnet_core.anatomy.tables.tables import display_stage

if TYPE_CHECKING:
    import pandas as pd

    from resnet_core.models.spec import ModelSpec


def where_it_goes(stages: pd.DataFrame) -> str:
    """Which stage holds most of the parameters and which does most of the work, with their shares."""
    rows = stages[stages["stage"] != "total"].set_index("stage")
    heaviest, busiest = rows["params"].idxmax(), rows["macs"].idxmax()
    held = rows["params"].max() / max(rows["params"].sum(), 1) * 100
    done = rows["macs"].max() / max(rows["macs"].sum(), 1) * 100
    if heaviest == busiest:
        return f"{heaviest} holds {held:.0f} % of the parameters and does {done:.0f} % of the work."
    return f"{heaviest} holds {held:.0f} % of the parameters; {busiest} does most of the work, {done:.0f} %."


def beside_the_paper(trace: Trace) -> str:
    """Our multiply-adds beside the paper's Table 1, at the paper's input size; empty for other variants."""
    printed = TABLE_1_FLOPS.get(paper_depth(trace.name) or 0)
    if printed is None or trace.input_shape != (1, 3, 224, 224):
        return ""
    difference = (trace.total_macs - printed) / printed * 100
    return (
        f"The paper prints {printed / 1e9:.1f} × 10⁹ multiply-adds (and calls them FLOPs). "
        f"Counted here: {trace.total_macs:,}, {abs(difference):.1f} % {'more' if difference > 0 else 'less'}."
    )


# Pixels a side that a stem is made for: below, it leaves too little, above, too much. Other stems: 64 at least.
MADE_FOR = {"cifar": (0, 64), "half": (32, 128)}


def input_remark(spec: ModelSpec, trace: Trace) -> str:
    """What a stem makes of pictures of a size that it was not made for; empty where the two fit."""
    size = trace.input_shape[2:]
    maps = [call.output_shape[2:] for call in trace.calls if call.stage.startswith("layer")]
    given, first, last = (_sides(sides) for sides in (size, maps[0], maps[-1]))
    least, most = MADE_FOR.get(spec.stem, (64, max(size)))
    if max(size) > most:
        taken = "takes nothing off" if spec.stem == "cifar" else "only halves the picture"
        return (
            f"At {given} pixels this stem {taken}: the first stage works on {first} places a channel. "
            f"It is made for pictures of at most {most} pixels a side."
        )
    if min(size) >= least:
        return ""
    return (
        f"At {given} pixels this stem throws most of the picture away: {first} places are left behind it, and {last} "
        "after the last stage. The cifar_ variants are made for small pictures."
    )


MANY_PARAMS = 1_000_000_000
BYTES_IN_FLOAT32 = 4


def weight_remark(trace: Trace) -> str:
    """What so many parameters take; empty below a billion."""
    if trace.total_params < MANY_PARAMS:
        return ""
    billions, gigabytes = trace.total_params / 1e9, trace.total_params * BYTES_IN_FLOAT32 / 1e9
    return (
        f"{billions:,.1f} billion parameters take {gigabytes:,.0f} GB in float32, and three times that in "
        "training with momentum: each has its gradient and its velocity beside it."
    )


def _sides(sides: Shape) -> str:
    return "×".join(map(str, sides))


def left_out(trace: Trace) -> str:
    """What `total_macs` leaves out, with its share of all; empty where nothing is."""
    numbers = [macs for _, _, macs in trace.uncounted if macs is not None]
    opaque = sorted({f"{path} ({operation})" for operation, path, macs in trace.uncounted if macs is None})
    said = []
    if numbers:
        share = sum(numbers) / (trace.total_macs + sum(numbers)) * 100
        kinds = sorted({operation for operation, _, macs in trace.uncounted if macs is not None})
        said.append(
            f"Not in these totals: {sum(numbers):,} multiply-adds of two activations ({', '.join(kinds)}), "
            f"{share:.1f} % of all."
        )
    if opaque:
        shown = ", ".join(opaque[:3]) + (f" and {len(opaque) - 3} more" if len(opaque) > 3 else "")
        said.append(f"PyTorch shows nothing of what happens inside {shown}: work there may be missing.")
    return " ".join(said)


def where_the_pool_stands(trace: Trace) -> str:
    """Which stage the max-pool is counted in; empty where there is none."""
    pool = next((call for call in trace.calls if call.kind == "MaxPool2d" and call.block is None), None)
    if pool is None:
        return ""
    return (
        f"The max-pool belongs to {display_stage(pool.stage)}, where the paper's Table 1 has it: in the drawing, in "
        "all tables and in the exports."
    )


def beside_its_twin(trace: Trace, twin: Trace) -> str:
    """The same network with its stride in the other place: equal parameters, other multiply-adds."""
    here, there = ("first 1×1", "3×3") if trace.name.endswith("_v1") else ("3×3", "first 1×1")
    return (
        f"Its stages stride at the {here} convolution. With the stride at the {there}, as in {twin.name}, the same "
        f"{twin.total_params:,} parameters need {twin.total_macs:,} MACs."
    )
