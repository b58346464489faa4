"""call_of(): the arguments of one forward call, from sizes or from tensors, for networks with any number of inputs."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from math import prod
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from resnet_core.anatomy.counting.calls import Shape
from resnet_core.errors import InvalidSpecError

MOST_NUMBERS = 2**30  # of an input that is made here: 4 GB in float32
Sizes = Shape | Sequence[Shape] | Mapping[str, Shape]


class Call(NamedTuple):
    """What forward is given."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]


def call_of(model: nn.Module, sizes: Sizes, inputs: Any = None, *, drawn: bool = False) -> Call:
    """Zeros of these sizes, or random numbers that are always the same, or copies of `inputs`, where the model is.

    Args:
        model: its parameters say on which device and in which precision.
        sizes: one size; one for each positional argument; or name of an argument to size.
        inputs: a tuple of positional arguments, a dict of keyword arguments, or the one argument. Each may nest.
        drawn: random numbers in place of zeros.

    Raises:
        InvalidSpecError: for sizes that are none.
    """
    if inputs is not None:
        moved = _moved(inputs, device_of(model))
        if isinstance(moved, Mapping):
            return Call((), dict(moved))
        return Call(moved if type(moved) is tuple else (moved,), {})
    generator = torch.Generator().manual_seed(0) if drawn else None
    if isinstance(sizes, Mapping):
        return Call((), {name: _picture(model, size, sizes, generator) for name, size in sizes.items()})
    several = sizes if isinstance(sizes, list | tuple) and sizes and not isinstance(sizes[0], int) else [sizes]
    return Call(tuple(_picture(model, size, sizes, generator) for size in several), {})


def own_size(model: nn.Module) -> Shape:
    """(1, C, H, W) of the picture that a module says it takes, as those of timm do; else (1, 3, 224, 224)."""
    own = getattr(model, "pretrained_cfg", None)
    size = own.get("input_size") if isinstance(own, Mapping) else getattr(own, "input_size", None)
    known = isinstance(size, list | tuple) and size and all(type(n) is int and n >= 1 for n in size)
    return (1, *size) if size and known else (1, 3, 224, 224)


def device_of(model: nn.Module) -> torch.device:
    """Where the parameters are; the CPU for a model without any."""
    return next((parameter.device for parameter in model.parameters()), torch.device("cpu"))


def named_tensors(value: Any, name: str = "") -> Iterator[tuple[str, Tensor]]:
    """Every tensor inside tuples, lists, dicts and data classes, with the way to it: "out", "aux.0"."""
    if isinstance(value, Tensor):
        yield name, value
        return
    items: Iterable[tuple[object, Any]] = ()
    if isinstance(value, list | tuple):
        items = enumerate(value)
    elif isinstance(value, Mapping):
        items = value.items()
    elif is_dataclass(value) and not isinstance(value, type):
        items = ((field.name, getattr(value, field.name)) for field in fields(value))
    for key, item in items:
        yield from named_tensors(item, f"{name}.{key}" if name else str(key))


def named_inputs(model: nn.Module, call: Call) -> dict[str, Tensor]:
    """The tensors that go in, by the names that forward gives them.

    Raises:
        InvalidSpecError: if forward takes other arguments; the message shows which.
    """
    try:
        signature = inspect.signature(model.forward)
    except ValueError:  # compiled code that keeps no names
        return dict(named_tensors(call.args)) | dict(named_tensors(call.kwargs))
    try:
        return dict(named_tensors(signature.bind(*call.args, **call.kwargs).arguments))
    except TypeError as error:
        needed = [name for name, given in signature.parameters.items() if given.default is given.empty]
        example = ", ".join(f"{name!r}: (...)" for name in needed)
        raise InvalidSpecError(
            f"{type(model).__name__}.forward takes ({', '.join(signature.parameters)}), but: {error}. "
            f"Give a size for each, input_size={{{example}}}, or tensors in the same way as inputs=."
        ) from error


def _picture(model: nn.Module, size: Any, sizes: Any, generator: torch.Generator | None) -> Tensor:
    numbers = isinstance(size, list | tuple) and all(type(n) is int and n >= 1 for n in size)
    if not numbers or not size:
        raise InvalidSpecError(
            f"input_size={sizes!r} does not work: give one size of whole numbers, for example (1, 3, 224, 224), or one "
            "for each argument of forward, as a list or by name; numbers of your own go into inputs=."
        )
    kinds = (parameter.dtype for parameter in model.parameters() if parameter.is_floating_point())
    dtype, device = next(kinds, torch.float32), device_of(model)
    if device.type != "meta" and (count := prod(size)) > MOST_NUMBERS:
        raise InvalidSpecError(
            f"input_size={sizes!r} does not work: that is {count:,} numbers, and at most {MOST_NUMBERS:,} are made. "
            "What a network has and does shows at a smaller size too."
        )
    if generator is None:
        return torch.zeros(size, dtype=dtype, device=device)
    return torch.randn(size, generator=generator).to(device, dtype)


def _moved(value: Any, device: torch.device) -> Any:
    """Copies, because a layer that works in place would change what the caller keeps."""
    if isinstance(value, Tensor):
        return value.detach().to(device, copy=True)
    if isinstance(value, Mapping):
        return {key: _moved(item, device) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [_moved(item, device) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return value
