"""The ways in which tools and papers count one network differently: each a rule, combined by `Counting`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.reconcile.census import Census, take_census
from resnet_core.models.spec import ModelSpec

COMMON_CLASSES = (2, 10, 21, 37, 100, 101, 102, 120, 200, 365, 1000, 1001)
COMMON_SIDES = (32, 64, 96, 112, 128, 160, 176, 192, 224, 240, 256, 288, 299, 320, 384, 448)
_PROJECTIONS = ("projection", "projection_all", "pooled_projection", "bare_projection")


@dataclass(frozen=True, slots=True)
class Counting:
    """One way to count: what is built, and what of it counts."""

    spec: ModelSpec
    size: tuple[int, int]
    all_biases: bool = False
    affine: bool = True
    statistics: bool = False
    counters: bool = False
    head: bool = True
    norm_and_pool: bool = False

    @property
    def census(self) -> Census:
        """What there is to count."""
        return take_census(self.spec.override(num_classes=1), self.size)  # the classifier is added by the methods

    def parameters(self) -> int:
        """Numbers that count as parameters."""
        c = self.census
        head = cost.linear_params(c.features, self.spec.num_classes) if self.head else 0
        norm = c.affine * (self.affine + self.statistics) + c.norms * self.counters
        return c.weights + (c.channels if self.all_biases else c.biases) + norm + head

    def macs(self) -> int:
        """Multiply-adds of one picture."""
        c = self.census
        head = cost.linear_macs(c.features, (1, self.spec.num_classes)) if self.head else 0
        return c.macs + head + (2 * c.norm_values + c.pool_values) * self.norm_and_pool

    def flops(self) -> int:
        """Two for each multiply-add."""
        return 2 * self.macs()


@dataclass(frozen=True, slots=True, kw_only=True)
class CountingRule:
    """One difference between two ways to count.

    Attributes:
        name: stable, e.g. "conv_biases" or "classes=10".
        text: the difference in words.
        counts: what it can change: "parameters", "MACs" or both.
        counting: fields of `Counting` to set.
        spec: fields of its ModelSpec to set.
    """

    name: str
    text: str
    counts: tuple[str, ...]
    counting: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fields(self) -> frozenset[str]:
        """What it sets; two rules that set the same can't be combined."""
        return frozenset(self.counting) | frozenset(self.spec)

    def apply(self, counting: Counting) -> Counting:
        """The same way to count, with this difference."""
        spec = counting.spec.override(**self.spec) if self.spec else counting.spec
        return replace(counting, spec=spec, **self.counting)


_PARAMETERS, _MACS, _BOTH = ("parameters",), ("MACs",), ("parameters", "MACs")
_FIXED = (
    CountingRule(
        name="conv_biases", counts=_PARAMETERS, counting={"all_biases": True},
        text="every convolution has a bias, as Keras and TensorFlow build it by default",
    ),
    CountingRule(
        name="keras_defaults", counts=_PARAMETERS, counting={"all_biases": True, "statistics": True},
        text="Keras' total: every convolution has a bias, and batch norm's running means and variances count",
    ),
    CountingRule(
        name="statistics", counts=_PARAMETERS, counting={"statistics": True},
        text="batch norm's running means and variances count, which are stored but not trained",
    ),
    CountingRule(
        name="state_dict", counts=_PARAMETERS, counting={"statistics": True, "counters": True},
        text="every number in PyTorch's state dict counts: running means, variances and one step counter a batch norm",
    ),
    CountingRule(
        name="no_affine", counts=_PARAMETERS, counting={"affine": False},
        text="batch norm's scales and shifts are left out",
    ),
    CountingRule(
        name="no_head", counts=_BOTH, counting={"head": False},
        text="the fully connected layer is left out",
    ),
    CountingRule(
        name="norm_and_pool", counts=_MACS, counting={"norm_and_pool": True},
        text="batch norm (two a value) and the global pooling count too, as in thop",
    ),
)  # fmt: skip


def rules_for(spec: ModelSpec, size: tuple[int, int]) -> Iterator[CountingRule]:
    """Every rule that could make a difference for this network, likeliest first."""
    yield from _stride_rules(spec)
    yield from _FIXED
    yield from _shortcut_rules(spec)
    yield from (
        CountingRule(name=f"classes={n}", text=f"{n:,} classes", counts=_BOTH, spec={"num_classes": n})
        for n in COMMON_CLASSES
        if n != spec.num_classes
    )
    yield from (
        CountingRule(name=f"size={n}", text=f"a picture of {n}x{n} pixels", counts=_MACS, counting={"size": (n, n)})
        for n in COMMON_SIDES
        if (n, n) != size
    )


def _stride_rules(spec: ModelSpec) -> Iterator[CountingRule]:
    if spec.block in ("bottleneck", "flat_bottleneck", "preact_bottleneck"):
        other, whose = ("1x1", "the paper's") if spec.stride_on == "3x3" else ("3x3", 'torchvision\'s, "v1.5"')
        text = f"the stride is on the {'first 1x1' if other == '1x1' else '3x3'} convolution ({whose})"
        yield CountingRule(name=f"stride_on={other}", text=text, counts=_MACS, spec={"stride_on": other})


def _shortcut_rules(spec: ModelSpec) -> Iterator[CountingRule]:
    if spec.shortcut in _PROJECTIONS:
        text = "no projections on the shortcuts (option A, or a plain net)"
        yield CountingRule(name="no_projections", text=text, counts=_BOTH, spec={"shortcut": "none"})
    if spec.shortcut == "projection":
        text = "a projection on every shortcut (option C)"
        yield CountingRule(name="option_c", text=text, counts=_BOTH, spec={"shortcut": "projection_all"})
    if spec.zero_padded or spec.shortcut == "none":
        text = "projections where the shape changes (option B)"
        yield CountingRule(name="option_b", text=text, counts=_BOTH, spec={"shortcut": "projection"})
