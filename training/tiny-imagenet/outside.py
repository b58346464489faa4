"""The folder that bundle.py --outside measures: pictures of none of the 197 classes, one folder for each source.

    python training/tiny-imagenet/outside.py OUT --apes tiny-imagenet-200 --samples imagenet-sample-images \
        --people deepface/tests/unit/dataset --cifar cifar10 --faces lfw_subset.npy

--apes: the set in its official layout; --samples: EliSchwartz/imagenet-sample-images; --people: pictures of
serengil/deepface's tests; --cifar: CIFAR-10 as test/CLASS/NNNN.jpg; --faces: scikit-image's lfw_subset.npy.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

HERE = Path(__file__).parent
APES = ("n02480495", "n02481823", "n02486410")  # orangutan, chimpanzee, baboon
CIFAR = ("airplane", "deer", "horse")
EACH_APE, EACH_CIFAR, DRAWN, FACES, SIDE = 200, 400, 60, 100, 64


def main() -> None:
    """Write the nine folders."""
    told = _arguments()
    for one in APES:
        _copied(_some((told.apes / "train" / one / "images").iterdir(), EACH_APE), told.out / "ape")
    named = json.loads((HERE / "photographs.json").read_text(encoding="utf-8"))
    for file in told.samples.iterdir():
        if (wnid := file.name.partition("_")[0]) in named:
            _copied([file], told.out / "photograph", wnid)
    _copied(_some(told.people.glob("*.jpg")), told.out / "person")
    for name in CIFAR:
        _copied(_some((told.cifar / "test" / name).iterdir(), EACH_CIFAR), told.out / name)
    faces = (np.load(told.faces)[:FACES] * 255).round().astype(np.uint8)  # the first hundred are faces
    _drawn(faces, told.out / "face")
    _drawn((load_digits().images[:DRAWN] * (255 / 16)).round().astype(np.uint8), told.out / "text")
    _drawn(np.random.default_rng(0).integers(0, 256, (DRAWN, SIDE, SIDE, 3), np.uint8), told.out / "noise")


def _some(files: Iterable[Path], count: int | None = None) -> list[Path]:
    return sorted(files)[:count]


def _copied(files: Sequence[Path], folder: Path, name: str | None = None) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        shutil.copyfile(file, folder / f"{name or file.stem}{file.suffix.lower()}")


def _drawn(pictures: np.ndarray, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(pictures):
        Image.fromarray(one).save(folder / f"{number:03d}.png")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    for name in ("apes", "samples", "people", "cifar", "faces"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
