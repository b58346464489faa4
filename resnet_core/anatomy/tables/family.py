"""The variants side by side: what changed, what it costs, what it was worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from resnet_core.anatomy.counting import cost
from resnet_core.anatomy.papers.accuracy import published_accuracies
from resnet_core.anatomy.papers.published import XIE_2016_TABLE_2
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec
from resnet_core.models.spec import ModelSpec

if TYPE_CHECKING:
    from pandas import DataFrame

_LABELS = ("name", "family", "source", "input_size")


def variant_table(names: Sequence[str], size: tuple[int, int] | None = None) -> DataFrame:
    """One row per variant, all at one picture size, so that they can be compared.

    Columns: variant, family, input (pixels), params, macs, activation_bytes, then of its first published weights
    top1 and top5 (percent), weights, image_size (pixels, that the accuracy was measured at) and accuracy_source;
    these are empty where nobody has published weights.

    Args:
        names: of the catalogue.
        size: (height, width) of the picture; by default the usual one of the first variant.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
    """
    import pandas as pd

    size = size or (get_spec(names[0]).input_size if names else None)
    rows = [_cost_row(name, size) | _accuracy_row(name) for name in names]
    return pd.DataFrame(rows).astype({"image_size": "Int64"}) if rows else pd.DataFrame()


def accuracy_table(names: Sequence[str]) -> DataFrame:
    """One row per published set of weights: accuracy against cost, for a chart.

    Columns: variant, weights, image_size (pixels), params, macs (at that size), top1, top5 (percent), source.
    Recipes differ more than architectures do: compare points whose weights have one recipe.
    """
    import pandas as pd

    columns = ["variant", "weights", "image_size", "params", "macs", "top1", "top5", "source"]
    rows = []
    for name in names:
        for published in published_accuracies(name):
            cost_row = _cost_row(name, (published.image_size,) * 2)
            rows.append(cost_row | {column: getattr(published, column, None) or cost_row[column] for column in columns})
    return pd.DataFrame(rows, columns=columns)


def recipe_and_depth(accuracies: DataFrame) -> tuple[float, float]:
    """Points of top-1 accuracy that torchvision's second recipe brought resnet50, and that resnet101 has more.

    Args:
        accuracies: of `accuracy_table`.
    """
    top1 = accuracies.set_index("weights")["top1"]
    first, second, deeper = (
        float(top1[name]) for name in ("resnet50.IMAGENET1K_V1", "resnet50.IMAGENET1K_V2", "resnet101.IMAGENET1K_V1")
    )
    return second - first, deeper - first


def _cost_row(name: str, size: tuple[int, int] | None) -> dict[str, Any]:
    spec = get_spec(name)
    height, width = size or spec.input_size
    trace = walk_spec(spec, (1, spec.in_channels, height, width))
    return {
        "variant": name, "family": spec.family, "input": f"{height}x{width}", "params": trace.total_params,
        "macs": trace.total_macs, "activation_bytes": trace.total_activation_bytes,
    }  # fmt: skip


def _accuracy_row(name: str) -> dict[str, Any]:
    first = next(iter(published_accuracies(name)), None)
    return {
        "top1": first.top1 if first else float("nan"), "top5": first.top5 if first else float("nan"),
        "weights": first.weights if first else "", "image_size": first.image_size if first else None,
        "accuracy_source": first.source if first else "",
    }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecChange:
    """One field in which a variant differs from another."""

    field: str
    before: object
    after: object


def spec_changes(spec: ModelSpec, base: ModelSpec) -> tuple[SpecChange, ...]:
    """The fields of `spec` that differ from `base`, names and sources aside: what people changed, as data."""
    return tuple(
        SpecChange(field=f.name, before=getattr(base, f.name), after=getattr(spec, f.name))
        for f in fields(spec)
        if f.name not in _LABELS and getattr(base, f.name) != getattr(spec, f.name)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CardinalityPair:
    """A cardinality and the width that keeps a bottleneck's cost (ResNeXt, Xie et al. 2016, section 3.3).

    Attributes:
        cardinality: groups of the 3x3 convolution, C.
        width: channels of each group, d.
        params: of the bottleneck, C * (channels * d + 3*3*d*d + d * channels).
        difference: from the ungrouped bottleneck, as a share.
        printed_width: in the paper's Table 2, None where it has no such row.
        model_params, model_macs: of a whole ResNet-50 with these, at 224x224.
    """

    cardinality: int
    width: int
    params: int
    difference: float
    printed_width: int | None
    model_params: int
    model_macs: int

    @property
    def label(self) -> str:
        """As the paper writes it, e.g. "32x4d"."""
        return f"{self.cardinality}x{self.width}d"


def grouped_bottleneck_params(channels: int, cardinality: int, width: int) -> int:
    """Weights of 1x1, grouped 3x3, 1x1 with `cardinality` groups of `width` channels."""
    inner = cardinality * width
    return (
        cost.conv_params(channels, inner, (1, 1))
        + cost.conv_params(inner, inner, (3, 3), cardinality)
        + cost.conv_params(inner, channels, (1, 1))
    )


def equal_cost_pairs(
    cardinalities: Sequence[int] = (1, 2, 4, 8, 16, 32), channels: int = 256, width: int = 64
) -> tuple[CardinalityPair, ...]:
    """For each cardinality the group width whose cost comes nearest to the ungrouped bottleneck's.

    Example:
        >>> [pair.label for pair in equal_cost_pairs()]
        ['1x64d', '2x40d', '4x24d', '8x14d', '16x8d', '32x4d']

    Raises:
        InvalidSpecError: for anything but whole numbers of at least 1.
    """
    for name, value in [("channels", channels), ("width", width), *(("cardinality", c) for c in cardinalities)]:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise InvalidSpecError(f"{name}={value!r} does not work: give a whole number of at least 1.")
    target = grouped_bottleneck_params(channels, 1, width)
    return tuple(_pair(channels, cardinality, target, width) for cardinality in cardinalities)


def _pair(channels: int, cardinality: int, target: int, widest: int) -> CardinalityPair:
    width = min(range(1, widest + 1), key=lambda d: abs(grouped_bottleneck_params(channels, cardinality, d) - target))
    params = grouped_bottleneck_params(channels, cardinality, width)
    whole = walk_spec(get_spec("resnet50").override(groups=cardinality, width_per_group=width))
    standard = (channels, widest) == (256, 64)
    return CardinalityPair(
        cardinality=cardinality, width=width, params=params, difference=params / target - 1,
        printed_width=XIE_2016_TABLE_2.get(cardinality) if standard else None,
        model_params=whole.total_params, model_macs=whole.total_macs,
    )  # fmt: skip
