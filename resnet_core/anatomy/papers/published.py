"""Figures as printed in the papers, each with its source. Hard-coded on purpose: altered copies circulate.

Tables 3 to 5 are as printed in the paper, confirmed in part against its authors' repository.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PAPER = "He et al. 2015, arXiv:1512.03385"
HE_2015_TABLE_1 = f"{PAPER}, Table 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperStage:
    """One row of the paper's Table 1 for one depth: the output side in pixels and the cell's text."""

    stage: str
    output_side: int
    layers: str


def _bottlenecks(width: int, repeats: int) -> str:
    return f"[1x1, {width}; 3x3, {width}; 1x1, {4 * width}] x {repeats}"


def _basics(width: int, repeats: int) -> str:
    return f"[3x3, {width}; 3x3, {width}] x {repeats}"


def _table_1(depth: int, repeats: tuple[int, int, int, int]) -> tuple[PaperStage, ...]:
    cell = _basics if depth < 50 else _bottlenecks
    widths, sides = (64, 128, 256, 512), (56, 28, 14, 7)
    return (
        PaperStage(stage="conv1", output_side=112, layers="7x7, 64, stride 2"),
        *(
            PaperStage(
                stage=f"conv{i + 2}_x",
                output_side=side,
                layers=("3x3 max pool, stride 2; " if i == 0 else "") + cell(width, count),
            )
            for i, (width, side, count) in enumerate(zip(widths, sides, repeats, strict=True))
        ),
        PaperStage(stage="head", output_side=1, layers="average pool, 1000-d fc, softmax"),
    )


# Depth -> rows. The repeats are the printed ones, kept apart from the catalogue: they are its oracle.
TABLE_1: dict[int, tuple[PaperStage, ...]] = {
    18: _table_1(18, (2, 2, 2, 2)),
    34: _table_1(34, (3, 4, 6, 3)),
    50: _table_1(50, (3, 4, 6, 3)),
    101: _table_1(101, (3, 4, 23, 3)),
    152: _table_1(152, (3, 8, 36, 3)),
}

# Last line of Table 1. The paper says FLOPs and counts multiply-adds.
TABLE_1_FLOPS: dict[int, float] = {18: 1.8e9, 34: 3.6e9, 50: 3.8e9, 101: 7.6e9, 152: 11.3e9}


def paper_depth(model: str) -> int | None:
    """Which column of Table 1 a variant stands in: "resnet50_v1" in 50, "plain34" in 34, "resnext50_32x4d" in none."""
    base = re.sub(r"_(v1|a|b|c)$", "", model).removeprefix("resnet").removeprefix("plain")
    return int(base) if base.isdigit() and int(base) in TABLE_1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedError:
    """One row of a table of errors, in percent.

    Attributes:
        source: paper and table.
        printed: the row's label as printed.
        variant: its name in the catalogue, None where there is none.
        test: what was measured, and how.
        top1, top5: error in percent; None where the table leaves it out.
        note: what a reader should know; empty where there is nothing.
    """

    source: str
    printed: str
    variant: str | None
    test: str
    top1: float | None
    top5: float | None = None
    note: str = ""


def _errors(
    table: str, test: str, *rows: tuple[str, str | None, float | None, float | None]
) -> tuple[PublishedError, ...]:
    source = f"{PAPER}, {table}"
    return tuple(
        PublishedError(source=source, printed=printed, variant=variant, test=test, top1=top1, top5=top5)
        for printed, variant, top1, top5 in rows
    )


# The paper's ResNets of Table 2 have option A; those of Table 3 from 50 layers on option B.
TABLE_2 = _errors(
    "Table 2", "ImageNet validation, 10-crop",
    ("plain, 18 layers", "plain18", 27.94, None), ("plain, 34 layers", "plain34", 28.54, None),
    ("ResNet, 18 layers", "resnet18_a", 27.88, None), ("ResNet, 34 layers", "resnet34_a", 25.03, None),
)  # fmt: skip
TABLE_3 = _errors(
    "Table 3", "ImageNet validation, 10-crop",
    ("VGG-16", None, 28.07, 9.33), ("plain-34", "plain34", 28.54, 10.02),
    ("ResNet-34 A", "resnet34_a", 25.03, 7.76), ("ResNet-34 B", "resnet34_b", 24.52, 7.46),
    ("ResNet-34 C", "resnet34_c", 24.19, 7.40), ("ResNet-50", "resnet50_v1", 22.85, 6.71),
    ("ResNet-101", "resnet101_v1", 21.75, 6.05), ("ResNet-152", "resnet152_v1", 21.43, 5.71),
)  # fmt: skip
TABLE_4 = _errors(
    "Table 4", "ImageNet validation, single model at several scales",
    ("ResNet-34 B", "resnet34_b", 21.84, 5.71), ("ResNet-34 C", "resnet34_c", 21.53, 5.60),
    ("ResNet-50", "resnet50_v1", 20.74, 5.25), ("ResNet-101", "resnet101_v1", 19.87, 4.60),
    ("ResNet-152", "resnet152_v1", 19.38, 4.49),
)  # fmt: skip
TABLE_5 = _errors("Table 5", "ImageNet test, ensemble of six models", ("ResNet (ILSVRC'15)", None, None, 3.57))
TABLE_6 = (
    *_errors(
        "Table 6", "CIFAR-10 test",
        ("ResNet, 20 layers", "cifar_resnet20", 8.75, None), ("ResNet, 32 layers", "cifar_resnet32", 7.51, None),
        ("ResNet, 44 layers", "cifar_resnet44", 7.17, None), ("ResNet, 56 layers", "cifar_resnet56", 6.97, None),
    ),
    PublishedError(
        source=f"{PAPER}, Table 6", printed="ResNet, 110 layers", variant="cifar_resnet110", test="CIFAR-10 test",
        top1=6.43, note="best of five runs; mean and standard deviation are 6.61 ± 0.16",
    ),
    *_errors("Table 6", "CIFAR-10 test", ("ResNet, 1202 layers", "cifar_resnet1202", 7.93, None)),
)  # fmt: skip
FIGURE_6 = tuple(
    PublishedError(
        source=f"{PAPER}, Figure 6 (left)", printed=f"plain-{depth}", variant=f"cifar_plain{depth}",
        test="CIFAR-10 test", top1=error, note=note,
    )
    for depth, error, note in (
        (20, 9.5, "read off the curve"), (32, 10.0, "read off the curve"), (44, 12.0, "read off the curve"),
        (56, 13.5, "read off the curve"), (110, 60.0, "over 60: outside the plot, said in the caption"),
    )
)  # fmt: skip
# Variant -> its test error on CIFAR-10 in percent, plain and residual.
CIFAR_10_ERRORS = {row.variant: row.top1 for row in (*TABLE_6, *FIGURE_6) if row.variant and row.top1}

ERROR_TABLES: dict[str, tuple[PublishedError, ...]] = {
    "Table 2": TABLE_2, "Table 3": TABLE_3, "Table 4": TABLE_4, "Table 5": TABLE_5, "Table 6": TABLE_6,
    "Figure 6": FIGURE_6,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedCount:
    """A count as printed: `text` is the number with its digits, `quantity` what the paper calls it."""

    source: str
    printed: str
    variant: str | None
    quantity: str
    text: str


PUBLISHED_COUNTS: tuple[PublishedCount, ...] = (
    *(
        PublishedCount(
            source=HE_2015_TABLE_1, printed=f"{depth}-layer", variant=f"resnet{depth}", quantity="FLOPs",
            text=f"{flops / 1e9}G",
        )
        for depth, flops in TABLE_1_FLOPS.items()
    ),
    PublishedCount(
        source=f"{PAPER}, Figure 3", printed="34-layer plain", variant="plain34", quantity="FLOPs", text="3.6G"
    ),
    PublishedCount(source=f"{PAPER}, Figure 3", printed="VGG-19", variant=None, quantity="FLOPs", text="19.6G"),
    *(
        PublishedCount(
            source=f"{PAPER}, Table 6", printed=f"ResNet, {depth} layers", variant=f"cifar_resnet{depth}",
            quantity="parameters", text=text,
        )
        for depth, text in ((20, "0.27M"), (32, "0.46M"), (44, "0.66M"), (56, "0.85M"), (110, "1.7M"), (1202, "19.4M"))
    ),
)  # fmt: skip

# Multiply-adds by our rule of networks that are not built here; a test traces torchvision's again.
TRACED_ELSEWHERE: dict[str, int] = {"VGG-19": 19_632_062_464}

# ResNeXt's Table 2: cardinality -> width of the bottleneck ("d") at about the cost of ResNet-50's.
XIE_2016_TABLE_2: dict[int, int] = {1: 64, 2: 40, 4: 24, 8: 14, 32: 4}

# github.com/Lyken17/pytorch-OpCounter, issue 17: what its first version counted; the README prints it as 3.86 G of
# 1,024**3. The paper's network comes to 3.858 G of 1,000**3, which is chance.
FIRST_THOP_MACS: dict[str, int] = {"resnet50": 4_142_713_856}
