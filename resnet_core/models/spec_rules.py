"""check_spec(): which choices of a ModelSpec go together, each refusal naming the field and what it allows."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any, get_args, get_type_hints

from resnet_core.errors import require
from resnet_core.models.channels import attention_width
from resnet_core.models.spec_fields import SpecFields


def check_spec(spec: SpecFields) -> None:
    """Raise InvalidSpecError for the first choice that contradicts another."""
    _check_choices(spec)
    _check_counts(spec)
    for rule in (_check_widths, _check_stem, _check_shortcut, *BLOCK_RULES[spec.block]):
        rule(spec)


@cache
def _field_types(spec_type: type[Any]) -> dict[str, Any]:
    """Resolving the annotations takes longer than all checks together: once is enough."""
    return get_type_hints(spec_type)


def _check_choices(spec: SpecFields) -> None:
    kind: Any = type(spec)  # mypy takes the hash of a record for that of its class
    for name, hint in _field_types(kind).items():
        allowed = get_args(hint)
        if allowed and all(isinstance(a, str) for a in allowed):
            require(getattr(spec, name) in allowed, name, getattr(spec, name), f"one of {', '.join(allowed)}")
        if hint is bool:
            require(isinstance(getattr(spec, name), bool), name, getattr(spec, name), "True or False")


def _check_counts(spec: SpecFields) -> None:
    for name in ("groups", "width_per_group", "radix", "in_channels", "num_classes"):
        require(_is_count(getattr(spec, name)), name, getattr(spec, name), "a whole number of at least 1")
    given = spec.group_width
    require(given is None or _is_count(given), "group_width", given, "None or a whole number of at least 1")
    for name in ("depths", "widths", "input_size"):
        values = getattr(spec, name)
        counts = isinstance(values, tuple) and bool(values) and all(map(_is_count, values))
        require(counts, name, values, "whole numbers of at least 1")


def _check_widths(spec: SpecFields) -> None:
    stages = len(spec.depths)
    require(len(spec.widths) == stages, "widths", spec.widths, f"{stages} numbers, one per stage of {spec.depths}")


def _check_stem(spec: SpecFields) -> None:
    if spec.stem == "deep":
        require(spec.widths[0] % 2 == 0, "widths", spec.widths, "even in its first number: a deep stem starts at half")


def _check_shortcut(spec: SpecFields) -> None:
    if spec.zero_padded:
        channels = (spec.stem_channels, *(width * spec.expansion for width in spec.widths))
        grows = all(before <= after for before, after in pairwise(channels))
        allowed = f"projection or none where a stage has fewer channels than the one before (here {channels})"
        require(grows, "shortcut", spec.shortcut, allowed)


def _check_no_groups(spec: SpecFields) -> None:
    only = f"with {spec.block} blocks; only a bottleneck has"
    require(spec.groups == 1, "groups", spec.groups, f"1 {only} grouped convolutions")
    require(spec.group_width is None, "group_width", spec.group_width, f"None {only} grouped convolutions")
    wide = spec.width_per_group
    require(wide == 64, "width_per_group", wide, f"64 with {spec.block} blocks; use widths instead")
    require(spec.stride_on == "3x3", "stride_on", spec.stride_on, f"3x3 {only} a 1x1 convolution")


def _check_groups(spec: SpecFields) -> None:
    for width in spec.widths:
        allowed = f"large enough to leave a channel at width {width}"
        require(spec.inner_width(width) >= 1, "width_per_group", spec.width_per_group, allowed)
    if spec.group_width is not None:
        require(spec.groups == 1, "groups", spec.groups, "1 where group_width is given, which sets them")
        inner = [spec.inner_width(width) for width in spec.widths]
        fits = all(width % spec.group_width == 0 for width in inner)
        require(fits, "group_width", spec.group_width, f"a divisor of every stage's inner width {inner}")


def _check_one_radix(spec: SpecFields) -> None:
    require(spec.radix == 1, "radix", spec.radix, f"1 with {spec.block} blocks; only split_bottleneck has splits")


def _check_stride_on_3x3(spec: SpecFields) -> None:
    require(spec.stride_on == "3x3", "stride_on", spec.stride_on, f"3x3 with {spec.block} blocks")
    require(spec.group_width is None, "group_width", spec.group_width, f"None with {spec.block} blocks; use groups")


def _check_no_squeeze(spec: SpecFields) -> None:
    allowed = f"False with {spec.block} blocks; basic and bottleneck blocks can have it"
    require(not spec.squeeze_excite, "squeeze_excite", spec.squeeze_excite, allowed)


def _check_paths(spec: SpecFields) -> None:
    for width in spec.widths:
        inner = spec.inner_width(width)
        allowed = f"a number that divides half the inner width {inner}: the two paths share its channels"
        require(inner % 2 == 0 and inner // 2 % spec.groups == 0, "groups", spec.groups, allowed)


def _check_splits(spec: SpecFields) -> None:
    for width in spec.widths:
        inner = spec.inner_width(width)
        allowed = f"such that groups x radix (here {spec.groups} x {spec.radix}) divides the inner width {inner}"
        require(inner % (spec.groups * spec.radix) == 0, "radix", spec.radix, allowed)
        narrow = attention_width(inner, spec.radix)
        allowed = f"a divisor of the attention's {narrow} channels at width {width}"
        require(narrow % spec.groups == 0, "groups", spec.groups, allowed)


Rule = Callable[[SpecFields], None]
_BASIC: tuple[Rule, ...] = (_check_no_groups, _check_one_radix)
_BOTTLENECK: tuple[Rule, ...] = (_check_groups, _check_one_radix)
BLOCK_RULES: dict[str, tuple[Rule, ...]] = {
    "basic": _BASIC,
    "bottleneck": _BOTTLENECK,
    "flat_bottleneck": _BOTTLENECK,
    "preact_basic": (*_BASIC, _check_no_squeeze),
    "preact_bottleneck": (*_BOTTLENECK, _check_no_squeeze),
    "sk_bottleneck": (*_BOTTLENECK, _check_stride_on_3x3, _check_paths, _check_no_squeeze),
    "split_bottleneck": (_check_groups, _check_stride_on_3x3, _check_splits, _check_no_squeeze),
}


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1
