"""make_exercises(): questions about the layers of the network on screen."""

from __future__ import annotations

import random

from resnet_core.anatomy.counting.calls import LayerCall, Trace
from resnet_core.anatomy.exercises.exercise import Exercise, Mistake, known_mistakes
from resnet_core.anatomy.tables.formulas import explain_call
from resnet_core.anatomy.tables.parts import Part, part_tree


def make_exercises(trace: Trace, seed: int = 0, count: int = 5) -> tuple[Exercise, ...]:
    """Questions of every kind that the network allows, the same for the same seed.

    Args:
        trace: of one of our networks.
        seed: another one gives other layers.
        count: how many at most.
    """
    draw = random.Random(seed)
    convs = [call for call in trace.calls if call.kind == "Conv2d"]
    blocks = [block for stage in part_tree(trace).children for block in stage.blocks]
    made = [
        _shape(trace, draw.choice([call for call in convs if max(call.stride or (1,)) > 1] or convs)),
        _params(trace, draw.choice(convs)),
        _shortcut(blocks),
        _macs(trace, draw.choice(convs)),
        _shape(trace, draw.choice(convs)),
        _norm(trace, draw),
    ]
    return tuple(exercise for exercise in made if exercise)[:count]


def _named(call: LayerCall) -> str:
    kernel = f"{call.kernel_size[0]}×{call.kernel_size[1]} " if call.kernel_size else ""
    return f"{call.path} (a {kernel}convolution)"


def _lines(trace: Trace, call: LayerCall, quantities: tuple[str, ...]) -> str:
    return "; ".join(f"{f.quantity}: {f.line}" for f in explain_call(trace, call.index) if f.quantity in quantities)


def _shape(trace: Trace, call: LayerCall) -> Exercise:
    stride, padding = (pair[0] if pair else 0 for pair in (call.stride, call.padding))
    shown = " × ".join(map(str, call.output_shape[1:]))
    return Exercise(
        question=f"{_named(call)} gets {' × '.join(map(str, call.input_shape[1:]))} and has {call.output_shape[1]} "
        f"filters, stride {stride} and padding {padding}. What is the shape after it (channels × height × width)?",
        kind="shape", answers=(call.output_shape[1:],),
        hint="The filters are the channels. Each side is ⌊(size + 2 × padding − kernel) / stride⌋ + 1.",
        worked=f"{_lines(trace, call, ('output height', 'output width'))}; so {shown}.",
        mistakes=_shape_mistakes(call, stride, padding),
    )  # fmt: skip


def _shape_mistakes(call: LayerCall, stride: int, padding: int) -> tuple[Mistake, ...]:
    kernel, (_, channels, *sides) = (call.kernel_size or (1, 1))[0], call.output_shape
    inputs, *before = call.input_shape[1:]

    def shape(channels: int, stride: int, padding: int) -> tuple[int, ...]:
        return (channels, *((side + 2 * padding - kernel) // stride + 1 for side in before))

    return known_mistakes(
        call.output_shape[1:],
        (shape(channels, stride, 0), f"You forgot the padding: {padding} more pixels at each edge."),
        (shape(channels, 1, padding), f"You forgot the stride: the filter moves {stride} pixels at a time."),
        ((inputs, *sides), "Those are the channels of the input. Each filter makes one channel of the output."),
        ((channels, *before), "The sides do not stay: padding, kernel and stride do not cancel here."),
        kind="shape",
    )


def _params(trace: Trace, call: LayerCall) -> Exercise:
    groups = call.groups or 1
    grouped = f" in {groups} groups" if groups > 1 else ""
    (height, width), (inputs, outputs) = call.kernel_size or (1, 1), (call.input_shape[1], call.output_shape[1])
    bias = call.params > height * width * inputs // groups * outputs
    return Exercise(
        question=f"How many parameters has {_named(call)} from {inputs} to {outputs} channels{grouped}"
        f"{', with a bias for each' if bias else ', without biases'}?",
        kind="count", answers=(call.params,),
        hint="Kernel height × kernel width × input channels of a group × output channels, and biases if it has any.",
        worked=_lines(trace, call, ("parameters",)),
        mistakes=known_mistakes(
            call.params,
            (call.macs, "That is MACs, not weights: a weight is stored once, and used at every pixel."),
            (call.params + outputs, "You added a bias for each filter. There is none: batch norm has a shift of its "
            "own."),
            (call.params - outputs, "You forgot the biases: one for each filter.") if bias else None,
            (inputs * outputs, f"You forgot the kernel: each pair of channels has {height} × {width} weights."),
            (height * width * outputs, "You forgot the input's channels: a filter reads all of them."),
            (height * width * inputs, "That is one filter. There is one for each output channel."),
            (call.params * groups, f"You forgot the groups: a filter reads {inputs // groups} channels, not {inputs}."),
        ),
    )  # fmt: skip


def _macs(trace: Trace, call: LayerCall) -> Exercise:
    _, channels, height, width = call.output_shape
    before = call.input_shape[2] * call.input_shape[3]
    return Exercise(
        question=f"How many multiply-adds does {_named(call)} do, with {call.params:,} parameters and an output of "
        f"{' × '.join(map(str, call.output_shape[1:]))}?",
        kind="count", answers=(call.macs,), hint="Every weight is used once for each pixel of the output.",
        worked=_lines(trace, call, ("MACs",)),
        mistakes=known_mistakes(
            call.macs,
            (2 * call.macs, "That is FLOPs, not MACs: you counted the multiplication and the addition apart."),
            (call.params * height, f"The output has {height} × {width} pixels, not {height}."),
            (call.params * before, "Those are the pixels of the input. The filter stands once for each pixel of the "
            "output."),
            (call.params * height * width * channels, "The weights hold the output's channels already."),
            (call.params, "Those are the weights. Each is used at every pixel."),
        ),
    )  # fmt: skip


def _norm(trace: Trace, draw: random.Random) -> Exercise | None:
    norms = [call for call in trace.calls if call.kind == "BatchNorm2d"]
    if not norms:
        return None
    call = draw.choice(norms)
    channels = call.input_shape[1]
    return Exercise(
        question=f"How many trained parameters has the batch norm {call.path} over {channels} channels?",
        kind="count", answers=(call.params,),
        hint="A scale and a shift for each channel. The statistics are not trained.",
        worked=_lines(trace, call, ("parameters",)),
        mistakes=known_mistakes(
            call.params,
            (channels, "Each channel has two: a scale and a shift."),
            (4 * channels, "Mean and variance are kept too, but they are measured, not trained."),
        ),
    )  # fmt: skip


def _shortcut(blocks: list[Part]) -> Exercise | None:
    """A block whose shortcut can't be the identity, and why."""
    changing = [block for block in blocks if block.input_shape != block.output_shape and block.shortcut != "none"]
    if not changing:
        return None
    first = changing[0]
    keeping = [block for block in blocks if block not in changing]
    return Exercise(
        question="Name a block whose shortcut can't pass x as it is (written like layer9.9).", kind="block",
        answers=tuple(block.path for block in changing),
        hint="An addition needs two equal shapes. Look for a block that changes the size or the channels.",
        worked=f"{first.path} turns {' × '.join(map(str, first.input_shape[1:]))} into "
        f"{' × '.join(map(str, first.output_shape[1:]))}: x does not fit. "
        f"Right are {', '.join(block.path for block in changing)}.",
        mistakes=tuple(
            Mistake(answer=one.path, why=f"{one.path} keeps its shape, {' × '.join(map(str, one.input_shape[1:]))}: x "
            "fits.")
            for one in keeping
        ),
    )  # fmt: skip
