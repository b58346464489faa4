"""model_code(): a spec as standalone PyTorch code, which builds exactly that network without this package."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from textwrap import indent

from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec
from resnet_core.models.channels import squeeze_width
from resnet_core.models.codegen_texts import ADD, BUILD, PREACT_ENDING, SQUEEZE, ZERO_PAD
from resnet_core.models.spec import ModelSpec

# What this module can express. A field or a choice that is new in ModelSpec is refused until it is added here.
WRITTEN = {
    "block": {"basic", "bottleneck", "flat_bottleneck", "preact_basic", "preact_bottleneck"},
    "stem": {"imagenet", "cifar", "deep", "deep_wide"},
    "shortcut": {"projection", "projection_all", "pooled_projection", "bare_projection", "zero_pad", "none"},
    "stride_on": {"3x3", "1x1"},
    "norm": {"batch", "none"},
}
FREE = {
    "name", "family", "depths", "widths", "groups", "width_per_group", "group_width", "squeeze_excite", "conv_bias",
    "in_channels", "num_classes", "input_size", "source",
}  # fmt: skip


def model_code(name_or_spec: str | ModelSpec) -> str:
    """Python text whose `build()` makes the network: same modules, same checkpoint keys, same numbers.

    Example:
        >>> print(model_code("resnet18").splitlines()[0])
        \"\"\"resnet18 in plain PyTorch.

    Raises:
        UnknownModelError: for a name that is not in the catalogue.
        InvalidSpecError: for a choice that this writer can't express (attention blocks, detached shortcuts).
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
    if spec.shortcut != "none":
        yield ADD
    if spec.shortcut == "zero_pad":
        yield ZERO_PAD
    if spec.squeeze_excite:
        yield SQUEEZE
    if spec.shortcut != "none":
        yield _shortcut(spec)
    yield _block(spec)
    yield _build(spec)


def _header(spec: ModelSpec) -> str:
    functional = "import torch.nn.functional as F\n" if spec.shortcut == "zero_pad" else ""
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


def _norm(spec: ModelSpec, channels: str) -> str:
    return f"nn.BatchNorm2d({channels})" if spec.norm == "batch" else "nn.Identity()"


def _conv(spec: ModelSpec, ins: str, outs: str, kernel: int, stride: str = "1", groups: str = "") -> str:
    more = f", padding={kernel // 2}" if kernel > 1 else ""
    more += f", groups={groups}" if groups else ""
    stride = f", stride={stride}" if stride != "1" else ""
    return f"nn.Conv2d({ins}, {outs}, {kernel}{stride}{more}, bias={spec.has_bias})"


def _shortcut(spec: ModelSpec) -> str:
    same = "" if spec.shortcut == "projection_all" else (
        "    if stride == 1 and in_channels == out_channels:\n        return None  # x passes as it is\n"
    )  # fmt: skip
    head = (
        'def shortcut(in_channels, out_channels, stride):\n    """What stands on the shortcut of a block."""\n' + same
    )
    if spec.shortcut == "zero_pad":
        return head + "    return ZeroPadShortcut(in_channels, out_channels, stride)\n"
    if spec.shortcut != "pooled_projection":
        conv = _conv(spec, "in_channels", "out_channels", 1, "stride")
        layers = "conv" if spec.shortcut == "bare_projection" else f"conv, {_norm(spec, 'out_channels')}"
        return head + f"    conv = {conv}\n    return nn.Sequential({layers})\n"
    conv = _conv(spec, "in_channels", "out_channels", 1)
    return head + (
        f'    layers = [("1", {conv}), ("2", {_norm(spec, "out_channels")})]\n'
        "    if stride > 1:\n"
        '        layers.insert(0, ("0", nn.AvgPool2d(2, stride, ceil_mode=True)))\n'
        "    return nn.Sequential(OrderedDict(layers))\n"
    )


