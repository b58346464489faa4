"""Ledger: the multiply-adds of operations that no convolution or linear layer owns, as PyTorch carries them out.

Hooks see modules. A network may also multiply by its weights in other ways: `F.linear(x, self.qkv.weight)`, fused
attention, `x @ self.table`. A dispatch mode sees each operation, and the ledger writes it to the call under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from math import prod
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

aten = torch.ops.aten
KNOWN = ("aten", "prims", "prim")  # PyTorch's own; what others add is opaque
WITHOUT_PRODUCTS = {"torchvision::nms", "torchvision::roi_align", "torchvision::roi_pool"}


@dataclass(slots=True)
class Work:
    """What the operations of one call did, apart from the calls inside it.

    Attributes:
        macs: multiply-adds with a learned weight.
        uncounted: operation to multiply-adds of two activations, or None where they can't be known.
        used: parameters that an operation took, by id.
    """

    macs: int = 0
    uncounted: dict[str, int | None] = field(default_factory=dict)
    used: dict[int, nn.Parameter] = field(default_factory=dict)

    def leave_out(self, operation: str, macs: int | None) -> None:
        before = self.uncounted.get(operation, 0)
        self.uncounted[operation] = None if macs is None or before is None else before + macs


class Ledger(TorchDispatchMode):  # type: ignore[no-untyped-call]  # PyTorch's own is untyped
    """Writes each operation into the Work of the call under way, for as long as the `with` block lasts.

    A product counts where one factor is learned: a parameter, or made of parameters and constants alone, as with
    weight norm. What is made of anything that went in is an activation.

    Args:
        model: whose parameters are the learned numbers, and whose buffers are constants.
        under_way: the Work of the innermost call that has begun, or None outside all calls.
    """

    def __init__(self, model: nn.Module, under_way: Callable[[], Work | None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._under_way = under_way
        self._parameters = {id(p): p for p in model.parameters()}
        # Tensors that are no activations, kept alive so that an id means one tensor; and whether they are learned.
        self._still: dict[int, tuple[Tensor, bool]] = {id(b): (b, False) for b in model.buffers()}
        self._still |= {id(p): (p, True) for p in self._parameters.values()}

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        given = list(_tensors((args, kwargs)))
        work = self._under_way()
        if work is not None:
            work.used |= {id(t): self._parameters[id(t)] for t in given if id(t) in self._parameters}
            self._write(work, func, args, kwargs, out)
        self._follow(given, out)
        return out

    def _follow(self, given: list[Tensor], out: Any) -> None:
        """What is made of parameters and constants alone is none of the picture's; all else is."""
        still = all(id(t) in self._still for t in given)
        learned = any(self._is_learned(t) for t in given)
        for tensor in _tensors(out):
            if still:
                self._still[id(tensor)] = (tensor, learned)
            elif id(tensor) not in self._parameters:
                self._still.pop(id(tensor), None)  # a constant that an activation was written into

    def _is_learned(self, tensor: object) -> bool:
        return self._still.get(id(tensor), (None, False))[1]

    def _write(self, work: Work, func: Any, args: Any, kwargs: Any, out: Any) -> None:
        packet, name = func.overloadpacket, func._opname.lstrip("_")
        if func.namespace not in KNOWN:
            if f"{func.namespace}::{func._opname}" not in WITHOUT_PRODUCTS:
                work.leave_out(f"{func.namespace}::{func._opname}", None)
            return
        if packet in WHOLE_LAYERS:
            learned, other = WHOLE_LAYERS[packet](*args, **kwargs)
            work.macs += learned
            if other:
                work.leave_out("attention", other)
            return
        macs = _macs(packet, args, kwargs, out)
        if not macs:
            return
        if any(self._is_learned(t) for t in _factors(packet, args)):
            work.macs += macs
        else:
            work.leave_out("attention" if "attention" in name else name, macs)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, dict):
        yield from _tensors(tuple(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _tensors(item)


def _factors(packet: Any, args: Any) -> tuple[Any, ...]:
    """The two sides of a product: addmm and its like take what is added first."""
    return tuple(args[1:3] if packet in (aten.addmm, aten.baddbmm, aten.addmv, aten.addbmm) else args[:2])


def _macs(packet: Any, args: Any, kwargs: Any, out: Any) -> int:
    """Multiply-adds of one operation: PyTorch's own count halved, or by a rule of ours where it has none."""
    if packet in RULES:
        return RULES[packet](*args)
    if packet in flop_registry:
        return int(flop_registry[packet](*args, **kwargs, out_val=out)) // 2
    return 0


def _vector(matrix: Tensor, vector: Tensor) -> int:
    return matrix.numel()


def _added_vector(added: Tensor, matrix: Tensor, vector: Tensor) -> int:
    return matrix.numel()


def _bilinear(left: Tensor, weight: Tensor, right: Tensor, *_: Any) -> int:
    """nn.Bilinear: one weight for each output and each pair of inputs. All three come with a side of 1 in between."""
    return left.shape[0] * weight.numel()


def _attention(query: Tensor, key: Tensor, value: Tensor, *_: Any) -> int:
    """q·kᵀ and its product with v, (N, heads, length, width) each."""
    length, seen = query.shape[-2], key.shape[-2]
    return prod(query.shape[:-2]) * length * seen * (query.shape[-1] + value.shape[-1])


# What PyTorch's own counter leaves at nothing on a CPU.
RULES: dict[Any, Callable[..., int]] = {
    aten.mv: _vector,
    aten.dot: _vector,
    aten.addmv: _added_vector,
    aten._trilinear: _bilinear,
    aten._scaled_dot_product_flash_attention_for_cpu: _attention,
}


def _multi_head(query: Tensor, key: Tensor, value: Tensor, width: int, *_: Any, **__: Any) -> tuple[int, int]:
    """nn.MultiheadAttention in one operation: four projections, and two products of activations. (N, length, width)."""
    count, length = query.shape[:2]
    seen = key.shape[1]
    return count * 2 * (length + seen) * width * width, 2 * count * length * seen * width


def _encoder_layer(source: Tensor, width: int, *rest: Any, **named: Any) -> tuple[int, int]:
    """nn.TransformerEncoderLayer in one operation: attention and two linear layers after it."""
    wide = rest[12] if len(rest) > 12 else named["ffn_weight_1"]
    learned, other = _multi_head(source, source, source, width)
    return learned + 2 * source.shape[0] * source.shape[1] * wide.numel(), other


# Fused operations that hold several products: (with learned weights, of two activations).
WHOLE_LAYERS: dict[Any, Callable[..., tuple[int, int]]] = {
    aten._native_multi_head_attention: _multi_head,
    aten._transformer_encoder_layer_fwd: _encoder_layer,
}
