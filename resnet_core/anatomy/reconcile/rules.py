"""The ways in which tools and papers count one network differently: each a rule, combined by `Counting`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.papers.published import FIRST_THOP_MACS
from resnet_core.anatomy.reconcile.census import Census, take_census
from resnet_core.models.catalogue import CATALOGUE
from resnet_core.models.spec import ModelSpec

COMMON_CLASSES = (10, 100, 2, 21, 37, 101, 102, 120, 200, 365, 1000, 1001)
COMMON_SIDES = (32, 64, 96, 112, 128, 160, 176, 192, 224, 240, 256, 288, 299, 320, 384, 448)
_PROJECTIONS = ("projection", "projection_all", "pooled_projection", "bare_projection")

Tool = Literal["thop", "old_thop", "ptflops"]
# What a tool adds to the multiply-adds of convolutions and the linear layer, as measured on resnet18 and resnet50.
_BESIDE: dict[Tool, Callable[[Census], int]] = {
    "thop": lambda c: 4 * c.norm_values + c.head_values,
    "old_thop": lambda c: 2 * c.norm_values + c.head_values,
    "ptflops": lambda c: 2 * c.norm_values + c.relu_values + c.pool_inputs,
}


@dataclass(frozen=True, slots=True)
class Counting:
    """One way to count: what is built, what of it counts, and whether M and G are powers of 1,024.

    `printed_macs` is what a tool printed for this very network by a rule that we do not know.
    """

    spec: ModelSpec
    size: tuple[int, int]
    all_biases: bool = False
    affine: bool = True
    statistics: bool = False
    counters: bool = False
    head: bool = True
    tool: Tool | None = None
    printed_macs: int | None = None
    of_1024: bool = False

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
        if self.printed_macs is not None:
            return self.printed_macs
        c = self.census
        head = cost.linear_macs(c.features, (1, self.spec.num_classes)) if self.head else 0
        return c.macs + head + (_BESIDE[self.tool](c) if self.tool else 0)

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
        twin: whether networks of this very name are built in both ways, so that either count is a plain reading.
    """

    name: str
    text: str
    counts: tuple[str, ...]
    counting: Mapping[str, Any] = field(default_factory=dict)
    spec: Mapping[str, Any] = field(default_factory=dict)
    twin: bool = False

    @property
    def fields(self) -> frozenset[str]:
        """What it sets; two rules that set the same can't be combined."""
        return frozenset(self.counting) | frozenset(self.spec)

    def apply(self, counting: Counting) -> Counting:
        """The same way to count, with this difference."""
        spec = counting.spec.override(**self.spec) if self.spec else counting.spec
        return replace(counting, spec=spec, **self.counting)


_PARAMETERS, _MACS, _BOTH = ("parameters",), ("MACs",), ("parameters", "MACs")
_HEAD = CountingRule(
    name="no_head", counts=_BOTH, counting={"head": False}, text="the fully connected layer is left out"
)
_STORED = (
    CountingRule(
        name="keras_defaults", counts=_PARAMETERS, counting={"all_biases": True, "statistics": True},
        text="Keras' total: every convolution has a bias, and batch norm's running means and variances count",
    ),
    CountingRule(
        name="conv_biases", counts=_PARAMETERS, counting={"all_biases": True},
        text="every convolution has a bias, as Keras and TensorFlow build it by default",
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
)  # fmt: skip
_TOOLS = (
    CountingRule(
        name="thop", counts=_MACS, counting={"tool": "thop"},
        text="as thop counts today: four for each value of batch norm, and the global pooling",
    ),
    CountingRule(
        name="old_thop", counts=_MACS, counting={"tool": "old_thop"},
        text="as an older thop counted: two for each value of batch norm, and the global pooling",
    ),
    CountingRule(
        name="ptflops", counts=_MACS, counting={"tool": "ptflops"},
        text="as ptflops counts: two for each value of batch norm, one for each of ReLU and of what poolings read",
    ),
)  # fmt: skip
_OF_1024 = CountingRule(
    name="of_1024", counts=_BOTH, counting={"of_1024": True}, text="M is 1,024² and G is 1,024³, as in thop's README"
)


def rules_for(spec: ModelSpec, size: tuple[int, int]) -> Iterator[CountingRule]:
    """Every rule that could make a difference for this network, likeliest first."""
    yield from _printed_rules(spec, size)
    yield from _stride_rules(spec)
    yield _HEAD
    yield from _class_rules(spec, COMMON_CLASSES[:1])
    yield from _stem_rules(spec)
    yield from (_OF_1024, *_STORED, *_TOOLS)
    yield from _shortcut_rules(spec)
    yield from (
        CountingRule(name=f"size={n}", text=f"a picture of {n}×{n} pixels", counts=_MACS, counting={"size": (n, n)})
        for n in COMMON_SIDES
        if (n, n) != size
    )
    yield from _class_rules(spec, COMMON_CLASSES[1:])


def _printed_rules(spec: ModelSpec, size: tuple[int, int]) -> Iterator[CountingRule]:
    printed = FIRST_THOP_MACS.get(spec.name)
    if printed and (spec, size) == (CATALOGUE[spec.name], spec.input_size):
        yield CountingRule(
            name="first_thop", counts=_MACS, counting={"tool": None, "printed_macs": printed, "of_1024": True},
            text="what the first thop counted, in units of 1,024³ as in its README", twin=True,
        )  # fmt: skip


def _class_rules(spec: ModelSpec, counts: Sequence[int]) -> Iterator[CountingRule]:
    for n in counts:
        if n != spec.num_classes:
            yield CountingRule(name=f"classes={n}", text=f"{n:,} classes", counts=_BOTH, spec={"num_classes": n})


def _stem_rules(spec: ModelSpec) -> Iterator[CountingRule]:
    """The ImageNet networks as they are often built for CIFAR-10."""
    if spec.stem == "imagenet" and spec.num_classes != 10:
        yield CountingRule(
            name="cifar_stem", counts=_BOTH, spec={"stem": "cifar", "num_classes": 10}, counting={"size": (32, 32)},
            text="as built for CIFAR-10: one 3×3 convolution for a stem, ten classes, 32×32 pixels",
        )  # fmt: skip


def _stride_rules(spec: ModelSpec) -> Iterator[CountingRule]:
    if spec.block in ("bottleneck", "flat_bottleneck", "preact_bottleneck"):
        other, whose = ("1x1", "the paper's") if spec.stride_on == "3x3" else ("3x3", 'torchvision\'s, "v1.5"')
        text = f"the stride is on the {'first 1×1' if other == '1x1' else '3×3'} convolution ({whose})"
        yield CountingRule(name=f"stride_on={other}", text=text, counts=_MACS, spec={"stride_on": other}, twin=True)


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
