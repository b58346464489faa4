"""Figures as printed in the papers, each with its source. Hard-coded on purpose: altered copies circulate."""

from __future__ import annotations

from dataclasses import dataclass

HE_2015_TABLE_1 = "He et al. 2015, arXiv:1512.03385, Table 1"


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
    base = model.removesuffix("_v1").removeprefix("resnet").removeprefix("plain")
    return int(base) if base.isdigit() and int(base) in TABLE_1 else None
