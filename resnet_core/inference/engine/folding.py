"""Fold each batch norm into the convolution before it: the same function with fewer steps, for inference only."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_weights

from resnet_core.errors import InvalidSpecError
from resnet_core.inference.engine.wiring import PICTURE, modules_of, record_calls, sole_reader
from resnet_core.models.network import ResNet, build_model


def fold_batch_norms(model: ResNet) -> ResNet:
    """A copy in eval mode whose convolutions have taken in the batch norms that follow them.

    In eval mode a batch norm is y = scale * x + shift for each channel, so weight * scale and bias * scale + shift
    give the same. Computed in float64: the logits stay within float32's own rounding. A batch norm that follows no
    convolution (pre-activation) stays. Weights that do not change are shared with `model`, not copied.

    Raises:
        InvalidSpecError: if the product of weights and scale is too large for float32.
    """
    folded = build_model(model.spec, device="meta")
    folded.load_state_dict(model.state_dict(), assign=True)
    calls = record_calls(model.spec)
    modules = modules_of(folded, calls)
    readers = sole_reader(calls)
    for index, call in enumerate(calls):
        norm, before = modules[index], call.inputs[0]
        if not isinstance(norm, nn.BatchNorm2d) or before == PICTURE or readers.get(before) != index:
            continue
        conv = modules[before]
        if isinstance(conv, nn.Conv2d):
            _take_in(conv, norm)
            parent, _, name = call.path.rpartition(".")
            setattr(folded.get_submodule(parent), name, nn.Identity())
    if not all(bool(torch.isfinite(tensor).all()) for tensor in folded.parameters()):
        raise InvalidSpecError("With batch norms folded in, its weights grow until they are no numbers.")
    return folded.eval().requires_grad_(False)


def _take_in(conv: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    state = {name: tensor.double() for name, tensor in norm.state_dict().items()}
    with torch.no_grad():
        weight, bias = fuse_conv_bn_weights(
            conv.weight.double(), None if conv.bias is None else conv.bias.double(),
            state["running_mean"], state["running_var"], norm.eps, state["weight"], state["bias"],
        )  # fmt: skip
        conv.weight, conv.bias = (nn.Parameter(tensor.to(conv.weight.dtype), False) for tensor in (weight, bias))
