"""network_file(): a bundled CIFAR network for the browser, batch norms folded in, 16 bits a weight."""

from __future__ import annotations

import json
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor, nn

from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError
from resnet_core.figures.diagram.marks import stage_colour_name
from resnet_core.figures.photo.block_parts import block_name
from resnet_core.inference.engine.folding import fold_batch_norms
from resnet_core.inference.explain.lesion import kind_of
from resnet_core.inference.explain.shortcut.flow import law
from resnet_core.inference.explain.shortcut.options import fresh_projection, offered_options
from resnet_core.models.shortcuts import ZeroPadShortcut
from resnet_core.models.spec import ModelSpec
from resnet_core.weights.library import list_weights, load_weights
from resnet_core.weights.record import Weights

LARGEST = 2**15 - 1  # of a weight as a whole number


def networks_for_pages() -> list[Weights]:
    """The bundled networks that the browser's module can run: those for CIFAR with option A's shortcuts."""
    return [one for one in list_weights() if one.availability == "bundled" and _runs(one.spec)]


def _runs(spec: ModelSpec) -> bool:
    """What resnet_core/data/network computes: basic blocks of 3x3 convolutions, zeros where the shape changes."""
    usual = (spec.block, spec.stem, spec.norm, spec.squeeze_excite) == ("basic", "cifar", "batch", False)
    return usual and spec.shortcut.startswith("zero_pad") and len(set(spec.input_size)) == 1


def network_file(weights: Weights) -> bytes:
    """A network as safetensors: what `readNetwork` of data/network/network.js reads.

    Of each layer `weight` (int16) times `unit` (float32, one a channel) is the weight with its batch norm folded in,
    and `bias` belongs to it; `norm` (float32: mean, deviation, scale, shift) tells them apart again. A block that
    changes the shape has a `projection` (float32), the fresh weights of options B and C. Float16 would
    take as much room and be ten times as coarse: of 16 bits it spends five on sizes that a channel's unit says once.
    The metadata's `network` is `about(weights)` as JSON.

    Raises:
        InvalidSpecError: for a network that the module does not compute.
        WeightsError: if the weights can't be loaded.
    """
    if not _runs(weights.spec):
        raise InvalidSpecError(f"{weights.name} is no CIFAR network with option A's shortcuts: no page can run it.")
    model, _ = load_weights(weights)
    folded, tensors = fold_batch_norms(model), dict[str, Tensor]()
    for path, layer in folded.named_modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            assert layer.bias is not None
            tensors |= {f"{path}.{part}": tensor for part, tensor in _whole(layer.weight).items()}
            tensors[f"{path}.bias"] = layer.bias.detach().clone()
        if isinstance(layer, nn.Conv2d):
            tensors[f"{path}.norm"] = _norm(model.get_submodule(path.replace("conv", "bn")))
    for path, block in model.residual_blocks():
        if isinstance(block.downsample, ZeroPadShortcut):
            tensors[f"{path}.projection"] = _projection(block)
    return save(tensors, {"network": json.dumps(about(weights))})


def about(weights: Weights) -> dict[str, Any]:
    """What the page knows of a network before its weights are there."""
    model, _ = load_weights(weights)
    prepared, calls = weights.preprocessing, walk_spec(weights.spec).calls
    fields = {call.path: max(call.receptive_field or (0,)) for call in calls}
    blocks, x_sees, side = [], fields["relu"], weights.spec.input_size[0]
    for path, block in model.residual_blocks():
        pad = block.downsample
        stride, before = (pad.stride, pad.before) if isinstance(pad, ZeroPadShortcut) else (1, 0)
        f_sees = fields[f"{path}.conv2"]
        blocks.append({
            "path": path, "name": block_name(path), "stage": block_name(path).partition(".")[0],
            "colour": stage_colour_name(path.partition(".")[0]), "kind": kind_of(block), "stride": stride,
            "before": before, "side": side, "fields": [x_sees, f_sees],
            "options": offered_options(model, block) if stride > 1 else [],
        })  # fmt: skip
        x_sees, side = f_sees, side // stride
    return {
        "name": weights.name, "model": weights.spec.name, "classes": list(weights.classes), "side": prepared.crop_size,
        "resizeTo": prepared.resize_size, "filter": prepared.interpolation, "mean": list(prepared.mean),
        "std": list(prepared.std), "blocks": blocks, "law": law(weights.spec),
    }  # fmt: skip


def _whole(weight: Tensor) -> dict[str, Tensor]:
    """Weights as whole numbers, each channel's largest as the largest of 16 bits."""
    unit = weight.detach().abs().amax(dim=tuple(range(1, weight.ndim))) / LARGEST
    unit = unit.clamp(min=torch.finfo(torch.float32).tiny)
    whole = (weight.detach() / unit.view(-1, *[1] * (weight.ndim - 1))).round()
    return {"weight": whole.to(torch.int16), "unit": unit}


def _projection(block: nn.Module) -> Tensor:
    """Fresh weights, (out, in), for a block that has none: those with which `shortcut_options` begins."""
    first, last = block.conv1, block.conv2
    assert isinstance(first, nn.Conv2d)
    assert isinstance(last, nn.Conv2d)
    fresh = fresh_projection(first.in_channels, last.out_channels, first.stride[0])
    return fresh.weight.detach()[:, :, 0, 0].contiguous()


def _norm(norm: nn.Module) -> Tensor:
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    deviation = (norm.running_var.double() + norm.eps).sqrt().float()
    return torch.stack([norm.running_mean, deviation, norm.weight.detach(), norm.bias.detach()])
