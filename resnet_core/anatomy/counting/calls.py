"""LayerCall and Trace: what one pass through a network did, as plain numbers; TraceError: how far it came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from resnet_core.anatomy.counting.memory import FROM_OUTSIDE as FROM_OUTSIDE
from resnet_core.anatomy.counting.memory import Kept, Memory, memory_of
from resnet_core.errors import InvalidSpecError

if TYPE_CHECKING:
    from torch import Tensor

Shape = tuple[int, ...]
NOT_CALLED = " (not called)"  # follows the kind of a module whose trained numbers no call used
JOINS = ("add", "sub", "mul", "cat", "stack", "matmul", "attention")  # kinds of calls that no module makes


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerCall:
    """One call of one layer. A layer that is called twice makes two records.

    Attributes:
        index: 0 for the first call.
        path: of the module, e.g. "layer1.0.conv1"; of a module that is reused under several names the first. Of a
            function that joins several tensors, the path of the module that called it.
        kind: its class, e.g. "Conv2d"; of such a function one of JOINS, e.g. "add".
        stage: "stem", "layer1", ... or "head"; of a network that is not ours the first part of the path.
        block: number of the block in its stage, from 0; None outside blocks.
        input_shape, output_shape: (N, C, H, W) or (N, features); of the first tensor where there are several.
        kernel_size, stride, padding: (vertical, horizontal), with as many sides as the layer slides over in other
            dimensions; None for layers without a window.
        groups: of a convolution; None for other layers.
        params: trained numbers that this call is the first to use. What no call uses stands in rows of its own at the
            end, with no shapes and a kind such as "Linear (not called)", so that the rows add up to the total.
        macs: multiply-adds of the whole batch, by the rule in `cost.MAC_RULE`.
        activation_bytes: size of the output tensor in float32.
        receptive_field: (height, width) in input pixels, not clipped to the picture; None where it can't be known.
    """

    index: int
    path: str
    kind: str
    stage: str
    block: int | None
    input_shape: Shape
    output_shape: Shape
    kernel_size: Shape | None = None
    stride: Shape | None = None
    padding: Shape | None = None
    groups: int | None = None
    params: int = 0
    macs: int = 0
    activation_bytes: int = 0
    receptive_field: tuple[int, int] | None = None

    @property
    def called(self) -> bool:
        """Whether this is a call, and not the row of a module that was left out."""
        return not self.kind.endswith(NOT_CALLED)

    @property
    def functional(self) -> bool:
        """Whether a function joined several tensors here, such as `x + y`, and no module."""
        return self.kind in JOINS

    @property
    def part_path(self) -> str:
        """What drawings call it: the path, and of a functional call its kind behind it, "layer1.0.add"."""
        return f"{self.path}.{self.kind}" if self.functional else self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """All calls of one pass, in order, and the totals.

    Attributes:
        name: of the model.
        input_shape: (N, C, H, W) of what went in; of the first tensor where there are several.
        calls: one LayerCall per call.
        total_params: trained numbers of the whole network, also of parts that were not called.
        input_shapes: argument of forward to shape, e.g. {"image": (1, 3, 32, 32), "tokens": (1, 7)}.
        output_shapes: of what came out, e.g. {"out": (1, 21, 64, 64), "aux.0": (1, 10)}; {"": shape} of one tensor.
        outputs: path to output tensor (the last call's), detached copies; empty unless asked for. A functional call's
            path here is its `part_path`.
        uncounted: (operation, path, multiply-adds) of the products that `total_macs` leaves out: those of two
            activations, such as attention's q·kᵀ. None in place of a number where a module is opaque (TorchScript,
            quantised, an extension's own operation). Empty where nothing was left out.
        sources: for each call the indices of the calls that it takes from, FROM_OUTSIDE for what went in.
        kept: of a module of yours, sees what training keeps, for `memory`. It holds the module.
    """

    name: str
    input_shape: Shape
    calls: tuple[LayerCall, ...] = field(repr=False)
    total_params: int
    uncounted: tuple[tuple[str, str, int | None], ...] = ()
    input_shapes: Mapping[str, Shape] = field(default_factory=dict, compare=False, repr=False)
    output_shapes: Mapping[str, Shape] = field(default_factory=dict, compare=False, repr=False)
    outputs: Mapping[str, Tensor] = field(default_factory=dict, compare=False, repr=False)
    sources: tuple[tuple[int, ...], ...] = field(default=(), compare=False, repr=False)
    kept: Kept | None = field(default=None, compare=False, repr=False)

    @property
    def total_macs(self) -> int:
        """Multiply-adds of the pass, by the rule in `cost.MAC_RULE`."""
        return sum(call.macs for call in self.calls)

    @property
    def total_activation_bytes(self) -> int:
        """Sum of all output tensors in float32: what training keeps, roughly; inference frees most of it."""
        return sum(call.activation_bytes for call in self.calls)

    def memory(
        self, batch: int = 1, dtype: object = "float32", training: bool = True, optimizer: str = "adam"
    ) -> Memory:
        """The bytes that a training step takes, or an answer: weights, gradients, the optimiser's state, activations.

        What our networks keep for the way back follows from their layers, by PyTorch's rules. A module of yours plays a
        training pass on tensors without numbers, as it is when you ask, and what autograd keeps is added up; what is
        frozen then gets no gradient. Not counted: buffers, and a library's own memory.

        Args:
            batch: examples at once, in place of the first side of what was traced.
            dtype: of all numbers: "float64", "float32", "bfloat16", "float16", or PyTorch's own name of it.
            training: or an answer only, without gradients.
            optimizer: "sgd", "momentum" or "adam": 0, 1 or 2 numbers beside each weight.

        Raises:
            InvalidSpecError: for a batch, a precision or an optimiser that is none, and for a module that can't train.
        """
        given = self.input_shapes.values() or (self.input_shape,)
        return memory_of(
            self.calls, self.sources, self.total_params, given,
            batch=batch, dtype=dtype, training=training, optimizer=optimizer, kept=self.kept,
        )  # fmt: skip


class TraceError(InvalidSpecError):
    """A pass that failed. The message names the call that failed and why.

    Attributes:
        partial: the trace of the calls before it, for `layer_table(error.partial)`.
        path: of the module that failed.
    """

    def __init__(self, message: str, partial: Trace, path: str) -> None:
        super().__init__(message)
        self.partial, self.path = partial, path


def place_of(path: str) -> tuple[str, int | None]:
    """Stage and block of a module path in our networks: "layer3.5.conv1" is ("layer3", 5).

    The max-pool belongs to the first stage, as in the paper's Table 1: conv1 ends before it.
    """
    first, *rest = path.split(".")
    if first == "maxpool":
        return "layer1", None
    if first.startswith("layer"):
        return first, int(rest[0]) if rest and rest[0].isdigit() else None
    return ("head" if first in ("avgpool", "flatten", "fc") else "stem"), None
