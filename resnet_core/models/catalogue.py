"""CATALOGUE: every named variant is one row."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from resnet_core.errors import UnknownModelError
from resnet_core.models.spec import ModelSpec

HE_2015 = "He et al. 2015, arXiv:1512.03385"
XIE_2016 = "Xie et al. 2016, arXiv:1611.05431"
ZAGORUYKO_2016 = "Zagoruyko and Komodakis 2016, arXiv:1605.07146"

BASIC_DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
BOTTLENECK_DEPTHS = {50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


def _imagenet(name: str, family: str, depth: int, source: str = HE_2015, **choices: Any) -> ModelSpec:
    if depth in BASIC_DEPTHS:
        return ModelSpec(name=name, family=family, block="basic", depths=BASIC_DEPTHS[depth], source=source, **choices)
    return ModelSpec(
        name=name, family=family, block="bottleneck", depths=BOTTLENECK_DEPTHS[depth], source=source, **choices
    )


def _cifar(name: str, family: str, depth: int, **choices: Any) -> ModelSpec:
    """The paper's 6n+2 layers: n blocks of two convolutions at 32x32, 16x16 and 8x8 (section 4.2)."""
    return ModelSpec(
        name=name, family=family, block="basic", depths=((depth - 2) // 6,) * 3, widths=(16, 32, 64),
        stem="cifar", num_classes=10, input_size=(32, 32), source=f"{HE_2015}, section 4.2", **choices,
    )  # fmt: skip


_ROWS = (
    *(_imagenet(f"resnet{n}", "resnet", n) for n in (18, 34, 50, 101, 152)),
    *(_imagenet(f"resnet{n}_v1", "resnet_v1", n, stride_on="1x1") for n in (50, 101, 152)),
    *(_imagenet(f"plain{n}", "plain", n, shortcut="none") for n in (18, 34)),
    _imagenet("resnext50_32x4d", "resnext", 50, XIE_2016, groups=32, width_per_group=4),
    _imagenet("resnext101_32x8d", "resnext", 101, XIE_2016, groups=32, width_per_group=8),
    _imagenet("resnext101_64x4d", "resnext", 101, XIE_2016, groups=64, width_per_group=4),
    _imagenet("wide_resnet50_2", "wide_resnet", 50, ZAGORUYKO_2016, width_per_group=128),
    _imagenet("wide_resnet101_2", "wide_resnet", 101, ZAGORUYKO_2016, width_per_group=128),
    *(_cifar(f"cifar_resnet{n}", "cifar_resnet", n, shortcut="zero_pad") for n in (20, 32, 44, 56, 110, 1202)),
    *(_cifar(f"cifar_plain{n}", "cifar_plain", n, shortcut="none") for n in (20, 32, 44, 56, 110)),
)

CATALOGUE: dict[str, ModelSpec] = {spec.name: spec for spec in _ROWS}


def list_models(family: str | None = None) -> list[str]:
    """Names of the variants, in the catalogue's order.

    Args:
        family: keep one family only, e.g. "resnet" or "cifar_plain".

    Raises:
        UnknownModelError: if no variant belongs to `family`.
    """
    names = [name for name, spec in CATALOGUE.items() if family in (None, spec.family)]
    if not names:
        raise UnknownModelError(f"No family is named {family!r}. The families are: {', '.join(list_families())}.")
    return names


def list_families() -> list[str]:
    """Families of the catalogue, in its order."""
    return list(dict.fromkeys(spec.family for spec in CATALOGUE.values()))


def get_spec(name: str) -> ModelSpec:
    """The spec of a named variant.

    Raises:
        UnknownModelError: if there is none; the message offers the closest names.
    """
    if name in CATALOGUE:
        return CATALOGUE[name]
    close = get_close_matches(name.lower().replace("-", ""), CATALOGUE, n=3, cutoff=0.5)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"Try one of: {', '.join(list_models('resnet'))}."
    raise UnknownModelError(f"No model is named {name!r}. {hint}")
