"""explain_call(): one layer's arithmetic with its numbers filled in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from resnet_core.anatomy.counting.calls import LayerCall, Shape, Trace

MIXING = ("Conv1d", "Conv2d", "Conv3d", "Linear")  # layers that are explained product by product


@dataclass(frozen=True, slots=True)
class Formula:
    """One quantity of a call: what it is, how it is computed, and what comes out.

    Attributes:
        quantity: "output height", "parameters", "MACs", "activation bytes" ...
        expression: the arithmetic without its result, e.g. "3 × 3 × 64 × 64". It uses + − × / ( ) ⌊ ⌋ and numbers.
        value: the result.
    """

    quantity: str
    expression: str
    value: int

    @property
    def line(self) -> str:
        """ "3 × 3 × 64 × 64 = 36,864" """
        return f"{self.expression} = {self.value:,}"


def explain_call(trace: Trace, index: int) -> tuple[Formula, ...]:
    """The arithmetic of the call at `index` of a trace; every value equals the record's.

    Layers without a window keep their size, and layers without weights cost no MACs: such lines are left out.
    """
    call = trace.calls[index]
    return (*_size(call), *_params(call), *_macs(call), _memory(call))


def _size(call: LayerCall) -> Iterator[Formula]:
    """Output height and width of a sliding window: ⌊(size + 2 × padding − kernel) / stride⌋ + 1.

    A pooling that rounds up or a window with dilation follows another rule: no line for those.
    """
    if not (call.kernel_size and call.stride and call.padding) or len(call.output_shape) != 4:
        return
    windows = zip(call.kernel_size, call.stride, call.padding, strict=True)
    axes = zip(("height", "width"), call.input_shape[2:], call.output_shape[2:], windows, strict=True)
    for name, size, out, (kernel, stride, padding) in axes:
        if (size + 2 * padding - kernel) // stride + 1 == out:
            yield Formula(f"output {name}", f"⌊({size} + 2 × {padding} − {kernel}) / {stride}⌋ + 1", out)


def _params(call: LayerCall) -> tuple[Formula, ...]:
    if not call.params:
        return ()
    if call.kind in MIXING:
        return (Formula("parameters", _weights(call) + _bias(call), call.params),)
    if call.kind.startswith("BatchNorm"):
        return (Formula("parameters", f"2 × {call.input_shape[1]}", call.params),)
    return ()


def _factors(call: LayerCall) -> tuple[tuple[int, ...], int, int]:
    """Sides of the window, input channels of a group, output channels."""
    if call.kind == "Linear":
        return (), call.input_shape[-1], call.output_shape[-1]
    return call.kernel_size or (), call.input_shape[1] // (call.groups or 1), call.output_shape[1]


def _weights(call: LayerCall) -> str:
    kernel, inputs, outputs = _factors(call)
    grouped = f"({call.input_shape[1]} / {call.groups})" if (call.groups or 1) > 1 else f"{inputs}"
    return " × ".join([*map(str, kernel), grouped, f"{outputs}"])


def _weight_count(call: LayerCall) -> int:
    kernel, inputs, outputs = _factors(call)
    return prod(kernel) * inputs * outputs


def _bias(call: LayerCall) -> str:
    return f" + {_factors(call)[2]}" if call.params > _weight_count(call) else ""


def _macs(call: LayerCall) -> tuple[Formula, ...]:
    """Multiply-adds: every weight is used once for each place of each picture; of these layers alone."""
    if not call.macs or call.kind not in MIXING:
        return ()
    places = call.output_shape[1:-1] if call.kind == "Linear" else call.output_shape[2:]
    uses = [call.output_shape[0], *places]
    times = " × ".join(str(n) for n in uses if n != 1 or len(uses) == 3)
    return (Formula("MACs", _weights(call) + (f" × {times}" if times else ""), call.macs),)


def _memory(call: LayerCall) -> Formula:
    return Formula("activation bytes", f"{_product(call.output_shape)} × 4", call.activation_bytes)


def _product(shape: Shape) -> str:
    return " × ".join(map(str, shape)) if shape else "0"
