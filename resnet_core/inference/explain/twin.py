"""twin(): a network of one's own with the weights of a shared one, to put hooks on or to randomise parts of."""

from __future__ import annotations

import copy
from collections.abc import Collection

import torch

from resnet_core.errors import require
from resnet_core.models.network import ResNet, initialise


def twin(model: ResNet, fresh: Collection[str] = (), seed: int = 0) -> ResNet:
    """New modules that read the same tensors, so it costs no memory, and nobody else runs through them.

    Args:
        fresh: names of children, e.g. {"layer4", "fc"}, that get first weights of their own instead. Their
            batch-norm statistics begin anew as well.
        seed: of those weights.

    Raises:
        InvalidSpecError: for a name that is no child.
    """
    children = dict(model.named_children())
    for name in fresh:
        require(name in children, "fresh", name, f"one of {', '.join(children)}")
    shared = [
        tensor
        for name, child in children.items()
        if name not in fresh
        for tensor in (*child.parameters(), *child.buffers())
    ]
    own = copy.deepcopy(model, {id(tensor): tensor for tensor in shared})
    generator = torch.Generator().manual_seed(seed)
    for name in fresh:
        part = own.get_submodule(name)
        device = next((p.device for p in part.parameters()), torch.device("cpu"))
        part.cpu()
        with torch.no_grad():
            initialise(part, generator)
        part.to(device)
    return own
