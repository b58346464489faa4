"""model_code(): a spec as standalone PyTorch code, which builds exactly that network without this package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from textwrap import indent

from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec
from resnet_core.models.codegen.attention import SELECTIVE_KERNEL, SPLIT_ATTENTION, SPLITS
from resnet_core.models.codegen.block import BRANCHES, block_text, conv_text, fill, norm_text
from resnet_core.models.codegen.texts import ADD, BUILD, DETACH, PREACT_ENDING, SQUEEZE, ZERO_PAD
from resnet_core.models.spec import ModelSpec
from resnet_core.models.spec_fields import STEM_CONV

# What this module can express. A field or a choice that is new in ModelSpec is refused until it is added here.
WRITTEN = {
    "block": set(BRANCHES),
    "stem": {"imagenet", "half", "cifar", "deep", "deep_wide"},
    "shortcut": {
        "projection", "projection_all", "pooled_projection", "bare_projection", "zero_pad", "zero_pad_both", "detached",
        "none",
    },
    "stride_on": {"3x3", "1x1"},
    "norm": {"batch", "none"},
}  # fmt: skip
FREE = {
    "name", "family", "depths", "widths", "groups", "width_per_group", "group_width", "radix", "squeeze_excite",
    "conv_bias", "in_channels", "num_classes", "input_size", "source",
}  # fmt: skip


def model_code(name_or_spec: str | ModelSpec) -> str:
    """Python text whose `build()` makes the network: same modules, same checkpoint keys, same numbers.

    Example:
        >>> print(model_code("resnet18").splitlines()[0])
        \"\"\"resnet18 in plain PyTorch.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: for a choice that is newer than this writer.
    """
    spec = get_spec(name_or_spec) if isinstance(name_or_spec, str) else name_or_spec
    _check(spec)
    return "\n\n".join(_sections(spec))


def _check(spec: ModelSpec) -> None:
    for field in fields(spec):
        value = getattr(spec, field.name)
        allowed = WRITTEN.get(field.name)
        default = field.default if field.default is not MISSING else None
        if (allowed is not None and value not in allowed) or (
            allowed is None and field.name not in FREE and value != default
        ):
            options = f"one of {', '.join(sorted(allowed))}" if allowed else repr(default)
            raise InvalidSpecError(
                f"{field.name}={value!r} can't be written as standalone code yet: {spec.name} would need {options}. "
                "Use build_model() for this network."
            )


def _sections(spec: ModelSpec) -> Iterator[str]:
    yield _header(spec)
    yield _stages(spec)
    needed = (
        (ADD, spec.shortcut != "none"),
        (_zero_pad(spec), spec.zero_padded),
        (DETACH, spec.shortcut == "detached"),
        (SQUEEZE, spec.squeeze_excite),
        (SPLITS, spec.block in ("sk_bottleneck", "split_bottleneck")),
        (SPLIT_ATTENTION, spec.block == "split_bottleneck"),
        (SELECTIVE_KERNEL, spec.block == "sk_bottleneck"),
    )
    yield from (fill(spec, text) for text, is_needed in needed if is_needed)
    if spec.shortcut != "none":
        yield _shortcut(spec)
    yield block_text(spec)
    yield _build(spec)


def _header(spec: ModelSpec) -> str:
    functional = "import torch.nn.functional as F\n" if spec.zero_padded else ""
    name, source = (given.replace("\\", "/").replace('"', "'") for given in (spec.name, spec.source))
    design = f"\n\nDesign: {source}." if source else ""
    return (
        f'"""{name} in plain PyTorch.{design}\n'
        'Written by the ResNet explainer; it needs nothing but PyTorch.\n"""\n\n'
        f"from collections import OrderedDict\n\nimport torch\n{functional}from torch import nn\n"
    )


def _stages(spec: ModelSpec) -> str:
    rows = []
    for stage, (depth, width) in enumerate(zip(spec.depths, spec.widths, strict=True)):
        inner = spec.inner_width(width) if "bottleneck" in spec.block else width
        row = (depth, inner, width * spec.expansion, spec.inner_groups(width), 2 if stage else 1)
        rows.append(f"    {row},\n")
    note = "    # blocks, channels inside, channels out, groups of the 3x3, stride of the first block\n"
    return f"STAGES = (\n{note}{''.join(rows)})\n"


def _zero_pad(spec: ModelSpec) -> str:
    """The channels of zeros before and after the old ones."""
    whole = ("0", "self.new_channels")
    halves = ("self.new_channels // 2", "self.new_channels - self.new_channels // 2")
    before, after = halves if spec.shortcut == "zero_pad_both" else whole
    return ZERO_PAD.replace("$before", before).replace("$after", after)


def _shortcut(spec: ModelSpec) -> str:
    head = 'def shortcut(in_channels, out_channels, stride):\n    """What stands on the shortcut of a block."""\n'
    if spec.shortcut != "projection_all":
        same = "Detach()" if spec.shortcut == "detached" else "None  # x passes as it is"
        head += f"    if stride == 1 and in_channels == out_channels:\n        return {same}\n"
    if spec.zero_padded:
        return head + "    return ZeroPadShortcut(in_channels, out_channels, stride)\n"
    norm, pooled = norm_text(spec, "out_channels"), spec.shortcut == "pooled_projection"
    conv = conv_text(spec, "in_channels", "out_channels", 1, "1" if pooled else "stride")
    if pooled:
        return head + (
            f'    layers = [("1", {conv}), ("2", {norm})]\n'
            "    if stride > 1:\n"
            '        layers.insert(0, ("0", nn.AvgPool2d(2, stride, ceil_mode=True)))\n'
            "    return nn.Sequential(OrderedDict(layers))\n"
        )
    layers = {
        "bare_projection": "conv", "detached": f'OrderedDict([("detach", Detach()), ("0", conv), ("1", {norm})])'
    }.get(spec.shortcut, f"conv, {norm}")  # fmt: skip
    return head + f"    conv = {conv}\n    return nn.Sequential({layers})\n"


def _build(spec: ModelSpec) -> str:
    values = {
        "stem": indent("\n".join(_stem(spec)), " " * 8), "stem_channels": spec.stem_channels,
        "ending": fill(spec, PREACT_ENDING) if spec.preactivated else "",
        "num_classes": spec.num_classes, "in_channels": spec.in_channels, "height": spec.input_size[0],
        "width": spec.input_size[1],
    }  # fmt: skip
    text = BUILD
    for name, value in sorted(values.items(), reverse=True):  # stem_channels before stem
        text = text.replace(f"${name}", str(value))
    return text


def _stem(spec: ModelSpec) -> Iterator[str]:
    ins, outs = str(spec.in_channels), str(spec.stem_channels)
    half = str(spec.stem_channels // 2)
    if spec.stem in ("deep", "deep_wide"):
        yield '("conv1", nn.Sequential('
        for first, second, stride in ((ins, half, "2"), (half, half, "1")):
            yield f"    {conv_text(spec, first, second, 3, stride)},"
            yield f"    {norm_text(spec, half)},"
            yield "    nn.ReLU(),"
        yield f"    {conv_text(spec, half, outs, 3)},"
        yield ")),"
    else:
        kernel, pace = STEM_CONV[spec.stem]
        yield f'("conv1", {conv_text(spec, ins, outs, kernel, str(pace))}),'
    if not spec.preactivated:
        yield f'("bn1", {norm_text(spec, outs)}),'
        yield '("relu", nn.ReLU()),'
    if spec.stem_pools:
        yield '("maxpool", nn.MaxPool2d(3, stride=2, padding=1)),'
