"""ModelSpec: every choice that makes one residual network differ from another, as one frozen record."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self, get_args, get_type_hints

from resnet_core.errors import InvalidSpecError

BlockKind = Literal["basic", "bottleneck"]
StemKind = Literal["imagenet", "cifar"]
ShortcutKind = Literal["projection", "projection_all", "zero_pad", "none"]
StridePlace = Literal["3x3", "1x1"]

EXPANSION: dict[str, int] = {"basic": 1, "bottleneck": 4}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """What a variant is. Build it with `build_model(spec)`, change it with `spec.override(...)`.

    Attributes:
        name: the name in the catalogue; free for your own nets.
        family: which group of the catalogue it belongs to.
        block: "basic" is two 3x3 convolutions; "bottleneck" is 1x1, 3x3, 1x1 with expansion 4.
        depths: blocks per stage, e.g. (3, 4, 6, 3) for ResNet-50.
        widths: base channels per stage; a stage puts out `width * expansion` channels.
        stem: "imagenet" is a 7x7 convolution with stride 2 and a max-pool; "cifar" one 3x3 convolution.
        shortcut: what carries x around the block where shapes differ. "projection" is the paper's
            option B, "zero_pad" option A, "projection_all" option C (a projection everywhere),
            "none" removes the shortcut and the addition: a plain network.
        stride_on: where a bottleneck downsamples. "1x1" is the paper, "3x3" torchvision ("v1.5").
        groups, width_per_group: grouped 3x3 convolution of a bottleneck (ResNeXt, Wide ResNet).
        in_channels, num_classes: of the input picture and of the logits.
        input_size: the usual (height, width) in pixels.
        source: where the variant is described.

    Raises:
        InvalidSpecError: if the fields contradict each other; the message names the field.
    """

    name: str
    family: str
    block: BlockKind
    depths: tuple[int, ...]
    widths: tuple[int, ...] = (64, 128, 256, 512)
    stem: StemKind = "imagenet"
    shortcut: ShortcutKind = "projection"
    stride_on: StridePlace = "3x3"
    groups: int = 1
    width_per_group: int = 64
    in_channels: int = 3
    num_classes: int = 1000
    input_size: tuple[int, int] = (224, 224)
    source: str = ""

    def __post_init__(self) -> None:
        _check(self)

    @property
    def expansion(self) -> int:
        """Output channels of a block divided by its base width."""
        return EXPANSION[self.block]

    @property
    def stem_channels(self) -> int:
        """Channels that the stem hands to the first stage."""
        return self.widths[0]

    def inner_width(self, width: int) -> int:
        """Channels of the 3x3 convolution inside a bottleneck of base width `width`."""
        return width * self.width_per_group // 64 * self.groups

    def override(self, **changes: Any) -> Self:
        """The same spec with some fields changed, checked again.

        Raises:
            InvalidSpecError: for a field that does not exist or a value that does not fit.
        """
        known = [f.name for f in fields(self)]
        for key in changes:
            if key not in known:
                raise InvalidSpecError(f"{key!r} is no field of a model. The fields are: {', '.join(known)}.")
        values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in changes.items()}
        return replace(self, **values)


def _check(spec: ModelSpec) -> None:
    for name, hint in get_type_hints(ModelSpec).items():
        allowed = get_args(hint)
        if allowed and all(isinstance(a, str) for a in allowed):
            _require(getattr(spec, name) in allowed, name, getattr(spec, name), f"one of {', '.join(allowed)}")
    for name in ("groups", "width_per_group", "in_channels", "num_classes"):
        _require(_is_count(getattr(spec, name)), name, getattr(spec, name), "a whole number of at least 1")
    for name in ("depths", "widths", "input_size"):
        values = getattr(spec, name)
        counts = isinstance(values, tuple) and bool(values) and all(map(_is_count, values))
        _require(counts, name, values, "whole numbers of at least 1")
    _require(
        len(spec.depths) == len(spec.widths),
        "widths",
        spec.widths,
        f"{len(spec.depths)} numbers, one per stage of {spec.depths}",
    )
    if spec.block == "basic":
        _require(
            spec.groups == 1, "groups", spec.groups, "1 with basic blocks; only a bottleneck has grouped convolutions"
        )
        _require(
            spec.width_per_group == 64,
            "width_per_group",
            spec.width_per_group,
            "64 with basic blocks; use widths instead",
        )
        _require(
            spec.stride_on == "3x3", "stride_on", spec.stride_on, "3x3 with basic blocks, which have no 1x1 convolution"
        )
    for width in spec.widths:
        _require(
            spec.inner_width(width) >= 1,
            "width_per_group",
            spec.width_per_group,
            f"large enough to leave a channel at width {width}",
        )


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _require(holds: bool, field: str, given: object, allowed: str) -> None:
    if not holds:
        raise InvalidSpecError(f"{field}={given!r} does not work: it must be {allowed}.")
