"""How a run's weights begin, where that is not build_model's own way: one choice of the recipe, `init`."""

from __future__ import annotations

import torch
from torch import nn

from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet

SIGMA = 0.01  # Krizhevsky et al. 2012, and most networks until 2014
NOISE = 0.1  # of "copy": the share of the He-initialised weights that stays


def initialise_as(model: ResNet, init: str, seed: int) -> None:
    """Change the fresh He-initialised weights of a network on the CPU to those that `TrainConfig.init` names."""
    generator = torch.Generator().manual_seed(seed)
    if init == "zero_gamma":
        for _, block in model.residual_blocks():
            nn.init.zeros_(_last_norm(block).weight)
    if init == "copy":
        begin_as_copy(model)
    for module in model.modules():
        if init == "normal" and isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight, std=SIGMA, generator=generator)
        if init == "xavier" and isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(module.weight, generator=generator)


@torch.no_grad()
def begin_as_copy(model: ResNet, noise: float = NOISE) -> None:
    """Each convolution of each block becomes a Dirac kernel, which copies channel i to channel i, plus some of its own
    weights; where it puts out more channels than it gets, the new ones have those alone.

    So a plain block begins near relu(batch norm(x)): near the identity, as a residual one does by its shortcut.

    Args:
        noise: the share of the first weights that is added.
    """
    for _, block in model.residual_blocks():
        for name, module in block.named_modules():
            if isinstance(module, nn.Conv2d) and not name.startswith("downsample"):
                first = module.weight * noise
                nn.init.dirac_(module.weight, groups=module.groups)
                module.weight += first


def _last_norm(block: ResidualBlock) -> nn.BatchNorm2d:
    """The batch norm that stands last in the residual branch; the shortcut's own is none of it."""
    branch = (child for name, child in block.named_children() if name != "downsample")
    return [module for child in branch for module in child.modules() if isinstance(module, nn.BatchNorm2d)][-1]
