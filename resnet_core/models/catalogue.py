"""CATALOGUE: every named variant is one row."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

from resnet_core.errors import UnknownModelError
from resnet_core.models.spec import ModelSpec

HE_2015 = "He et al. 2015, arXiv:1512.03385"
XIE_2016 = "Xie et al. 2016, arXiv:1611.05431"
ZAGORUYKO_2016 = "Zagoruyko and Komodakis 2016, arXiv:1605.07146"
HE_2016B = "He et al. 2016b, arXiv:1603.05027"
HU_2017 = "Hu et al. 2017, arXiv:1709.01507"
HE_T_2018 = "He, T. et al. 2018, arXiv:1812.01187"
LI_2019 = "Li et al. 2019, arXiv:1903.06586"
ZHANG_2020 = "Zhang et al. 2020, arXiv:2004.08955"
# The implementation whose CIFAR checkpoints are most used: planes // 4 channels of zeros on either side.
IDELBAYEV = "Idelbayev, github.com/akamaster/pytorch_resnet_cifar10, after He et al. 2015, section 4.2"
# Stanford's CS231n named the data; the network is He et al.'s ResNet-18 behind a stem that halves the picture once.
TINY_IMAGENET = f"{HE_2015}, for Tiny ImageNet's pictures of 64 pixels (Stanford, CS231n)"
D2L = "Dive into Deep Learning, section 8.6"

BASIC_DEPTHS = {18: (2, 2, 2, 2), 34: (3, 4, 6, 3)}
BOTTLENECK_DEPTHS = {14: (1, 1, 1, 1), 26: (2, 2, 2, 2), 50: (3, 4, 6, 3), 101: (3, 4, 23, 3), 152: (3, 8, 36, 3)}


# Choices that several rows share.
RESNET_C: dict[str, Any] = {"stem": "deep"}
RESNET_D: dict[str, Any] = {"stem": "deep", "shortcut": "pooled_projection"}
RESNEST: dict[str, Any] = {"block": "split_bottleneck", "radix": 2, "shortcut": "pooled_projection"}
PREACT: dict[str, Any] = {"block": "preact_bottleneck", "shortcut": "bare_projection"}
D2L_NET: dict[str, Any] = {"conv_bias": True, "in_channels": 1, "num_classes": 10, "input_size": (96, 96)}


def _imagenet(name: str, family: str, depth: int, source: str = HE_2015, **choices: Any) -> ModelSpec:
    basic = depth in BASIC_DEPTHS
    defaults = {"block": "basic", "depths": BASIC_DEPTHS[depth]} if basic else {
        "block": "bottleneck", "depths": BOTTLENECK_DEPTHS[depth],
    }  # fmt: skip
    return ModelSpec(name=name, family=family, source=source, **(defaults | choices))


def _cifar(name: str, family: str, depth: int, source: str = f"{HE_2015}, section 4.2", **choices: Any) -> ModelSpec:
    """6n+2 layers: n blocks of two convolutions at 32x32, 16x16 and 8x8; with bottlenecks of three, 9n+2."""
    block = choices.pop("block", "basic")
    layers = 3 * (3 if block == "preact_bottleneck" else 2)
    return ModelSpec(
        name=name, family=family, block=block, depths=((depth - 2) // layers,) * 3, widths=(16, 32, 64),
        stem="cifar", num_classes=10, input_size=(32, 32), source=source, **choices,
    )  # fmt: skip


_ROWS = (
    *(_imagenet(f"resnet{n}", "resnet", n) for n in (18, 34, 50, 101, 152)),
    *(_imagenet(f"resnet{n}_v1", "resnet_v1", n, stride_on="1x1") for n in (50, 101, 152)),
    *(_imagenet(f"plain{n}", "plain", n, shortcut="none") for n in (18, 34)),
    *(_imagenet(f"resnet{n}_a", "shortcut_options", n, shortcut="zero_pad") for n in (18, 34)),
    *(_imagenet(f"resnet{n}_b", "shortcut_options", n, shortcut="projection") for n in (18, 34)),
    *(_imagenet(f"resnet{n}_c", "shortcut_options", n, shortcut="projection_all") for n in (18, 34)),
    _imagenet("resnext50_32x4d", "resnext", 50, XIE_2016, groups=32, width_per_group=4),
    _imagenet("resnext101_32x8d", "resnext", 101, XIE_2016, groups=32, width_per_group=8),
    _imagenet("resnext101_64x4d", "resnext", 101, XIE_2016, groups=64, width_per_group=4),
    _imagenet("wide_resnet50_2", "wide_resnet", 50, ZAGORUYKO_2016, width_per_group=128),
    _imagenet("wide_resnet101_2", "wide_resnet", 101, ZAGORUYKO_2016, width_per_group=128),
    _imagenet("resnet50c", "resnet_tweaks", 50, HE_T_2018, **RESNET_C),
    *(_imagenet(f"resnet{n}d", "resnet_tweaks", n, HE_T_2018, **RESNET_D) for n in (18, 26, 34, 50, 101)),
    *(_imagenet(f"resnet{n}_v2", "resnet_v2", n, HE_2016B, **PREACT) for n in (50, 101, 152)),
    _imagenet("seresnet50", "attention", 50, HU_2017, squeeze_excite=True),
    _imagenet("skresnet50", "attention", 50, LI_2019, block="sk_bottleneck"),
    *(_imagenet(f"resnest{n}d", "resnest", n, ZHANG_2020, stem="deep", **RESNEST) for n in (14, 26, 50)),
    _imagenet("resnest101e", "resnest", 101, ZHANG_2020, stem="deep_wide", input_size=(256, 256), **RESNEST),
    *(_cifar(f"cifar_resnet{n}", "cifar_resnet", n, shortcut="zero_pad") for n in (20, 32, 44, 56, 110, 1202)),
    *(
        _cifar(f"cifar_resnet{n}_pad_both", "cifar_pad_both", n, IDELBAYEV, shortcut="zero_pad_both")
        for n in (20, 32, 44, 56, 110)
    ),
    *(_cifar(f"cifar_plain{n}", "cifar_plain", n, shortcut="none") for n in (20, 32, 44, 56, 110)),
    _cifar("cifar_preact_resnet110", "cifar_preact", 110, HE_2016B, block="preact_basic", shortcut="zero_pad"),
    _cifar("cifar_preact_resnet164", "cifar_preact", 164, HE_2016B, **PREACT),
    _imagenet(
        "tiny_imagenet_resnet18", "tiny_imagenet", 18, TINY_IMAGENET, stem="half", num_classes=200, input_size=(64, 64)
    ),
    _imagenet("d2l_resnet18", "d2l", 18, D2L, shortcut="bare_projection", **D2L_NET),
    _imagenet("d2l_resnext", "d2l", 18, D2L, block="flat_bottleneck", group_width=16, **D2L_NET),
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
    if name.startswith("listing_"):
        raise UnknownModelError(
            f"{name!r} is no variant but a published listing: build it with build_listing({name!r})."
        )
    close = _close_to(name)
    hint = f"Did you mean {' or '.join(close)}?" if close else f"Try one of: {', '.join(list_models('resnet'))}."
    raise UnknownModelError(f"No model is named {name!r}. {hint}")


def find_spec(written: str) -> ModelSpec:
    """The spec of a variant as people write its name: "ResNet-50", "resnet 50", "resnet50_v1.5", "resnet20" of CIFAR.

    Raises:
        UnknownModelError: if there is none; the message offers the closest names.
    """
    return get_spec(_meant_by(written) or written)


def _meant_by(written: str) -> str | None:
    """The variant whose name has these letters and digits; without the family's "cifar" where no other has them."""
    letters = re.sub(r"[^a-z0-9]", "", re.sub(r"v1\.5$", "", written.strip().lower()))
    by_letters = {name.replace("_", ""): name for name in CATALOGUE}
    return by_letters.get(letters) or by_letters.get(f"cifar{letters}")


def _close_to(written: str) -> list[str]:
    """Names to offer: the one meant, or those nearest; of the depth that was written, where a variant has it."""
    if meant := _meant_by(written):
        return [meant]
    depths = set(re.findall(r"\d+", written))
    same_depth = [name for name, spec in CATALOGUE.items() if str(spec.layers) in depths]
    letters = written.lower().replace("-", "")
    longer = [name for name in CATALOGUE if len(letters) > 6 and name.startswith(letters)]
    return longer[:3] or get_close_matches(letters, same_depth or CATALOGUE, n=3, cutoff=0.5)
