"""explain_failure(): which call of a pass failed, what it takes, what it was given, and what would work."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.func import functional_call

from resnet_core.anatomy.counting.calls import LayerCall, Shape
from resnet_core.anatomy.counting.receptive import window_of
from resnet_core.anatomy.trace.inputs import named_tensors
from resnet_core.anatomy.trace.recorder import Entered
from resnet_core.anatomy.trace.undisturbed import undisturbed

# What a layer counts, the attribute that says how many it takes, and the axis of its input that has them.
COUNTED: tuple[tuple[tuple[type[nn.Module], ...], str, str, int], ...] = (
    ((nn.Conv1d, nn.ConvTranspose1d), "channels", "in_channels", -2),
    ((nn.Conv2d, nn.ConvTranspose2d), "channels", "in_channels", -3),
    ((nn.Conv3d, nn.ConvTranspose3d), "channels", "in_channels", -4),
    ((nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d), "channels", "num_features", 1),
    ((nn.GroupNorm,), "channels", "num_channels", 1),
    ((nn.Linear,), "features", "in_features", -1),
)
WHOLE = "whole numbers"
LARGEST = 512  # pixels a side that are tried


def explain_failure(
    model: nn.Module, inputs: dict[str, Tensor], failed: Entered, before: Sequence[LayerCall], error: Exception
) -> str:
    """A failed pass in a few sentences: the call, what is wrong with it, and what to do next.

    Args:
        model: the network.
        inputs: what went in, by argument.
        failed: the innermost call that began and did not end.
        before: the calls that ended.
        error: what was raised.
    """
    given = next((tensor for _, tensor in named_tensors(failed.given)), None)
    unfit = None if given is None else _unfit(failed.module, given)
    what = _what_failed(failed, given, unfit, before, error)
    went_in = ", ".join(f"{tuple(x.shape)}" if len(inputs) == 1 else f"{n} {tuple(x.shape)}" for n, x in inputs.items())
    advice = _advice(model, inputs, failed, given, unfit)
    rest = f"The error's `partial` holds the calls before it: {len(before)}."
    return " ".join(filter(None, (f"{what}.", f"The network was given {went_in or 'no tensor'}.", advice, rest)))


def _what_failed(
    failed: Entered, given: Tensor | None, unfit: tuple[str, str] | None, before: Sequence[LayerCall], error: Exception
) -> str:
    kind = type(failed.module).__name__
    where = f"{failed.path}, {'an' if kind[0] in 'AEIOU' else 'a'} {kind}" if failed.path else kind
    shape = "no tensor" if given is None else str(tuple(given.shape))
    if unfit:
        return f"{where} that takes {unfit[0]}, was given {unfit[1]}: {shape}"
    said = f"{type(error).__name__}: {str(error).strip().split(chr(10))[0].rstrip('.!')}"
    if not any(failed.module.children()):
        return f"{where}, fails on its input, {shape}: {said}"
    inside = before[failed.before :]
    after = f"after {inside[-1].path}, which gave {inside[-1].output_shape}" if inside else "before its first layer"
    return f"{where}{',' if failed.path else ''} fails in its own forward {after}: {said}"


def _unfit(module: nn.Module, x: Tensor) -> tuple[str, str] | None:
    """What a layer takes and what it was given in its place, where that is known."""
    if isinstance(module, nn.Embedding) and x.is_floating_point():
        return WHOLE, f"{x.dtype}".removeprefix("torch.")
    for kinds, noun, attribute, axis in COUNTED:
        if isinstance(module, kinds):
            takes, least = getattr(module, attribute), axis + 1 if axis >= 0 else -axis
            if x.ndim < least:
                return f"at least {least} dimensions", str(x.ndim)
            if x.shape[axis] != takes:
                return f"{takes:,} {noun}", f"{x.shape[axis]:,}"
    weight = getattr(module, "weight", None)
    if isinstance(weight, Tensor) and not isinstance(module, nn.Embedding) and weight.dtype != x.dtype:
        return f"{weight.dtype} numbers".removeprefix("torch."), f"{x.dtype}".removeprefix("torch.")
    return _too_small(module, x)


def _too_small(module: nn.Module, x: Tensor) -> tuple[str, str] | None:
    window = window_of(module, tuple(x.shape))
    if window is None or not isinstance(module, nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d) or x.ndim < 3:
        return None
    sides = zip(window.kernel, window.padding, window.dilation, strict=True)
    height, width = (dilation * (kernel - 1) + 1 - 2 * padding for kernel, padding, dilation in sides)
    if x.shape[-2] >= height and x.shape[-1] >= width:
        return None
    return f"at least {height}×{width} pixels", f"{x.shape[-2]}×{x.shape[-1]}"


def _advice(
    model: nn.Module, inputs: dict[str, Tensor], failed: Entered, given: Tensor | None, unfit: tuple[str, str] | None
) -> str:
    """The nearest input that works, where one can be found."""
    if unfit and unfit[0] == WHOLE:
        return "Give whole numbers as tensors, in inputs=."
    if given is None or len(inputs) != 1:
        return ""
    picture = next(iter(inputs.values()))
    if given is picture and unfit and unfit[0].endswith("channels"):
        axis = next(axis for kinds, _, _, axis in COUNTED if isinstance(failed.module, kinds))
        fits = [*picture.shape]
        fits[axis] = int(unfit[0].split()[0].replace(",", ""))
        return f"Give input_size={tuple(fits)}."
    if unfit and not unfit[0].endswith("pixels"):
        return ""
    side = smallest_side(model, tuple(picture.shape)) if picture.ndim == 4 and picture.is_floating_point() else None
    if side is not None and side > max(picture.shape[2:]):
        return f"The smallest square input that works is {side}×{side}."
    fitting = fitting_side(model, tuple(picture.shape)) if side else None
    return f"Not every size works: {fitting}×{fitting} does, the next multiple of a power of two." if fitting else ""


def smallest_side(model: nn.Module, shape: Shape) -> int | None:
    """The smallest square picture that passes, by bisection: a network that takes a size takes every larger one."""
    if not _passes(model, (*shape[:2], LARGEST, LARGEST)):
        return None
    low, high = 0, LARGEST
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if _passes(model, (*shape[:2], middle, middle)) else (middle, high)
    return high


def fitting_side(model: nn.Module, shape: Shape) -> int | None:
    """The nearest larger multiple of 2, 4, ... 32 that passes: networks that halve and double again need one."""
    longest = max(shape[2:])
    sides = sorted({-(-longest // factor) * factor for factor in (2, 4, 8, 16, 32)} - {longest})
    return next((side for side in sides if _passes(model, (*shape[:2], side, side))), None)


def _passes(model: nn.Module, shape: Shape) -> bool:
    """On the meta device, without touching the weights: no numbers, so that large pictures take no longer."""
    state = {name: tensor.to("meta") for name, tensor in (*model.named_parameters(), *model.named_buffers())}
    kinds = (tensor.dtype for tensor in state.values() if tensor.is_floating_point())
    picture = torch.empty(shape, dtype=next(kinds, torch.float32), device="meta")
    try:
        with undisturbed(model):
            functional_call(model, state, (picture,))
    except Exception:  # noqa: BLE001  # whatever it is, this size did not pass
        return False
    return True
