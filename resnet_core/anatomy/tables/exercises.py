"""make_exercises(): questions about the network on screen, with a hint, a worked answer and tolerant checking."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from resnet_core.anatomy.counting.calls import LayerCall, Trace
from resnet_core.anatomy.reconcile.seen import read_count
from resnet_core.anatomy.tables.formulas import explain_call
from resnet_core.anatomy.tables.parts import Part, part_tree
from resnet_core.errors import InvalidSpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class Exercise:
    """One question.

    Attributes:
        question: in a sentence.
        kind: "shape" (C, H, W), "count", or "block" (the name of one).
        answers: what is right; of a shape its numbers, of a block every path that is right.
        hint: how to get there, without the numbers of this case.
        worked: the arithmetic of this case and its result.
    """

    question: str
    kind: str
    answers: tuple[tuple[int, ...] | int | str, ...]
    hint: str
    worked: str


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


def is_right(exercise: Exercise, given: str) -> bool:
    """Whether an answer is right, however it is written: "128x28x28", "(1, 128, 28, 28)", "147,456", "147 456".

    A count may be rounded, if at least three digits are given: 147k for 147,456.
    """
    if exercise.kind == "shape":
        return _sizes(given) in exercise.answers
    if exercise.kind == "count":
        return _count_is_right(int(str(exercise.answers[0])), given)
    return re.sub(r"[^a-z0-9.]", "", given.lower()).strip(".") in exercise.answers


def hint_for(exercise: Exercise, given: str) -> str:
    """The hint for a wrong answer: of a shape, what is right in it already comes first."""
    sizes, (right, *_) = _sizes(given), exercise.answers
    if not isinstance(right, tuple) or not sizes:
        return exercise.hint
    if sorted(sizes) == sorted(right):
        return "The numbers are right, their order is not: PyTorch has channels first, then height and width."
    if len(sizes) != len(right):
        return f"A shape is {len(right)} numbers: channels, height, width. {exercise.hint}"
    return exercise.hint


def _sizes(given: str) -> tuple[int, ...]:
    """The numbers of a shape, without a batch of one picture before them."""
    numbers = tuple(int(n) for n in re.findall(r"\d{1,9}", given))  # more digits are no size
    return numbers[1:] if len(numbers) > 3 and numbers[0] == 1 else numbers


def _count_is_right(right: int, given: str) -> bool:
    try:
        seen = read_count(given)
    except InvalidSpecError:
        return False
    fit = seen.fit(right)
    return fit == "exact" or (fit in ("rounded", "cut") and seen.digits >= 3)


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
    )  # fmt: skip


def _params(trace: Trace, call: LayerCall) -> Exercise:
    groups = f" in {call.groups} groups" if (call.groups or 1) > 1 else ""
    return Exercise(
        question=f"How many parameters has {_named(call)} from {call.input_shape[1]} to {call.output_shape[1]} "
        f"channels{groups}?",
        kind="count", answers=(call.params,),
        hint="Kernel height × kernel width × input channels of a group × output channels, and biases if it has any.",
        worked=_lines(trace, call, ("parameters",)),
    )  # fmt: skip


def _macs(trace: Trace, call: LayerCall) -> Exercise:
    return Exercise(
        question=f"How many multiply-adds does {_named(call)} do, with {call.params:,} parameters and an output of "
        f"{' × '.join(map(str, call.output_shape[1:]))}?",
        kind="count", answers=(call.macs,), hint="Every weight is used once for each pixel of the output.",
        worked=_lines(trace, call, ("MACs",)),
    )  # fmt: skip


def _norm(trace: Trace, draw: random.Random) -> Exercise | None:
    norms = [call for call in trace.calls if call.kind == "BatchNorm2d"]
    if not norms:
        return None
    call = draw.choice(norms)
    return Exercise(
        question=f"How many trained parameters has the batch norm {call.path} over {call.input_shape[1]} channels?",
        kind="count", answers=(call.params,),
        hint="A scale and a shift for each channel. The statistics are not trained.",
        worked=_lines(trace, call, ("parameters",)),
    )  # fmt: skip


def _shortcut(blocks: list[Part]) -> Exercise | None:
    """A block whose shortcut can't be the identity, and why."""
    changing = [block for block in blocks if block.input_shape != block.output_shape and block.shortcut != "none"]
    if not changing:
        return None
    first = changing[0]
    return Exercise(
        question="Name a block whose shortcut can't pass x as it is (written like layer9.9).", kind="block",
        answers=tuple(block.path for block in changing),
        hint="An addition needs two equal shapes. Look for a block that changes the size or the channels.",
        worked=f"{first.path} turns {' × '.join(map(str, first.input_shape[1:]))} into "
        f"{' × '.join(map(str, first.output_shape[1:]))}: x does not fit. "
        f"Right are {', '.join(block.path for block in changing)}.",
    )  # fmt: skip
