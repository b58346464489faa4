"""block_text(): the class of one residual block as text, for the generated code."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import indent
from typing import NamedTuple

from resnet_core.models.channels import attention_width, selective_width, squeeze_width
from resnet_core.models.spec import ModelSpec


class Branch(NamedTuple):
    """The lines that make the layers of F, and those that run it: `out` from `entry`."""

    made: list[str]
    run: list[str]


def fill(spec: ModelSpec, text: str) -> str:
    """$norm(channels), $bias, $radix and $choose in a text, as the spec has them."""
    text = re.sub(r"\$norm\(([^()]*)\)", lambda found: norm_text(spec, found[1]), text)
    choose = f"SplitSoftmax({spec.radix}, groups)" if spec.radix > 1 else "nn.Sigmoid()"
    return text.replace("$choose", choose).replace("$radix", str(spec.radix)).replace("$bias", str(spec.has_bias))


def norm_text(spec: ModelSpec, channels: str) -> str:
    """Batch norm, or nothing."""
    return f"nn.BatchNorm2d({channels})" if spec.norm == "batch" else "nn.Identity()"


def conv_text(spec: ModelSpec, ins: str, outs: str, kernel: int, stride: str = "1", groups: str = "") -> str:
    """A convolution that keeps the size at stride 1."""
    more = f", padding={kernel // 2}" if kernel > 1 else ""
    more += f", groups={groups}" if groups else ""
    stride = f", stride={stride}" if stride != "1" else ""
    return f"nn.Conv2d({ins}, {outs}, {kernel}{stride}{more}, bias={spec.has_bias})"


def block_text(spec: ModelSpec) -> str:
    """The block that all stages repeat: its layers, the addition where there is a shortcut, the last ReLU."""
    made, run = BRANCHES[spec.block](spec)
    entry, ending = ("activated", "{}") if spec.preactivated else ("x", "self.relu({})")
    if spec.squeeze_excite:
        widths = {width * spec.expansion: squeeze_width(width * spec.expansion) for width in spec.widths}
        made.append(f"self.se = SqueezeExcite(out_channels, {widths}[out_channels])")
        run.append("out = self.se(out)")
    result = "out"
    if spec.shortcut != "none":
        made += ["self.downsample = shortcut(in_channels, out_channels, stride)", "self.add = ShortcutAdd()"]
        run.append(f"identity = x if self.downsample is None else self.downsample({entry})")
        result = "self.add(out, identity)"
    if not spec.preactivated:
        made.append("self.relu = nn.ReLU()")
    lines = indent("\n".join(["super().__init__()", *made]), " " * 8)
    steps = indent("\n".join([*run, f"return {ending.format(result)}"]), " " * 8)
    return (
        f'class Block(nn.Module):\n    """{spec.block.replace("_", " ")}: F(x), and the addition of x where there is a '
        'shortcut."""\n\n'
        f"    def __init__(self, in_channels, width, out_channels, groups, stride):\n{lines}\n\n"
        f"    def forward(self, x):\n{steps}\n"
    )


def _convs(spec: ModelSpec) -> list[tuple[str, str, str]]:
    """Channels in, channels out and text of each convolution of a block without attention."""
    first, second = ("stride", "1") if spec.stride_on == "1x1" else ("1", "stride")
    if "bottleneck" not in spec.block:
        return [
            ("in_channels", "out_channels", conv_text(spec, "in_channels", "out_channels", 3, "stride")),
            ("out_channels", "out_channels", conv_text(spec, "out_channels", "out_channels", 3)),
        ]
    return [
        ("in_channels", "width", conv_text(spec, "in_channels", "width", 1, first)),
        ("width", "width", conv_text(spec, "width", "width", 3, second, "groups")),
        ("width", "out_channels", conv_text(spec, "width", "out_channels", 1)),
    ]


def _plain(spec: ModelSpec) -> Branch:
    convs, made = _convs(spec), []
    for n, (_, outs, conv) in enumerate(convs, start=1):
        made += [f"self.conv{n} = {conv}", f"self.bn{n} = {norm_text(spec, outs)}"]
        made += [f"self.relu{n} = nn.ReLU()"] if n < len(convs) else []
    last = len(convs)
    run = [f"out = self.relu{n}(self.bn{n}(self.conv{n}({'x' if n == 1 else 'out'})))" for n in range(1, last)]
    return Branch(made, [*run, f"out = self.bn{last}(self.conv{last}(out))"])


def _preactivated(spec: ModelSpec) -> Branch:
    convs, made = _convs(spec), []
    for n, (ins, _, conv) in enumerate(convs, start=1):
        made += [f"self.bn{n} = {norm_text(spec, ins)}", f"self.relu{n} = nn.ReLU()", f"self.conv{n} = {conv}"]
    run = ["activated = self.relu1(self.bn1(x))", "out = self.conv1(activated)"]
    return Branch(made, run + [f"out = self.conv{n}(self.relu{n}(self.bn{n}(out)))" for n in range(2, len(convs) + 1)])


def _split(spec: ModelSpec) -> Branch:
    first, _, last = _convs(spec)
    narrow = {inner: attention_width(inner, spec.radix) for inner in map(spec.inner_width, spec.widths)}
    made = [
        f"self.conv1 = {first[2]}", f"self.bn1 = {norm_text(spec, 'width')}", "self.relu1 = nn.ReLU()",
        f"self.conv2 = SplitAttention(width, groups, {narrow}[width])",
        "self.pool = nn.AvgPool2d(3, stride, padding=1) if stride > 1 else None",
        f"self.conv3 = {last[2]}", f"self.bn3 = {norm_text(spec, 'out_channels')}",
    ]  # fmt: skip
    run = ["out = self.conv2(self.relu1(self.bn1(self.conv1(x))))", "if self.pool is not None:"]
    return Branch(made, [*run, "    out = self.pool(out)", "out = self.bn3(self.conv3(out))"])


def _selective(spec: ModelSpec) -> Branch:
    narrow = {inner: selective_width(inner) for inner in map(spec.inner_width, spec.widths)}
    made = [
        "self.conv1 = ConvNorm(in_channels, width)", "self.relu1 = nn.ReLU()",
        f"self.conv2 = SelectiveKernel(width, groups, stride, {narrow}[width])",
        "self.conv3 = ConvNorm(width, out_channels)",
    ]  # fmt: skip
    return Branch(made, ["out = self.conv3(self.conv2(self.relu1(self.conv1(x))))"])


BRANCHES: dict[str, Callable[[ModelSpec], Branch]] = {
    "basic": _plain,
    "bottleneck": _plain,
    "flat_bottleneck": _plain,
    "preact_basic": _preactivated,
    "preact_bottleneck": _preactivated,
    "sk_bottleneck": _selective,
    "split_bottleneck": _split,
}
