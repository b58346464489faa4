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

OTHERWISE = "Ask for an answer alone, with training=False."


def kept_in_training(model: nn.Module, call: Call, batch: int, dtype: str) -> tuple[int, int]:
    """Play a training pass on tensors without numbers, and add up what is kept until the gradients are computed.

    Each storage counts once; weights and buffers don't. Nothing is computed, and nothing of the module changes.

    Args:
        call: what forward is given. The first side of each tensor that has as many as the first one becomes `batch`.
        dtype: of all numbers, e.g. "float32".

    Returns:
        The bytes, and how many numbers are trained: those that are not frozen (`requires_grad_(False)`) now.

    Raises:
        InvalidSpecError: if that pass fails, in its own words; and for layers that keep what only a real pass shows.
    """
    device = torch.device("cpu") if device_of(model).type == "meta" else device_of(model)
    _refuse_workspaces(model, device)
    kept: dict[int, torch.UntypedStorage] = {}  # held, so that no other one gets its place

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage._cdata] = storage
        return tensor

    with undisturbed(model), torch.enable_grad(), FakeTensorMode(allow_non_fake_inputs=True):
        for module in model.modules():
            module.training = True
        empty = _Empty(device, getattr(torch, dtype))
        own: dict[str, Tensor] = {name: empty.weight(parameter) for name, parameter in model.named_parameters()}
        own |= {name: empty(buffer) for name, buffer in model.named_buffers()}
        args, kwargs = empty.resized(call, batch)
        try:
            with saved_tensors_hooks(keep, lambda tensor: tensor):
                functional_call(model, own, args, kwargs, tie_weights=True)
        except Exception as error:  # whatever a foreign forward raises
            said = " ".join(str(error).split())[:300]
            raise InvalidSpecError(
                f"What {type(model).__name__} keeps in training can't be told: its training pass on tensors without "
                f"numbers fails ({type(error).__name__}: {said}). {OTHERWISE}"
            ) from error
        held = {tensor.untyped_storage()._cdata for tensor in own.values()}
        kept_bytes = sum(storage.nbytes() for key, storage in kept.items() if key not in held)
    return kept_bytes, sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)


def _refuse_workspaces(model: nn.Module, device: torch.device) -> None:
    """Of recurrent layers a library keeps a workspace of a size of its own: oneDNN of an LSTM, cuDNN of all."""
    kind = nn.LSTM if device.type == "cpu" else nn.RNNBase
    path = next((path for path, module in model.named_modules() if isinstance(module, kind)), None)
    if path is not None:
        raise InvalidSpecError(
            f"What {type(model).__name__} keeps in training can't be told: {path or 'it'} is a recurrent layer, of "
            f"which a library keeps a workspace whose size only a real pass shows. {OTHERWISE}"
        )


class _Empty:
    """Makes tensors without numbers, in the place of others."""

    def __init__(self, device: torch.device, dtype: torch.dtype) -> None:
        self._device, self._dtype = device, dtype

    def __call__(self, tensor: Tensor, shape: tuple[int, ...] | None = None) -> Tensor:
        dtype = self._dtype if tensor.is_floating_point() else tensor.dtype
        return torch.empty(tensor.shape if shape is None else shape, dtype=dtype, device=self._device)

    def weight(self, parameter: nn.Parameter) -> nn.Parameter:
        return nn.Parameter(self(parameter), requires_grad=parameter.requires_grad)

    def resized(self, call: Call, batch: int) -> tuple[Any, Any]:
        """Arguments of so many examples."""
        first = next((tensor.shape[0] for _, tensor in named_tensors(call) if tensor.ndim), 0)

        def resize(value: Any) -> Any:
            if not isinstance(value, Tensor):
                return value
            sides = tuple(value.shape)
            return self(value, (batch, *sides[1:]) if sides[:1] == (first,) else sides)

        return tree_map(resize, call.args), tree_map(resize, call.kwargs)
