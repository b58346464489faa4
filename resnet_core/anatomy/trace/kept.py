"""kept_in_training(): the bytes that a training pass keeps for the way back, as autograd itself sets them aside."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.autograd.graph import saved_tensors_hooks
from torch.func import functional_call
from torch.utils._pytree import tree_map

from resnet_core.anatomy.trace.inputs import Call, device_of, named_tensors
from resnet_core.anatomy.trace.undisturbed import undisturbed
from resnet_core.errors import InvalidSpecError


def kept_in_training(model: nn.Module, call: Call, batch: int, dtype: str) -> int:
    """Play a training pass on tensors without numbers, and add up what is kept until the gradients are computed.

    Each storage counts once; weights and buffers don't. Nothing is computed, and nothing of the module changes.

    Args:
        call: what forward is given. The first side of each tensor that has as many as the first one becomes `batch`.
        dtype: of all numbers, e.g. "float32".

    Raises:
        InvalidSpecError: if forward fails in training mode; its own words say why.
    """
    kept: dict[int, torch.UntypedStorage] = {}  # held, so that no other one gets its place

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage._cdata] = storage
        return tensor

    with undisturbed(model), torch.enable_grad(), FakeTensorMode(allow_non_fake_inputs=True):
        for module in model.modules():
            module.training = True
        device = torch.device("cpu") if device_of(model).type == "meta" else device_of(model)
        empty = _Empty(device, getattr(torch, dtype))
        own = {
            name: nn.Parameter(empty(p)) if p.is_floating_point() else empty(p) for name, p in model.named_parameters()
        }
        own |= {name: empty(buffer) for name, buffer in model.named_buffers()}
        try:
            with saved_tensors_hooks(keep, lambda tensor: tensor):
                out = functional_call(
                    model, own, *empty.resized(call, batch), tie_weights=True
                )  # what is kept lives with it
        except Exception as error:
            said = " ".join(str(error).split())[:300]
            raise InvalidSpecError(
                f"What {type(model).__name__} keeps in training can't be told: its forward fails in training mode "
                f"({type(error).__name__}: {said}). Ask for an answer alone, with training=False."
            ) from error
        del out
        held = {tensor.untyped_storage()._cdata for tensor in own.values()}
        return sum(storage.nbytes() for key, storage in kept.items() if key not in held)


class _Empty:
    """Makes tensors without numbers, in the place of others."""

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._device, self._dtype = device, dtype

    def __call__(self, tensor: Tensor, shape: Any = None) -> Tensor:
        dtype = self._dtype if tensor.is_floating_point() else tensor.dtype
        return torch.empty(tensor.shape if shape is None else shape, dtype=dtype, device=self._device)

    def resized(self, call: Call, batch: int) -> tuple[Any, Any]:
        """Arguments of so many examples."""
        first = next((tensor.shape[0] for _, tensor in named_tensors(call) if tensor.ndim), 0)

        def resize(value: Any) -> Any:
            if not isinstance(value, Tensor):
                return value
            sides = tuple(value.shape)
            return self(value, (batch, *sides[1:]) if sides[:1] == (first,) else sides)

        return tree_map(resize, call.args), tree_map(resize, call.kwargs)