def _convs(spec: ModelSpec) -> list[tuple[str, str, str]]:
    """Channels in, channels out and text of each convolution of a block."""
    first, second = ("stride", "1") if spec.stride_on == "1x1" else ("1", "stride")
    if "bottleneck" not in spec.block:
        return [
            ("in_channels", "out_channels", _conv(spec, "in_channels", "out_channels", 3, "stride")),
            ("out_channels", "out_channels", _conv(spec, "out_channels", "out_channels", 3)),
        ]
    return [
        ("in_channels", "width", _conv(spec, "in_channels", "width", 1, first)),
        ("width", "width", _conv(spec, "width", "width", 3, second, "groups")),
        ("width", "out_channels", _conv(spec, "width", "out_channels", 1)),
    ]


def _block(spec: ModelSpec) -> str:
    convs, body = _convs(spec), ["super().__init__()"]
    for n, (ins, outs, conv) in enumerate(convs, start=1):
        norm = [f"self.bn{n} = {_norm(spec, ins if spec.preactivated else outs)}"]
        relu = [f"self.relu{n} = nn.ReLU()"] if spec.preactivated or n < len(convs) else []
        line = [f"self.conv{n} = {conv}"]
        body += [*norm, *relu, *line] if spec.preactivated else [*line, *norm, *relu]
    if spec.squeeze_excite:
        widths = {width * spec.expansion: squeeze_width(width * spec.expansion) for width in spec.widths}
        body.append(f"self.se = SqueezeExcite(out_channels, {widths}[out_channels])")
    if spec.shortcut != "none":
        body += ["self.downsample = shortcut(in_channels, out_channels, stride)", "self.add = ShortcutAdd()"]
    if not spec.preactivated:
        body.append("self.relu = nn.ReLU()")
    return (
        f'class Block(nn.Module):\n    """{spec.block.replace("_", " ")}: F(x), and the addition of x where there is a '
        'shortcut."""\n\n'
        "    def __init__(self, in_channels, width, out_channels, groups, stride):\n"
        f"{indent(chr(10).join(body), ' ' * 8)}\n\n"
        f"    def forward(self, x):\n{indent(chr(10).join(_forward(spec, len(convs))), ' ' * 8)}\n"
    )


def _forward(spec: ModelSpec, convs: int) -> list[str]:
    if spec.preactivated:
        lines = ["activated = self.relu1(self.bn1(x))", "out = self.conv1(activated)"]
        lines += [f"out = self.conv{n}(self.relu{n}(self.bn{n}(out)))" for n in range(2, convs + 1)]
        ending, entry = "{}", "activated"
    else:
        lines = [f"out = self.relu{n}(self.bn{n}(self.conv{n}({'x' if n == 1 else 'out'})))" for n in range(1, convs)]
        lines.append(f"out = self.bn{convs}(self.conv{convs}(out))")
        ending, entry = "self.relu({})", "x"
    if spec.squeeze_excite:
        lines.append("out = self.se(out)")
    if spec.shortcut == "none":
        return [*lines, f"return {ending.format('out')}"]
    lines.append(f"identity = x if self.downsample is None else self.downsample({entry})")
    return [*lines, f"return {ending.format('self.add(out, identity)')}"]


def _build(spec: ModelSpec) -> str:
    values = {
        "stem": indent("\n".join(_stem(spec)), " " * 8), "stem_channels": spec.stem_channels,
        "ending": PREACT_ENDING.replace("$norm", _norm(spec, "channels")) if spec.preactivated else "",
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
            yield f"    {_conv(spec, first, second, 3, stride)},"
            yield f"    {_norm(spec, half)},"
            yield "    nn.ReLU(),"
        yield f"    {_conv(spec, half, outs, 3)},"
        yield ")),"
    else:
        kernel, stride = (7, "2") if spec.stem == "imagenet" else (3, "1")
        yield f'("conv1", {_conv(spec, ins, outs, kernel, stride)}),'
    if not spec.preactivated:
        yield f'("bn1", {_norm(spec, outs)}),'
        yield '("relu", nn.ReLU()),'
    if spec.stem != "cifar":
        yield '("maxpool", nn.MaxPool2d(3, stride=2, padding=1)),'
