"""Flow: which call each tensor came from, and the functions that join several of them.

Hooks see modules. A network may also join what two of them put out with a function: `x + shortcut`, `torch.cat`,
attention. A function mode sees each function as it was called, in between modules too, and follows the tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils.weak import WeakTensorKeyDictionary

from resnet_core.anatomy.counting.calls import FROM_OUTSIDE
from resnet_core.anatomy.trace.inputs import named_tensors

# Name of a function, without underscores and the r and i of reversed and in-place operators -> kind of its call.
KINDS = {
    "add": "add", "radd": "add", "iadd": "add", "sub": "sub", "rsub": "sub", "isub": "sub", "subtract": "sub",
    "mul": "mul", "rmul": "mul", "imul": "mul", "multiply": "mul",
    "cat": "cat", "concat": "cat", "concatenate": "cat", "hstack": "cat", "vstack": "cat", "dstack": "cat",
    "stack": "stack", "matmul": "matmul", "rmatmul": "matmul", "bmm": "matmul", "einsum": "matmul",
    "scaled_dot_product_attention": "attention",
}  # fmt: skip
# These take a tensor's shape and none of its numbers.
SHAPE_ALONE = {
    "new_zeros", "new_ones", "new_empty", "new_full", "new_tensor", "zeros_like", "ones_like", "empty_like",
    "full_like", "rand_like", "randn_like",
}  # fmt: skip

Joined = Callable[[str, list[Tensor], Tensor, tuple[int, ...]], int | None]


class Flow(TorchFunctionMode):
    """Follows tensors through functions, for as long as the `with` block lasts.

    Parameters, buffers and constants come from no call: adding one of them joins nothing.

    Args:
        inputs: what goes into the network.
        joined: is told of each function that joins two tensors or more: its kind, they, what came out, and the calls
            that they came from. It answers with the index of a call of its own, or None where there is none.
    """

    def __init__(self, inputs: Iterable[Tensor], joined: Joined) -> None:
        super().__init__()
        self._joined = joined
        self._from: Any = WeakTensorKeyDictionary()  # tensor -> indices of calls, by identity
        self.came_from(inputs, (FROM_OUTSIDE,))

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "").strip("_")
        if name in SHAPE_ALONE:
            return out
        given = [tensor for _, tensor in named_tensors((args, kwargs or {})) if tensor in self._from]
        if given:
            made = [args[0]] if name == "setitem" else [tensor for _, tensor in named_tensors(out)]
            sources = self.sources(given)
            joins = len(given) > 1 and name in KINDS and made
            call = self._joined(KINDS[name], given, made[0], sources) if joins else None
            self.came_from(made, sources if call is None else (call,))
        return out

    def sources(self, tensors: Iterable[Tensor]) -> tuple[int, ...]:
        """The calls that tensors came from, each once, in the order of the tensors."""
        return tuple(dict.fromkeys(call for tensor in tensors for call in self._from.get(tensor, ())))

    def came_from(self, tensors: Iterable[Tensor], calls: tuple[int, ...]) -> None:
        """Say where tensors come from."""
        for tensor in tensors:
            self._from[tensor] = calls
