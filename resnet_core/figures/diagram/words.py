"""What a part of a diagram says: its kind, shapes and cost, for eyes and for screen readers."""

from __future__ import annotations

import re

from resnet_core.anatomy.counting.calls import LayerCall, Trace
from resnet_core.anatomy.tables.formulas import explain_call
from resnet_core.anatomy.tables.layouts import layout_words
from resnet_core.anatomy.tables.parts import Part
from resnet_core.anatomy.tables.units import formula_in_unit, in_unit
from resnet_core.figures.diagram.marks import LETTER
from resnet_core.notation import of_one, short, sides

KINDS = {
    "BatchNorm1d": "batch norm", "BatchNorm2d": "batch norm", "BatchNorm3d": "batch norm",
    "ReLU": "ReLU", "ShortcutAdd": "addition", "Flatten": "flatten",
    "AdaptiveAvgPool2d": "mean of all pixels", "Linear": "linear layer", "ZeroPadShortcut": "zero padding",
    "Detach": "detached", "ChannelScale": "scale channels", "SplitSum": "sum of splits", "WeightedSum": "weighted sum",
    "LayerNorm": "layer norm", "MultiheadAttention": "attention", "Identity": "as it is", "StochasticDepth": "as it is",
    "DropPath": "as it is", "Dropout": "as it is", "add": "addition", "sub": "difference", "mul": "product",
    "cat": "side by side", "stack": "stacked", "matmul": "matrix product",
}  # fmt: skip
SHORTCUTS = {
    "identity": "identity shortcut", "projection": "projection shortcut, 1×1",
    "branch": "shortcut with layers of its own", "zero_pad": "zero-padded shortcut",
    "detached": "detached shortcut", "none": "no shortcut",
}  # fmt: skip
FEWEST = 13  # letters that a name keeps, however narrow its place
OPENS = {"stage", "block", "module"}


def kind_words(call: LayerCall) -> str:
    """ "3×3 convolution, stride 2, 32 groups", "batch norm", "3×3 max-pool, stride 2"."""
    if call.kind in KINDS or call.kernel_size is None:
        return KINDS.get(call.kind, call.kind)
    names = {"Conv": "convolution", "MaxPool": "max-pool", "AvgPool": "mean-pool"}
    kind = names.get(re.sub(r"[123]d$", "", call.kind), call.kind)
    words = f"{sides(*call.kernel_size)} {kind}"
    if call.stride and max(call.stride) > 1:
        words += f", stride {call.stride[0]}"
    return words + (f", {call.groups} groups" if (call.groups or 1) > 1 else "")


def short_kind(call: LayerCall) -> str:
    """The same in a dozen letters, for the drawing: "3×3 conv /2"."""
    words = (
        kind_words(call)
        .split(",")[0]
        .replace("convolution", "conv")
        .replace("mean of all pixels", "mean")
        .replace("mean-pool", "mean")
    )
    return f"{words} /{call.stride[0]}" if call.stride and max(call.stride) > 1 else words


def work_words(part: Part, unit: str) -> str:
    """ "11.5 G MACs" or "23.0 G FLOPs"."""
    return f"{short(in_unit(part.macs, unit))} {unit}"


def fitted(content: str, width: float, letter: float = LETTER) -> str:
    """As much of a line as fits into so many pixels, by the width of a letter: of 14 pixels, if not said."""
    most = max(FEWEST, int(width / letter))
    return content if len(content) <= most else f"{content[: most - 1]}…"


def least_width(content: str, letter: float = LETTER) -> float:
    """Pixels that a line takes at least, cut as `fitted` may."""
    return letter * min(FEWEST, len(content))


def label(part: Part, unit: str = "MACs") -> str:
    """What a screen reader says: name, kind, shapes, parameters, work, and whether it opens."""
    meant = layout_words(part.output_shape, part.layout)
    facts = (
        f"input {of_one(part.input_shape)}, output {of_one(part.output_shape)}{f' ({meant})' if meant else ''}, "
        f"{part.params:,} parameters, {in_unit(part.macs, unit):,} {unit}"
    )
    return f"{part.name}, {kind_of(part)}, {facts}" + (". Enter opens it" if part.level in OPENS else "")


def kind_of(part: Part) -> str:
    """In a word or two: of a layer its kind, of a block its shortcut, of a stage its number of blocks."""
    if part.level == "layer":
        return kind_words(part.calls[0])
    if part.level == "block":
        return SHORTCUTS[part.shortcut]
    if part.blocks:
        return f"{len(part.blocks)} block{'s' if len(part.blocks) > 1 else ''}"
    return f"{len(part.calls)} layer calls"


def formulas(trace: Trace, part: Part, unit: str = "MACs") -> list[str]:
    """A layer's arithmetic with its numbers; of anything larger, its share of the whole network."""
    if part.level == "layer":
        shown = (formula_in_unit(formula, unit) for formula in explain_call(trace, part.calls[0].index))
        return [f"{formula.quantity} = {formula.line}" for formula in shown]
    shares = (("parameters", part.params, trace.total_params), (unit, part.macs, trace.total_macs))
    return [f"{count / total * 100:.1f} % of the network's {name}" for name, count, total in shares if total]
