"""compare_bottleneck(): 1x1, 3x3, 1x1 against two 3x3 convolutions, product by product. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from math import isqrt
from typing import TYPE_CHECKING

from resnet_core.anatomy.counting import cost
from resnet_core.errors import InvalidSpecError

if TYPE_CHECKING:
    from torch import nn

LARGEST = 1_000_000  # channels, groups or pixels: a thousand times what any network has


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One convolution of a stack, as a product: kernel x kernel x in_channels / groups x out_channels.

    Attributes:
        params: weights, the product.
        macs: multiply-adds at `size` x `size` pixels.
    """

    stack: str
    name: str
    kernel: int
    in_channels: int
    out_channels: int
    groups: int
    params: int
    macs: int

    @property
    def product(self) -> str:
        """The product as one writes it, e.g. "3×3×64×64" or, grouped, "3×3×(128/32)×128"."""
        inputs = str(self.in_channels) if self.groups == 1 else f"({self.in_channels}/{self.groups})"
        return f"{self.kernel}×{self.kernel}×{inputs}×{self.out_channels}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckComparison:
    """A bottleneck and the two 3x3 convolutions that it replaces, at equal input and output channels.

    `equal_cost_width` is the width at which two 3x3 convolutions cost what the bottleneck does, nearest from
    below: the paper's Figure 5 sets a basic block at 64 (73,728) beside a bottleneck at 256 (69,632).
    """

    channels: int
    width: int
    groups: int
    size: int
    terms: tuple[Term, ...]

    def of(self, stack: str) -> tuple[Term, ...]:
        """The terms of one stack: "bottleneck", "basic" or "equal_cost"."""
        return tuple(term for term in self.terms if term.stack == stack)

    def params(self, stack: str) -> int:
        """Weights of the convolutions of one stack."""
        return sum(term.params for term in self.of(stack))

    def params_with_batch_norm(self, stack: str) -> int:
        """Weights, and a scale and a shift per channel after each convolution."""
        return sum(term.params + cost.batch_norm_params(term.out_channels) for term in self.of(stack))

    def macs(self, stack: str) -> int:
        """Multiply-adds of one picture at `size` x `size` pixels."""
        return sum(term.macs for term in self.of(stack))

    @property
    def bottleneck_params(self) -> int:
        """Weights of 1x1, 3x3, 1x1."""
        return self.params("bottleneck")

    @property
    def basic_params(self) -> int:
        """Weights of two 3x3 convolutions at full width."""
        return self.params("basic")

    @property
    def ratio(self) -> float:
        """How many times more weights the two 3x3 convolutions have."""
        return self.basic_params / self.bottleneck_params

    @property
    def share(self) -> float:
        """The bottleneck's weights as a share of the two 3x3 convolutions', 0 to 1 and beyond."""
        return self.bottleneck_params / self.basic_params


def compare_bottleneck(channels: int = 256, width: int = 64, groups: int = 1, size: int = 56) -> BottleneckComparison:
    """Count a bottleneck against two 3x3 convolutions at full width, and against a basic block of equal cost.

    Args:
        channels: into and out of the block.
        width: inside the bottleneck, where the 3x3 convolution works.
        groups: of the 3x3 convolution; must divide `width`.
        size: side of the feature map in pixels, for the multiply-adds.

    Example:
        >>> c = compare_bottleneck()
        >>> c.bottleneck_params, c.basic_params, round(c.ratio, 2)
        (69632, 1179648, 16.94)

    Raises:
        InvalidSpecError: naming the argument that does not work.
    """
    for name, value in {"channels": channels, "width": width, "groups": groups, "size": size}.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= LARGEST:
            raise InvalidSpecError(f"{name}={value!r} does not work: give a whole number from 1 to {LARGEST:,}.")
    if width % groups:
        allowed = [g for g in range(1, width + 1) if width % g == 0]
        raise InvalidSpecError(
            f"groups={groups} does not divide width={width}. Allowed: {', '.join(map(str, allowed))}."
        )
    pair = equal_cost_width(channels, width, groups)
    rows = (
        ("bottleneck", "reduce", 1, channels, width, 1),
        ("bottleneck", "transform", 3, width, width, groups),
        ("bottleneck", "restore", 1, width, channels, 1),
        ("basic", "first", 3, channels, channels, 1),
        ("basic", "second", 3, channels, channels, 1),
        ("equal_cost", "first", 3, pair, pair, 1),
        ("equal_cost", "second", 3, pair, pair, 1),
    )
    terms = tuple(_term(*row, size) for row in rows)
    return BottleneckComparison(channels=channels, width=width, groups=groups, size=size, terms=terms)


def _term(stack: str, name: str, kernel: int, in_channels: int, out_channels: int, groups: int, size: int) -> Term:
    square = (kernel, kernel)
    return Term(
        stack=stack, name=name, kernel=kernel, in_channels=in_channels, out_channels=out_channels, groups=groups,
        params=cost.conv_params(in_channels, out_channels, square, groups),
        macs=cost.conv_macs(in_channels, (1, out_channels, size, size), square, groups),
    )  # fmt: skip


def equal_cost_width(channels: int, width: int, groups: int = 1) -> int:
    """The width, in steps of 8, at which two 3x3 convolutions come closest to the bottleneck's weights."""
    target = 2 * channels * width + 9 * width * width // groups
    below = max(8, 8 * (isqrt(target // 18) // 8))
    return min((below, below + 8), key=lambda w: abs(18 * w * w - target))


def build_stack(comparison: BottleneckComparison, stack: str) -> nn.Sequential:
    """The same stack as a real nn.Module on the meta device: PyTorch's own count is the check."""
    from torch import nn

    return nn.Sequential(
        *(
            nn.Conv2d(
                t.in_channels,
                t.out_channels,
                t.kernel,
                padding=t.kernel // 2,
                groups=t.groups,
                bias=False,
                device="meta",
            )
            for t in comparison.of(stack)
        )
    )
