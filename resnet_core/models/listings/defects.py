"""DEFECTS: what is wrong in the four published listings, each with its place and its remedy. No torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from resnet_core.errors import InvalidSpecError


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that a listing gets wrong.

    Attributes:
        name: by which `build_listing(..., fix=(name,))` repairs it.
        listing: the listing that has it.
        document, line: number of the source document and of the line in its text, from 1.
        also: further lines that the same defect makes wrong.
        kind: "code" changes the network; "statement" is a sentence beside it and nothing to build.
        published: the line as printed.
        corrected: what should stand there.
        effect: what it does, in a sentence.
        translation: of `published` into English, where it is in another language.
    """

    name: str
    listing: str
    document: str
    line: int
    also: tuple[int, ...] = ()
    kind: Literal["code", "statement"] = "code"
    published: str
    corrected: str
    effect: str
    translation: str = ""


DEFECTS: tuple[Defect, ...] = (
    Defect(
        name="max_pool_padding", listing="listing_hook_blog", document="000", line=266,
        published="nn.MaxPool2d(3, stride=2)",
        corrected="nn.MaxPool2d(3, stride=2, padding=1)",
        effect="Without padding the first stage is 55×55 pixels, not the paper's 56×56: its own transcript shows it.",
    ),
    Defect(
        name="detached_shortcut", listing="listing_hook_blog", document="000", line=242,
        published="identity = x.detach().clone()",
        corrected="identity = x",
        effect="No gradient flows back through the shortcut: the very path that makes a deep net train is cut.",
    ),
    Defect(
        name="stem_without_relu", listing="listing_hook_blog", document="000", line=265,
        published="nn.BatchNorm2d(64),",
        corrected="nn.BatchNorm2d(64), nn.ReLU(),",
        effect="The stem is linear up to the max-pool: one nonlinearity less.",
    ),
    Defect(
        name="idle_stem_bias", listing="listing_hook_blog", document="000", line=264,
        published="nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3),",
        corrected="nn.Conv2d(in_channels, 64, kernel_size=7, stride=2, padding=3, bias=False),",
        effect="Batch norm subtracts the mean, and the bias with it: 64 parameters that never matter.",
    ),
    Defect(
        name="ignored_block", listing="listing_hook_blog", document="000", line=302, also=(287, 289, 290, 306, 310),
        published="Bottleneck(self.in_channels, block_channels, identity_downsample, stride=stride)",
        corrected="block(self.in_channels, block_channels, identity_downsample, stride=stride)",
        effect="The block argument is never used: asked for ResNet-18 it builds 26 layers of bottlenecks.",
    ),
    Defect(
        name="fixed_classifier", listing="listing_hook_blog", document="000", line=280,
        published="nn.Linear(2048, num_classes)",
        corrected="nn.Linear(512 * block.expansion, num_classes)",
        effect="The classifier expects 2048 features; basic blocks put out 512, so ResNet-18 and 34 can't run.",
    ),
    Defect(
        name="vanishing_gradients", listing="listing_notes", document="001", line=7, kind="statement",
        published="梯度消失",
        corrected="degradation alone (网络性能退化)",
        translation="vanishing gradients",
        effect="Vanishing gradients stand among what ResNet fixes, two lines after the paper is quoted as calling "
        "them largely solved by normalisation. The point is degradation: deeper plain nets fit worse.",
    ),
    Defect(
        name="residual_of_a_plain_net", listing="listing_notes", document="001", line=16, kind="statement",
        published="The first question is comparable to a traditional network where you’re given a starting point "
        "and need to find a way to get to your goal or F(x)=H(x)-x.",
        corrected="... or F(x)=H(x).",
        effect="F(x) = H(x) - x is given to the plain net too. A plain block fits H(x); only a residual one fits "
        "the difference.",
    ),
    Defect(
        name="idle_biases", listing="listing_d2l", document="002", line=22, also=(20, 21, 89),
        published="self.conv2 = nn.LazyConv2d(num_channels, kernel_size=3, padding=1)",
        corrected="self.conv2 = nn.LazyConv2d(num_channels, kernel_size=3, padding=1, bias=False)",
        effect="The lazy layers' default keeps a bias in every convolution; before batch norm it never matters.",
    ),
    Defect(
        name="no_initialisation", listing="listing_handbook", document="004", line=106, also=(104, 105),
        published="self.fc = nn.Linear(512 * block.expansion, num_classes)",
        corrected="self.fc = nn.Linear(512 * block.expansion, num_classes)\n"
        "for m in self.modules():\n"
        "    if isinstance(m, nn.Conv2d):\n"
        '        nn.init.kaiming_normal_(m.weight, mode="fan_out", nonlinearity="relu")',
        effect="Weights start at PyTorch's default, smaller than He et al. derive for ReLU in all convolutions but the "
        "first.",
    ),
)  # fmt: skip


def defects_in(document: str) -> tuple[Defect, ...]:
    """The defects of one document, by its number, in the order of their lines."""
    return tuple(sorted((one for one in DEFECTS if one.document == document), key=lambda one: one.line))


def defect_at(document: str, line: int) -> Defect | None:
    """What is wrong with a line; None where nothing is known to be."""
    return next((one for one in defects_in(document) if line in (one.line, *one.also)), None)


def defects_of(listing: str) -> tuple[Defect, ...]:
    """The defects of one listing, in the order of `DEFECTS`."""
    return tuple(defect for defect in DEFECTS if defect.listing == listing)


def check_fixes(listing: str, fix: tuple[str, ...]) -> None:
    """Raise InvalidSpecError if `fix` names anything but a code defect of this listing."""
    allowed = [defect.name for defect in defects_of(listing) if defect.kind == "code"]
    for name in fix:
        if name not in allowed:
            have = f"Its defects are: {', '.join(allowed)}." if allowed else "Its code has none."
            raise InvalidSpecError(f"{listing} has no defect in its code named {name!r}. {have}")
