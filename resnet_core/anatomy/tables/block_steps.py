"""compare_block(): the layers of one block and of the stem, each marked where it differs from the original ResNet."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from resnet_core.anatomy.counting.calls import LayerCall
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.models.spec import ModelSpec

Place = Literal["stem", "branch", "shortcut", "sum"]
PLACES: tuple[Place, ...] = ("stem", "branch", "shortcut", "sum")
# Of the second stage: there the block also halves the picture and doubles the channels.
BLOCK = "layer2.0"
_WORDS = {
    "BatchNorm2d": "batch norm", "MaxPool2d": "max pool", "AvgPool2d": "average pool", "ShortcutAdd": "add",
    "AdaptiveAvgPool2d": "global average pool", "ZeroPadShortcut": "zero padding", "ChannelScale": "scale channels",
    "ChannelSlice": "take half the channels", "Concatenate": "concatenate", "SplitSum": "sum of the splits",
    "SplitSoftmax": "softmax over the splits", "WeightedSum": "weighted sum of the splits", "Sigmoid": "sigmoid",
    "Detach": "detach (no gradient)", "Identity": "nothing",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockStep:
    """One layer of a block diagram.

    Attributes:
        place: "stem", "branch" (F), "shortcut", or "sum": the addition and what follows it.
        label: e.g. "3x3 conv, 128, stride 2, 32 groups".
        changed: whether the original has no such layer at this point.
    """

    place: Place
    label: str
    changed: bool


def original_of(spec: ModelSpec) -> ModelSpec:
    """The ResNet that a variant departs from: same depths and widths, every other choice as torchvision has it."""
    cifar = spec.stem == "cifar"
    return spec.override(
        name=f"original of {spec.name}", block="basic" if spec.block.endswith("basic") else "bottleneck",
        stem="cifar" if cifar else "imagenet", shortcut="zero_pad" if cifar else "projection", stride_on="3x3",
        groups=1, width_per_group=64, group_width=None, radix=1, squeeze_excite=False, norm="batch", conv_bias=False,
    )  # fmt: skip


def block_steps(spec: ModelSpec, block: str = BLOCK) -> dict[Place, tuple[str, ...]]:
    """Labels of the stem's layers and of one block's, by place, in the order in which they run."""
    calls = walk_spec(spec).calls
    steps: dict[Place, list[str]] = {place: [] for place in PLACES}
    for call in calls:
        if call.stage == "stem":
            steps["stem"].append(_label(call))
        elif call.path.startswith(f"{block}."):
            steps[_place(call.path.removeprefix(f"{block}."))].append(_label(call))
    return {place: tuple(labels) for place, labels in steps.items()}


def _place(layer: str) -> Place:
    if layer.startswith("downsample"):
        return "shortcut"
    return "sum" if layer in ("add", "relu") else "branch"


def compare_block(spec: ModelSpec, base: ModelSpec | None = None, block: str = BLOCK) -> tuple[BlockStep, ...]:
    """The steps of a variant's stem and of one block, marked where they differ from `base` (the original ResNet)."""
    ours, theirs = block_steps(spec, block), block_steps(base or original_of(spec), block)
    return tuple(
        BlockStep(place=place, label=label, changed=changed)
        for place in PLACES
        for label, changed in _mark(ours[place], theirs[place])
    )


def _mark(ours: tuple[str, ...], theirs: tuple[str, ...]) -> list[tuple[str, bool]]:
    matches = SequenceMatcher(None, theirs, ours, autojunk=False).get_matching_blocks()
    kept = {index for match in matches for index in range(match.b, match.b + match.size)}
    return [(label, index not in kept) for index, label in enumerate(ours)]


def _label(call: LayerCall) -> str:
    if call.kind == "Conv2d" and call.kernel_size and call.stride and call.padding:
        parts = [f"{call.kernel_size[0]}x{call.kernel_size[1]} conv", str(call.output_shape[1])]
        parts += [f"stride {call.stride[0]}"] if call.stride[0] > 1 else []
        parts += [f"{call.groups} groups"] if call.groups and call.groups > 1 else []
        # A 3x3 kernel that is padded by 2 and keeps the size has its taps two pixels apart.
        parts += [f"dilation {call.padding[0]}"] if call.kernel_size[0] == 3 and call.padding[0] > 1 else []
        return ", ".join(parts)
    return _WORDS.get(call.kind, call.kind)
