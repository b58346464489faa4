"""Classifier and Prediction: a picture in, labels with probabilities out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

import numpy as np
import torch
from PIL import Image

from resnet_core.errors import ImageError, InvalidSpecError
from resnet_core.inference.engine import Engine
from resnet_core.inference.images import decode_image, open_image, to_rgb
from resnet_core.inference.preprocessing import seen_image, ten_crops, to_batch
from resnet_core.models.compute import pick_device
from resnet_core.models.network import ResNet
from resnet_core.models.weights import Weights, load_weights

ImageSource = Image.Image | bytes | str | Path


@dataclass(frozen=True, slots=True)
class ScoredClass:
    """One class with its probability (0 to 1)."""

    index: int
    label: str
    probability: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """The answer for one picture, as plain numbers.

    Attributes:
        top: the likeliest classes, best first.
        logits: one per class, before the softmax; with ten crops, their mean over the crops.
        classes: labels in the order of the logits.
        weights, model: names of the weights and of their network.
        device, precision, engine: that it was computed with, e.g. "cpu", "fp32" and "openvino".
        duration_ms: from the decoded picture to the answer; in a batch, the batch's share.
        image_size: (width, height) of the picture before resize and crop, in pixels.
        seen_size: (width, height) of each crop that the network saw, in pixels.
        crops: how many of them, 1 or 10.
    """

    top: tuple[ScoredClass, ...]
    logits: tuple[float, ...]
    classes: tuple[str, ...]
    weights: str
    model: str
    device: str
    precision: str
    engine: str
    duration_ms: float
    image_size: tuple[int, int]
    seen_size: tuple[int, int]
    crops: int = 1

    def ranked(self, top_k: int, temperature: float = 1.0) -> tuple[ScoredClass, ...]:
        """The `top_k` likeliest classes at another temperature: the order stays, the confidence changes."""
        return rank_classes(self.logits, self.classes, top_k, temperature)


def rank_classes(
    logits: Sequence[float], classes: Sequence[str], top_k: int, temperature: float = 1.0
) -> tuple[ScoredClass, ...]:
    """Softmax of logits / temperature, likeliest first. Above 1 flattens the probabilities, below 1 sharpens them.

    Raises:
        InvalidSpecError: for a top_k below 1 or a temperature that is not above 0.
    """
    if top_k < 1:
        raise InvalidSpecError(f"top_k={top_k} does not work: ask for at least 1 class.")
    if not temperature > 0:
        raise InvalidSpecError(f"temperature={temperature} does not work: it must be above 0; 1 changes nothing.")
    scaled = np.asarray(logits, dtype=np.float64)
    scaled = (scaled - scaled.max()) / temperature
    probabilities = np.exp(scaled) / np.exp(scaled).sum()
    order = np.argsort(-probabilities, kind="stable")[:top_k]
    return tuple(ScoredClass(int(i), classes[i], float(probabilities[i])) for i in order)


class Classifier:
    """A network with its weights, ready to answer. Threads may share one: a prediction changes nothing in it.

    Attributes:
        weights: what it was loaded from.
        engine: what runs it; `engine.choice` says how.
    """

    def __init__(
        self,
        model: ResNet,
        weights: Weights,
        device: str | torch.device = "auto",
        precision: str = "auto",
        backend: str = "auto",
    ) -> None:
        side = weights.preprocessing.crop_size
        self.weights = weights
        plain = model.eval().requires_grad_(False)
        self.engine = Engine(plain, (model.spec.in_channels, side, side), device, precision, backend)

    @classmethod
    def load(
        cls,
        weights: str | Path | Weights = "cifar_resnet20",
        device: str = "auto",
        precision: str = "auto",
        backend: str = "auto",
    ) -> Self:
        """Load weights that are on this machine, by name (see `list_weights()`), by file or as a record.

        Args:
            device: "auto" (CUDA, Apple's GPU, CPU), "cpu", "cuda" or "mps".
            precision: "auto", "fp32", "bf16" or "fp16".
            backend: "auto" for the fastest that is here, "openvino", "cuda_graphs" or "eager".

        Raises:
            WeightsError: if they are missing, damaged or made for another network.
            InvalidSpecError: for a device, a precision or a backend that does not exist here.
        """
        pick_device(device)  # what is asked in vain is refused before anything is read
        return cls(*load_weights(weights), device, precision, backend)

    @property
    def model(self) -> ResNet:
        """The plain network, in float32 and unfolded, for looking inside. It lies on `device`."""
        return self.engine.model

    @property
    def device(self) -> torch.device:
        """Where `model` lies."""
        return next(self.model.parameters()).device

    @property
    def precision(self) -> str:
        """The number format that predictions are computed in now."""
        return self.engine.choice.precision

    def predict(self, image: ImageSource, top_k: int = 5, ten_crop: bool = False) -> Prediction:
        """Classify one picture: a PIL image, the bytes of a file, or its path.

        Args:
            top_k: how many classes to name.
            ten_crop: average the logits over the corners, the centre and their mirror images.

        Raises:
            ImageError: if it can't be read as a picture.
        """
        return self._predict_batch([image], top_k, ten_crop)[0]

    def predict_many(
        self, images: Iterable[ImageSource], top_k: int = 5, ten_crop: bool = False, batch_size: int = 16
    ) -> Iterator[Prediction]:
        """Classify pictures in batches, yielding an answer for each in their order; reads one batch ahead at most.

        Raises:
            ImageError: at the batch with a picture that can't be read; decode first to skip such.
            InvalidSpecError: for a batch_size below 1.
        """
        if batch_size < 1:
            raise InvalidSpecError(f"batch_size={batch_size} does not work: it must be at least 1.")
        remaining = iter(images)
        while batch := list(islice(remaining, batch_size)):
            yield from self._predict_batch(batch, top_k, ten_crop)

    def seen(self, image: ImageSource) -> Image.Image:
        """What the network sees of a picture after resize and crop, before normalisation."""
        return seen_image(read_image(image), self.weights.preprocessing)

    def crops(self, image: ImageSource) -> tuple[Image.Image, ...]:
        """The ten crops that `ten_crop=True` averages over, before normalisation."""
        return ten_crops(read_image(image), self.weights.preprocessing)

    def _predict_batch(self, sources: Sequence[ImageSource], top_k: int, ten_crop: bool) -> list[Prediction]:
        images = [read_image(source) for source in sources]
        started = time.perf_counter()
        crops = [self.crops(image) if ten_crop else (self.seen(image),) for image in images]
        batch = to_batch([crop for group in crops for crop in group], self.weights.preprocessing)
        logits, choice = self.engine.run(batch)
        rows = logits.reshape(len(images), -1, logits.shape[1]).mean(1).tolist()
        duration_ms = (time.perf_counter() - started) * 1000 / len(images)
        return [
            Prediction(
                top=rank_classes(row, self.weights.classes, top_k),
                logits=tuple(row),
                classes=self.weights.classes,
                weights=self.weights.name,
                model=self.weights.spec.name,
                device=choice.device,
                precision=choice.precision,
                engine=choice.backend,
                duration_ms=duration_ms,
                image_size=image.size,
                seen_size=group[0].size,
                crops=len(group),
            )
            for image, group, row in zip(images, crops, rows, strict=True)
        ]


def read_image(source: ImageSource) -> Image.Image:
    """A PIL image of any mode, the bytes of a file or its path, as an RGB picture.

    Raises:
        ImageError: if it is none of these, or can't be read.
    """
    if isinstance(source, bytes):
        return decode_image(source)
    if isinstance(source, str | Path):
        return open_image(source)
    if not isinstance(source, Image.Image):
        raise ImageError(f"A {type(source).__name__} is no picture. Pass a PIL image, a file's bytes, or its path.")
    if 0 in source.size:
        raise ImageError(f"The picture has {source.width} x {source.height} pixels; it needs at least one.")
    try:
        return to_rgb(source)
    except OSError as error:  # Pillow reads the pixels of an opened file only now
        raise ImageError(
            f"The picture can't be read ({error}). Save it anew, or pass the bytes of its file."
        ) from error
