"""ResNet and build_model(): from a ModelSpec to an nn.Module."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import nn

from resnet_core.models.blocks import BasicBlock, Bottleneck, ResidualBlock, SelectiveBottleneck, SplitBottleneck
from resnet_core.models.catalogue import get_spec
from resnet_core.models.layers import norm
from resnet_core.models.preactivation import PreactBasicBlock, PreactBottleneck
from resnet_core.models.spec import ModelSpec
from resnet_core.models.stems import make_stem

BLOCKS: dict[str, Callable[[ModelSpec, int, int, int], ResidualBlock]] = {
    "basic": BasicBlock,
    "bottleneck": Bottleneck,
    "flat_bottleneck": Bottleneck,
    "preact_basic": PreactBasicBlock,
    "preact_bottleneck": PreactBottleneck,
    "sk_bottleneck": SelectiveBottleneck,
    "split_bottleneck": SplitBottleneck,
}


class ResNet(nn.Sequential):
    """Stem, stages and head in the order in which they run, under torchvision's names.

    (N, in_channels, H, W) -> logits (N, num_classes).
    """

    def __init__(self, spec: ModelSpec) -> None:
        super().__init__(OrderedDict([*make_stem(spec), *_stages(spec), *_head(spec)]))
        self.spec = spec

    def residual_blocks(self) -> Iterator[tuple[str, ResidualBlock]]:
        """Path and module of each block, first to last, e.g. ("layer1.0", BasicBlock(...))."""
        for path, module in self.named_modules():
            if isinstance(module, ResidualBlock):
                yield path, module


def _stages(spec: ModelSpec) -> Iterator[tuple[str, nn.Module]]:
    channels = spec.stem_channels
    for stage, (depth, width) in enumerate(zip(spec.depths, spec.widths, strict=True)):
        blocks: OrderedDict[str, nn.Module] = OrderedDict()
        for index in range(depth):
            stride = 2 if stage > 0 and index == 0 else 1  # the stem has shrunk the first stage's input
            blocks[str(index)] = BLOCKS[spec.block](spec, channels, width, stride)
            channels = width * spec.expansion
        if spec.preactivated and stage + 1 == len(spec.depths):
            # "For the last Residual Unit, we adopt an extra activation right after its element-wise addition"
            # (He et al. 2016b, appendix): nothing follows that would begin with one.
            blocks |= {"bn": norm(spec, channels), "relu": nn.ReLU()}
        yield f"layer{stage + 1}", nn.Sequential(blocks)


def _head(spec: ModelSpec) -> Iterator[tuple[str, nn.Module]]:
    yield "avgpool", nn.AdaptiveAvgPool2d((1, 1))
    yield "flatten", nn.Flatten()
    yield "fc", nn.Linear(spec.widths[-1] * spec.expansion, spec.num_classes)


def build_model(
    name_or_spec: str | ModelSpec,
    *,
    num_classes: int | None = None,
    in_channels: int | None = None,
    device: str | torch.device | None = None,
    seed: int | None = None,
    **overrides: Any,
) -> ResNet:
    """Build a network with fresh He-initialised weights (He et al. 2015, arXiv:1502.01852).

    Args:
        name_or_spec: a name from `list_models()` or a ModelSpec.
        num_classes, in_channels: replace the spec's own.
        device: where to build it; "meta" gives the structure without allocating any weight.
        seed: draw the weights from a generator of their own: the same seed gives the same weights on every
            device, whatever other threads draw. Without it, PyTorch's global generator is used.
        **overrides: any other field of ModelSpec, e.g. `groups=16, width_per_group=8`.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: for choices that contradict each other.
    """
    spec = get_spec(name_or_spec) if isinstance(name_or_spec, str) else name_or_spec
    given = {"num_classes": num_classes, "in_channels": in_channels, **overrides}
    spec = spec.override(**{key: value for key, value in given.items() if value is not None})
    with torch.device("meta"):  # no weight is allocated, and none drawn twice
        model = ResNet(spec)
    target = torch.device(device) if device is not None else torch.get_default_device()
    if target.type == "meta":
        return model
    model.to_empty(device="cpu")
    initialise(model, None if seed is None else torch.Generator().manual_seed(seed))
    return model.to(target)


def initialise(model: nn.Module, generator: torch.Generator | None = None) -> None:
    """Give fresh weights to a network on the CPU, drawn in the order of its modules.

    Convolutions: He et al. 2015, normal with fan-out, biases zero. Batch norm: ones and zeros.
    Linear: PyTorch's default.
    """
    for module in model.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu", generator=generator)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.BatchNorm2d):
            module.reset_parameters()
        elif isinstance(module, nn.Linear):
            bound = 1 / math.sqrt(module.in_features)
            for parameter in (module.weight, module.bias):
                nn.init.uniform_(parameter, -bound, bound, generator=generator)
