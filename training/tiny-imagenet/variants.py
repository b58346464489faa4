"""Which stem and which width: several variants on the same pictures, equally long, and what each costs.

    python training/tiny-imagenet/variants.py --data DIR --runs DIR

Every second class, four passes at 48 pixels, on a CPU; a run that is in --runs already is not trained again. Writes
variants.json beside this file, and prints the table of the README.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch

import resnet_core as rc
from resnet_core.bench.measure import median_ms_in_turn
from resnet_core.inference.engine.engine import Engine

HERE = Path(__file__).parent
VARIANTS = (("imagenet", 64), ("half", 32), ("half", 48), ("half", 64), ("cifar", 32))
RECIPE = {
    "device": "cpu", "every": 2, "epochs": 4, "sizes": "48", "batch": 128, "rate": 0.2, "cut": 0, "blend": 0,
    "scale": 0.4,
}  # fmt: skip
REPEATS = 30


def main() -> None:
    """Train what is missing, and write down accuracy and costs of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="as for on_gpu.py")
    parser.add_argument("--runs", type=Path, required=True, help="where weights and histories are left")
    told = parser.parse_args()
    rows = []
    for stem, width in VARIANTS:
        run = told.runs / f"{stem}{width}.pt"
        if not run.with_suffix(".json").exists():
            _train(told.data, run, stem, width)
        reached = json.loads(run.with_suffix(".json").read_text("utf-8"))["history"][-1]
        rows.append({"stem": stem, "width": width} | {key: reached[key] for key in reached if "top" in key})
    timed = [row | {"ms": round(ms, 2)} for row, ms in zip(rows, _answer_ms(), strict=True)]
    record = {"recipe": RECIPE, "variants": timed}
    print(table(timed))
    (HERE / "variants.json").write_text(json.dumps(record, indent=1) + "\n", "utf-8")


def spec_of(stem: str, width: int, classes: int) -> rc.ModelSpec:
    """ResNet-18 at 64 pixels behind that stem, with that many channels in the first stage."""
    widths = tuple(width * 2**stage for stage in range(4))
    return rc.get_spec("tiny_imagenet_resnet18").override(stem=stem, widths=widths, num_classes=classes)


def table(rows: Sequence[Mapping[str, Any]]) -> str:
    """What each variant costs with 197 classes, and how often it was right, as a table of Markdown."""
    lines = [
        "| stem | first width | MACs | last map | file | one picture | top-1 | top-5 |",
        "| :-- | --: | --: | --: | --: | --: | --: | --: |",
    ]
    for row in rows:
        walk = rc.walk_spec(spec_of(row["stem"], row["width"], 197))
        side = next(call.output_shape[-1] for call in reversed(walk.calls) if call.path.startswith("layer4"))
        sizes = f"{walk.total_macs / 1e6:.0f} M | {side}x{side} | {walk.total_params * 2 / 1e6:.1f} MB"
        right = " | ".join(f"{100 * row[f'validation_{top}']:.1f} %" for top in ("top1", "top5"))
        lines.append(f"| {row['stem']} | {row['width']} | {sizes} | {row['ms']:.1f} ms | {right} |")
    return "\n".join(lines)


def _train(data: Path, run: Path, stem: str, width: int) -> None:
    options = RECIPE | {"data": data, "out": run, "stem": stem, "width": width}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    subprocess.run([sys.executable, str(HERE / "on_gpu.py"), *words], check=True)


def _answer_ms() -> list[float]:
    """Milliseconds from one picture to its logits as the app computes them, all variants in turn; weights are drawn."""
    pictures = torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    ways = {}
    for variant in VARIANTS:
        network = rc.build_model(spec_of(*variant, classes=197)).eval().requires_grad_(False)
        engine = Engine(network, tuple(pictures.shape[1:]), "cpu")
        engine.wait()
        ways[str(variant)] = partial(engine.run, pictures)
    return list(median_ms_in_turn(ways, REPEATS).values())


if __name__ == "__main__":
    main()
