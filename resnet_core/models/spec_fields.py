"""SpecFields: the choices of a network and what follows from them, unchecked. Use ModelSpec, which checks them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BlockKind = Literal[
    "basic", "bottleneck", "flat_bottleneck", "preact_basic", "preact_bottleneck", "sk_bottleneck", "split_bottleneck"
]
StemKind = Literal["imagenet", "half", "cifar", "deep", "deep_wide"]
ShortcutKind = Literal[
    "projection", "projection_all", "pooled_projection", "bare_projection", "zero_pad", "zero_pad_both", "detached",
    "none",
]  # fmt: skip
StridePlace = Literal["3x3", "1x1"]
NormKind = Literal["batch", "none"]

EXPANSION: dict[str, int] = {
    "basic": 1, "bottleneck": 4, "flat_bottleneck": 1, "preact_basic": 1, "preact_bottleneck": 4,
    "sk_bottleneck": 4, "split_bottleneck": 4,
}  # fmt: skip
# Side of the kernel and stride of the one convolution that a stem has, where it has one.
STEM_CONV: dict[str, tuple[int, int]] = {"imagenet": (7, 2), "half": (3, 2), "cifar": (3, 1)}
POOLED_STEMS = ("imagenet", "deep", "deep_wide")


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecFields:
    """The fields of a ModelSpec, which explains them, and the numbers that follow from them."""

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
    group_width: int | None = None
    radix: int = 1
    squeeze_excite: bool = False
    norm: NormKind = "batch"
    conv_bias: bool = False
    in_channels: int = 3
    num_classes: int = 1000
    input_size: tuple[int, int] = (224, 224)
    source: str = ""

    @property
    def expansion(self) -> int:
        """Output channels of a block divided by its base width."""
        return EXPANSION[self.block]

    @property
    def layers_per_block(self) -> int:
        """Convolutions of a block's residual branch; what squeezes and weighs channels beside them does not count."""
        return 3 if self.block.endswith("bottleneck") else 2

    @property
    def layers(self) -> int:
        """Layers with weights on the main path, as He et al. count them: one for the stem, one for the classifier."""
        return self.layers_per_block * sum(self.depths) + 2

    @property
    def preactivated(self) -> bool:
        """Whether batch norm and ReLU come before each convolution."""
        return self.block.startswith("preact")

    @property
    def zero_padded(self) -> bool:
        """Whether new channels of the shortcut are zeros (option A), on whichever side."""
        return self.shortcut in ("zero_pad", "zero_pad_both")

    @property
    def has_bias(self) -> bool:
        """Whether convolutions have biases."""
        return self.conv_bias or self.norm == "none"

    @property
    def stem_channels(self) -> int:
        """Channels that the stem hands to the first stage."""
        return self.widths[0] * (2 if self.stem == "deep_wide" else 1)

    @property
    def stem_pools(self) -> bool:
        """Whether the stem ends with a max-pool; one without is made for pictures of some 32 to 64 pixels."""
        return self.stem in POOLED_STEMS

    def inner_width(self, width: int) -> int:
        """Channels of the 3x3 convolution inside a bottleneck of base width `width`."""
        return width * self.width_per_group // 64 * self.groups

    def inner_groups(self, width: int) -> int:
        """Groups of that 3x3 convolution."""
        return self.groups if self.group_width is None else self.inner_width(width) // self.group_width
