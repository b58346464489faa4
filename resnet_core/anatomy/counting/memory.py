"""memory_of(): the bytes that one training step or one answer takes, by what each kind of layer keeps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from math import prod
from typing import TYPE_CHECKING, Protocol

from resnet_core.errors import InvalidSpecError, require

if TYPE_CHECKING:
    import pandas as pd

BYTES = {"float64": 8, "float32": 4, "bfloat16": 2, "float16": 2}
STATES = {"sgd": 0, "momentum": 1, "adam": 2}  # numbers that an optimiser keeps beside each weight
STATISTIC, INDEX = 4, 8  # bytes of a mean or a variance, and of a place in a window or in a table
FROM_OUTSIDE = -1  # among the sources of a call: what went into the network

# What a kind of layer keeps until its gradient is computed. PyTorch's own rules, in torch's derivatives.yaml.
INPUT = (
    "Conv", "Linear", "Bilinear", "BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm", "RMSNorm", "MaxPool",
    "AdaptiveMaxPool", "AvgPool", "GELU", "SiLU", "Hardswish", "Hardsigmoid", "LeakyReLU", "PReLU", "ELU", "Mish",
    "ReLU6", "Hardtanh", "mul", "matmul", "ChannelScale", "WeightedSum",
)  # fmt: skip
OUTPUT = ("ReLU", "Sigmoid", "Tanh", "Softmax", "SplitSoftmax", "LogSoftmax")
BOTH = ("attention",)
NOTHING = (
    "add", "sub", "cat", "stack", "ShortcutAdd", "ZeroPadShortcut", "Concatenate", "SplitSum", "AdaptiveAvgPool",
    "Upsample",
)  # fmt: skip
# The same numbers as went in, seen in another way: keeping it is keeping those.
VIEWS = (
    "Flatten", "Unflatten", "Identity", "Dropout", "DropPath", "StochasticDepth", "Permute", "Detach", "ChannelSlice",
)  # fmt: skip
ATTENTION = "MultiheadAttention"  # keeps its input, queries, keys, values, and what it made of them


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
        weights: the trained numbers. Running means and variances of batch norm are not among them.
        gradients: one number beside each; 0 without training.
        optimizer: what the optimiser keeps beside each; 0 without training.
        activations: in training all that is kept until the gradients are computed, each tensor once; else the most
            that is needed at one time.
        unknown: kinds of layers of which it is not known what they keep: taken is what goes into them.
    """

    weights: int
    gradients: int
    optimizer: int
    activations: int
    unknown: tuple[str, ...] = field(default=())

    @property
    def total(self) -> int:
        """All of it. What a library needs for itself, and scratch memory of a convolution, comes on top."""
        return self.weights + self.gradients + self.optimizer + self.activations

    def to_frame(self) -> pd.DataFrame:
        """One row for each use, and the total."""
        import pandas as pd

        uses = {name: count for name, count in asdict(self).items() if name != "unknown"}
        return pd.DataFrame([{"for": name, "bytes": count} for name, count in (*uses.items(), ("total", self.total))])


def memory_of(
    calls: Sequence[Called], sources: Sequence[tuple[int, ...]], params: int, given: Iterable[tuple[int, ...]], *,
    batch: int, dtype: object, training: bool, optimizer: str,
) -> Memory:  # fmt: skip
    """The memory of one pass, and in training of the way back and the step.

    Args:
        calls, sources: of a trace.
        params: trained numbers.
        given: shapes of what goes in; the first side of the first one is replaced by `batch`.
        batch, dtype, training, optimizer: as in `Trace.memory`.

    Raises:
        InvalidSpecError: for a batch, a precision or an optimiser that is none.
    """
    name = str(dtype).removeprefix("torch.")
    require(name in BYTES, "dtype", name, f"one of {', '.join(BYTES)}")
    require(optimizer in STATES, "optimizer", optimizer, f"one of {', '.join(STATES)}")
    if type(batch) is not int or batch < 1:
        raise InvalidSpecError(f"batch={batch!r} does not work: give a whole number of at least 1.")
    inputs = list(given)
    traced, size = next((shape[0] for shape in inputs if shape), 1), BYTES[name]
    count = _kept if training else _most_at_once
    bytes_of_one = count(calls, sources, sum(map(prod, inputs)), size)
    weights = params * size
    return Memory(
        weights=weights, gradients=weights if training else 0,
        optimizer=weights * STATES[optimizer] if training else 0,
        activations=bytes_of_one * batch // traced + (_statistics(calls) if training else 0),
        unknown=tuple(sorted({call.kind for call in calls if call.output_shape and _unknown(call.kind)})) if training
        else (),
    )  # fmt: skip


def _is(kind: str, kinds: tuple[str, ...]) -> bool:
    """Whether a kind is one of these, in any number of dimensions, transposed, or a cell of it."""
    return re.fullmatch(rf"(?:{'|'.join(kinds)})(?:Transpose)?(?:[123]d|Cell)?", kind) is not None


def _unknown(kind: str) -> bool:
    return not _is(kind, (ATTENTION, "Embedding", *INPUT, *OUTPUT, *BOTH, *NOTHING, *VIEWS))


def _kept(calls: Sequence[Called], sources: Sequence[tuple[int, ...]], given: int, size: int) -> int:
    """Bytes of the tensors that are kept, each once, and of what layers keep besides."""
    kept: set[int] = set()
    more = 0
    for index, call in enumerate(calls):
        unknown = call.output_shape and _unknown(call.kind)
        if _is(call.kind, INPUT + BOTH) or call.kind == ATTENTION or unknown:
            kept |= {_original(source, calls, sources) for source in sources[index]}
        if _is(call.kind, OUTPUT + BOTH):
            kept.add(index)
        more += _besides(call, size)
    numbers = sum(given if index == FROM_OUTSIDE else prod(calls[index].output_shape) for index in kept)
    return numbers * size + more


def _original(index: int, calls: Sequence[Called], sources: Sequence[tuple[int, ...]]) -> int:
    """The call whose output a view shows."""
    while index != FROM_OUTSIDE and _is(calls[index].kind, VIEWS) and sources[index]:
        index = sources[index][0]
    return index


def _besides(call: Called, size: int) -> int:
    """Bytes for each picture that a layer keeps beside its input and its output."""
    out = prod(call.output_shape)
    if _is(call.kind, ("MaxPool", "AdaptiveMaxPool")):
        return out * INDEX
    if call.kind == "LayerNorm":
        return 2 * STATISTIC * out // call.output_shape[-1]
    if call.kind == "Embedding":
        return prod(call.input_shape) * INDEX
    return 4 * out * size if call.kind == ATTENTION else 0


def _statistics(calls: Iterable[Called]) -> int:
    """Mean and variance of each channel of a batch norm, whatever the batch."""
    return sum(2 * STATISTIC * call.output_shape[1] for call in calls if _is(call.kind, ("BatchNorm",)))


def _most_at_once(calls: Sequence[Called], sources: Sequence[tuple[int, ...]], given: int, size: int) -> int:
    """Bytes of what still waits for a later call, and of what is being made, where that is most."""
    last = {_original(source, calls, sources): index for index, taken in enumerate(sources) for source in taken}
    waiting, most = {FROM_OUTSIDE: given}, given
    for index, call in enumerate(calls):
        waiting[index] = 0 if _is(call.kind, VIEWS) else prod(call.output_shape)
        most = max(most, sum(waiting.values()))
        waiting = {source: count for source, count in waiting.items() if last.get(source, -1) > index}
    return most * size
