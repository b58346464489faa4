"""memory_of(): the bytes that one training step or one answer takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from math import prod
from typing import TYPE_CHECKING, Protocol

from resnet_core.errors import InvalidSpecError, require

if TYPE_CHECKING:
    import pandas as pd

BYTES = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}
STATES = {"sgd": 0, "momentum": 1, "adam": 2}  # numbers that an optimiser keeps beside each weight
STATISTIC, INDEX = 4, 8  # bytes of a mean or a variance, and of a place in a window
FROM_OUTSIDE = -1  # among the sources of a call: what went into the network
Kept = Callable[[int, str], tuple[int, int]]  # of a batch and a precision: bytes kept, and how many numbers are trained

# What a kind of layer of our networks keeps until its gradient is computed: PyTorch's own rules, in its
# derivatives.yaml. Other kinds keep nothing. What a module of yours keeps is seen, not told by rules.
INPUT = {"Conv2d", "Linear", "BatchNorm2d", "MaxPool2d", "AvgPool2d", "ChannelScale", "WeightedSum"}
OUTPUT = {"ReLU", "Sigmoid", "SplitSoftmax"}
# The same numbers as went in, seen in another way: keeping it is keeping those.
VIEWS = {
    "Flatten", "Unflatten", "Identity", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "DropPath", "StochasticDepth",
    "Permute", "Detach", "ChannelSlice",
}  # fmt: skip


class Called(Protocol):
    """What is needed to know of a call: a LayerCall."""

    @property
    def kind(self) -> str: ...
    @property
    def input_shape(self) -> tuple[int, ...]: ...
    @property
    def output_shape(self) -> tuple[int, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Bytes, by what they are for.

    Attributes:
        weights: trained numbers and frozen ones. Running means and variances of batch norm are not among them.
        gradients: one number beside each that is trained; 0 without training.
        optimizer: what the optimiser keeps beside each of these; 0 without training.
        activations: in training all that is kept until the gradients are computed, each tensor once; else the most
            that is needed at one time.
    """

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        """All of it. What a library needs for itself, and scratch memory of a convolution, comes on top."""
        return self.weights + self.gradients + self.optimizer + self.activations

    def to_frame(self) -> pd.DataFrame:
        """One row for each use, and the total."""
        import pandas as pd

        uses = (*asdict(self).items(), ("total", self.total))
        return pd.DataFrame([{"for": name, "bytes": count} for name, count in uses])


def memory_of(
    calls: Sequence[Called], sources: Sequence[tuple[int, ...]], params: int, given: Iterable[tuple[int, ...]], *,
    batch: int, dtype: object, training: bool, optimizer: str, kept: Kept | None = None,
) -> Memory:  # fmt: skip
    """The memory of one pass, and in training of the way back and the step.

    Args:
        calls, sources: of a trace.
        params: numbers that can be trained.
        given: shapes of what goes in; the first side of the first one is replaced by `batch`.
        batch, dtype, training, optimizer: as in `Trace.memory`.
        kept: sees what training keeps, in place of the rules.

    Raises:
        InvalidSpecError: for a batch, a precision or an optimiser that is none; and what `kept` raises.
    """
    name = str(dtype).removeprefix("torch.")
    require(name in BYTES, "dtype", name, f"one of {', '.join(BYTES)}")
    require(isinstance(training, bool), "training", training, "True or False")
    require(optimizer in STATES, "optimizer", optimizer, f"one of {', '.join(STATES)}")
    if type(batch) is not int or batch < 1:
        raise InvalidSpecError(f"batch={batch!r} does not work: give a whole number of at least 1.")
    size, trained = BYTES[name], params
    if training and kept:
        activations, trained = kept(batch, name)
    else:
        inputs = list(given)
        traced = next((shape[0] for shape in inputs if shape), 1)
        count = _kept if training else _most_at_once
        activations = count(calls, sources, sum(map(prod, inputs)), size) * batch // traced
        activations += _statistics(calls) if training else 0
    gradients = trained * size if training else 0
    return Memory(
        weights=params * size, gradients=gradients, optimizer=gradients * STATES[optimizer], activations=activations,
    )  # fmt: skip


def _kept(calls: Sequence[Called], sources: Sequence[tuple[int, ...]], given: int, size: int) -> int:
    """Bytes of the tensors that are kept, each once, and the places that max-pools remember."""
    kept: set[int] = set()
    for index, call in enumerate(calls):
        if call.kind in INPUT:
            kept |= {_original(source, calls, sources) for source in sources[index]}
        if call.kind in OUTPUT:
            kept.add(index)
    numbers = sum(given if index == FROM_OUTSIDE else prod(calls[index].output_shape) for index in kept)
    return numbers * size + sum(INDEX * prod(call.output_shape) for call in calls if call.kind == "MaxPool2d")


def _original(index: int, calls: Sequence[Called], sources: Sequence[tuple[int, ...]]) -> int:
    """The call whose output a view shows."""
    while index != FROM_OUTSIDE and calls[index].kind in VIEWS and sources[index]:
        index = sources[index][0]
    return index


def _statistics(calls: Iterable[Called]) -> int:
    """Mean and variance of each channel of a batch norm, whatever the batch."""
    return sum(2 * STATISTIC * call.output_shape[1] for call in calls if call.kind == "BatchNorm2d")


def _most_at_once(calls: Sequence[Called], sources: Sequence[tuple[int, ...]], given: int, size: int) -> int:
    """Bytes of what still waits for a later call, and of what is being made, where that is most."""
    last = {_original(source, calls, sources): index for index, taken in enumerate(sources) for source in taken}
    waiting, most = {FROM_OUTSIDE: given}, given
    for index, call in enumerate(calls):
        waiting[index] = 0 if call.kind in VIEWS else prod(call.output_shape)
        most = max(most, sum(waiting.values()))
        waiting = {source: count for source, count in waiting.items() if last.get(source, -1) > index}
    return most * size
