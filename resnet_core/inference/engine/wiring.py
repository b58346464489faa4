"""Which module of a network gets whose output: what folding and translating a network need to know."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from resnet_core.errors import InvalidSpecError
from resnet_core.models.network import build_model
from resnet_core.models.spec import ModelSpec

PICTURE = -1  # in the place of a call's index: the network's own input


@dataclass(frozen=True, slots=True)
class WiredCall:
    """One call of a module without children.

    Attributes:
        path: of the module in its network, e.g. "layer1.0.conv1".
        inputs: indices of the calls whose outputs it gets; PICTURE for the network's input.
    """

    path: str
    inputs: tuple[int, ...]


def record_calls(spec: ModelSpec) -> tuple[WiredCall, ...]:
    """The calls of a network in the order in which they run; the last one gives the logits.

    A copy on the meta device runs, with hooks of its own: no weight is read, and no other thread can notice.

    Raises:
        InvalidSpecError: where something that is no module computes between two modules.
    """
    model = build_model(spec, device="meta").eval()
    picture = torch.empty(1, spec.in_channels, *spec.input_size, device="meta")
    source: dict[int, int] = {id(picture): PICTURE}
    seen: list[Tensor] = [picture]  # kept alive, because a freed tensor's id is given to the next
    calls: list[WiredCall] = []

    def note(path: str, tensors: Sequence[Tensor], output: Tensor) -> None:
        if unknown := [tensor for tensor in tensors if id(tensor) not in source]:
            raise InvalidSpecError(f"{spec.name} computes {tuple(unknown[0].shape)} before {path} outside its modules.")
        calls.append(WiredCall(path, tuple(source[id(tensor)] for tensor in tensors)))
        source[id(output)] = len(calls) - 1
        seen.append(output)

    for path, module in model.named_modules():
        if next(module.children(), None) is None:
            module.register_forward_hook(_noting(path, note))
    with torch.inference_mode():
        model(picture)
    return tuple(calls)


def sole_reader(calls: Sequence[WiredCall]) -> dict[int, int]:
    """For each call whose output only one other call reads, and reads once: that call's index."""
    readers = Counter(index for call in calls for index in call.inputs)
    return {
        index: reader for reader, call in enumerate(calls) for index in call.inputs if readers[index] == 1
    }  # fmt: skip


def _noting(path: str, note: Any) -> Any:
    return lambda _, tensors, output: note(path, tensors, output)


def modules_of(model: nn.Module, calls: Sequence[WiredCall]) -> list[nn.Module]:
    """The module of each call."""
    found = dict(model.named_modules())
    return [found[call.path] for call in calls]
