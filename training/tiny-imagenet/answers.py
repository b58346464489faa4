"""Logits of many pictures, and what follows from them: accuracy, calibration, and from where an answer is sure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from PIL import Image

import resnet_core as rc
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.headline import headline
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.weights.grouping import Grouping
from resnet_core.weights.record import Preprocessing

Array = np.ndarray
SURE_FROM = np.arange(0.30, 0.995, 0.01)


def engine_for(state: dict[str, torch.Tensor], crop: int) -> Engine:
    """The network of these weights in float32, in the fastest engine that is here."""
    model = rc.build_model("tiny_imagenet_resnet18", num_classes=len(state["fc.bias"]), device="cpu")
    model.load_state_dict({k: v.float() if v.is_floating_point() else v for k, v in state.items()}, strict=True)
    engine = Engine(model.eval().requires_grad_(False), (3, crop, crop), "cpu", "fp32", "auto")
    engine.wait()
    return engine


def logits_of(engine: Engine, images: Iterable[Image.Image], prepared: Preprocessing) -> Array:
    """(N, classes) in float64, pictures prepared as the classifier prepares them."""
    rows: list[torch.Tensor] = []
    remaining = iter(images)
    while batch := [seen_image(image, prepared) for image in islice(remaining, 32)]:
        rows.append(engine.run(to_batch(batch, prepared))[0])
    return torch.cat(rows).double().numpy()


def picture_files(folder: Path) -> list[Path]:
    """The files of a folder that are pictures, by name."""
    return [path for path in sorted(folder.iterdir()) if path.suffix.lower() in (".png", ".jpg", ".jpeg")]


def pictures_in(folder: Path) -> Iterator[Image.Image]:
    """The pictures of a folder, by name."""
    for path in picture_files(folder):
        yield Image.open(path).convert("RGB")


def shares_of(logits: Array, temperature: float = 1.0) -> Array:
    """Softmax of each row."""
    scaled = (logits - logits.max(1, keepdims=True)) / temperature
    return np.exp(scaled) / np.exp(scaled).sum(1, keepdims=True)


def top(logits: Array, labels: Array, k: int) -> float:
    """Top-k accuracy in percent."""
    best = np.argpartition(-logits, k, 1)[:, :k]
    return round(float((best == labels[:, None]).any(1).mean()) * 100, 2)


def best_temperature(logits: Array, labels: Array) -> float:
    """The temperature at which the labels are likeliest (Guo et al. 2017)."""

    def loss(temperature: float) -> float:
        return float(-np.log(shares_of(logits, temperature)[np.arange(len(labels)), labels] + 1e-12).mean())

    return round(float(min(np.arange(0.3, 2.0, 0.01), key=loss)), 2)


def calibration_error(logits: Array, labels: Array, bins: int = 15) -> float:
    """Expected calibration error: how far confidence is from accuracy, over bins of confidence."""
    shares = shares_of(logits)
    confidence, right = shares.max(1), shares.argmax(1) == labels
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[place == b].sum() - right[place == b].sum()) for b in range(bins)]
    return round(float(sum(gaps) / len(labels)), 4)


def sharpness(images: Iterable[Image.Image], prepared: Preprocessing) -> float:
    """Median over pictures as the network sees them: root mean square of the Laplacian over the standard deviation."""
    found = []
    for image in images:
        grey = np.asarray(seen_image(image, prepared).convert("L"), float)
        middle = grey[1:-1, 1:-1]
        laplacian = 4 * middle - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
        found.append(np.sqrt((laplacian**2).mean()) / max(grey.std(), 1))
    return round(float(np.median(found)), 2)


def sure_from(wrong: Sequence[Array], rate: float) -> float:
    """The least probability from which no more than `rate` of wrong claims are made, each source counting as much.

    Args:
        wrong: for each source the probabilities of what would be claimed wrongly; 0 where the claim is right.
    """
    fitting = (t for t in SURE_FROM if np.mean([(one >= t).mean() for one in wrong]) <= rate)
    return round(float(next(fitting, 0.99)), 2)


def levels(logits: Array, classes: Sequence[str], grouping: Grouping) -> list[tuple[str, str]]:
    """Level and label of each row's headline."""
    said = [headline(tuple(row), classes, grouping) for row in logits]
    return [(one.level, one.label) for one in said if one is not None]
