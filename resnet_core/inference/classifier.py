"""Classifier: a picture in, labels with probabilities out."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Self, TypeVar

import torch
from PIL import Image
from torch import Tensor

from resnet_core.errors import ImageError, InvalidSpecError
from resnet_core.inference.engine.choice import EngineChoice
from resnet_core.inference.engine.engine import Engine
from resnet_core.inference.headline import headline, is_close, score_groups, withheld
from resnet_core.inference.images import MAX_BYTES, MAX_SIDE, as_meant, decode_image, open_image
from resnet_core.inference.prediction import Prediction, ScoredClass, rank_classes
from resnet_core.inference.preprocessing import seen_image, ten_crops, to_batch
from resnet_core.models.compute import pick_device
from resnet_core.models.network import ResNet
from resnet_core.weights.library import DEFAULT_WEIGHTS, Weights, load_weights

__all__ = ["Classifier", "ImageSource", "Prediction", "ScoredClass", "rank_classes", "read_image"]

ImageSource = Image.Image | bytes | bytearray | memoryview | BinaryIO | str | Path
Source = TypeVar("Source", bound=ImageSource)


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
        weights: str | Path | Weights = DEFAULT_WEIGHTS,
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
        """Classify one picture: a PIL image, the bytes of a file, a file opened for reading bytes, or its path.

        Args:
            top_k: how many classes to name.
            ten_crop: average the logits over the corners, the centre and their mirror images.

        Raises:
            ImageError: if it can't be read as a picture.
        """
        return next(self.predict_many([image], top_k, ten_crop))

    def predict_many(
        self, images: Iterable[ImageSource], top_k: int = 5, ten_crop: bool = False, batch_size: int = 16
    ) -> Iterator[Prediction]:
        """Classify pictures in batches, yielding an answer for each in their order; reads one batch ahead at most.

        Raises:
            ImageError: at the first picture that can't be read; `predict_each` goes on.
            InvalidSpecError: for a batch_size below 1.
        """
        for _, answer in self.predict_each(images, top_k, ten_crop, batch_size):
            if isinstance(answer, ImageError):
                raise answer
            yield answer

    def predict_each(
        self, images: Iterable[Source], top_k: int = 5, ten_crop: bool = False, batch_size: int = 16
    ) -> Iterator[tuple[Source, Prediction | ImageError]]:
        """As `predict_many`, each picture with its answer, or with why it can't be read. No more than one is in memory.

        Raises:
            InvalidSpecError: for a batch_size below 1.
        """
        if batch_size < 1:
            raise InvalidSpecError(f"batch_size={batch_size} does not work: it must be at least 1.")
        remaining = iter(images)
        while batch := list(islice(remaining, batch_size)):
            yield from self._answer_batch(batch, top_k, ten_crop)

    def seen(self, image: ImageSource) -> Image.Image:
        """What the network sees of a picture after resize and crop, before normalisation."""
        return seen_image(read_image(image), self.weights.preprocessing)

    def crops(self, image: ImageSource) -> tuple[Image.Image, ...]:
        """The ten crops that `ten_crop=True` averages over, before normalisation."""
        return ten_crops(read_image(image), self.weights.preprocessing)

    def _answer_batch(
        self, sources: Sequence[Source], top_k: int, ten_crop: bool
    ) -> Iterator[tuple[Source, Prediction | ImageError]]:
        views = [self._view(source, ten_crop) for source in sources]
        readable = [view for view in views if isinstance(view, _View)]
        if not readable:
            yield from zip(sources, (view for view in views if isinstance(view, ImageError)), strict=True)
            return
        started = time.perf_counter()
        batch = to_batch([crop for view in readable for crop in view.crops], self.weights.preprocessing)
        normalised = time.perf_counter()
        logits, choice = self.engine.run(batch)
        crops = torch.split(batch, len(batch) // len(readable))
        pairs = zip(_by_picture(logits, len(readable)), crops, strict=True)
        rows = iter([self._exactly(*pair, choice) for pair in pairs])
        ended = time.perf_counter()
        shares_ms = [seconds * 1000 / len(readable) for seconds in (normalised - started, ended - normalised)]
        for source, view in zip(sources, views, strict=True):
            answer = view if isinstance(view, ImageError) else self._answer(view, *next(rows), shares_ms, top_k)
            yield source, answer

    def _exactly(self, row: list[float], crops: Tensor, choice: EngineChoice) -> tuple[list[float], EngineChoice]:
        """Logits of a picture and how they came: in float32, where 16 bits might have changed what is said."""
        if choice.precision == "fp32" or not is_close(row, self.weights.grouping):
            return row, choice
        logits, choice = self.engine.run(crops, exactly=True)
        return _by_picture(logits, 1)[0], choice

    def _view(self, source: ImageSource, ten_crop: bool) -> _View | ImageError:
        """Crops of a picture. The picture itself, of up to 67 MB, goes before the next one is read."""
        try:
            image = read_image(source)
        except ImageError as error:
            return error
        started = time.perf_counter()
        preprocessing = self.weights.preprocessing
        crops = ten_crops(image, preprocessing) if ten_crop else (seen_image(image, preprocessing),)
        return _View(image.size, crops, (time.perf_counter() - started) * 1000)

    def _answer(
        self, view: _View, logits: list[float], choice: EngineChoice, shares_ms: Sequence[float], top_k: int
    ) -> Prediction:
        """`shares_ms`: of this picture in normalising the batch, and in running the network on it."""
        classes, grouping = self.weights.classes, self.weights.grouping
        unnamed = withheld(logits, grouping)
        return Prediction(
            top=rank_classes(logits, classes, top_k, withheld=unnamed),
            headline=headline(logits, classes, grouping),
            groups=score_groups(logits, grouping),
            withheld=unnamed,
            logits=tuple(logits),
            classes=classes,
            weights=self.weights.name,
            model=self.weights.spec.name,
            device=choice.device,
            precision=choice.precision,
            engine=choice.backend,
            duration_ms=shares_ms[1],
            view_ms=view.duration_ms + shares_ms[0],
            image_size=view.image_size,
            seen_size=view.crops[0].size,
            crops=len(view.crops),
        )


def _by_picture(logits: Tensor, pictures: int) -> list[list[float]]:
    """The mean over the crops of each picture, of which all have as many."""
    means: list[list[float]] = logits.reshape(pictures, -1, logits.shape[1]).mean(1).tolist()
    return means


@dataclass(frozen=True, slots=True)
class _View:
    """What is left of a picture once it has been cropped, and how long that took."""

    image_size: tuple[int, int]
    crops: tuple[Image.Image, ...]
    duration_ms: float


def read_image(source: ImageSource, shorter: int = MAX_SIDE) -> Image.Image:
    """A PIL image of any mode, the bytes of a file, a file object or a path, as an RGB picture.

    A PIL image that still carries EXIF's orientation or a colour profile is turned and converted as its file would be.
    A file object is read from where it stands, 20 MB at most.

    Args:
        shorter: pixels of the shorter side that are enough, as for `decode_image`; a PIL image stays as large as it is.

    Raises:
        ImageError: if it is none of these, or can't be read.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return decode_image(bytes(source), shorter)
    if isinstance(source, str | Path):
        return open_image(source, shorter)
    if not isinstance(source, Image.Image):
        return decode_image(_read_bytes(source), shorter)
    if 0 in source.size:
        raise ImageError(f"The picture has {source.width} x {source.height} pixels; it needs at least one.")
    try:
        return as_meant(source)
    except OSError as error:  # Pillow reads the pixels of an opened file only now
        raise ImageError(
            f"The picture can't be read ({error}). Save it anew, or pass the bytes of its file."
        ) from error


def _read_bytes(file: object) -> bytes:
    """What is left in a file object, up to one byte more than is allowed.

    Raises:
        ImageError: if it is no file object that gives bytes.
    """
    read = getattr(file, "read", None)
    if not callable(read):
        raise ImageError(
            f"A {type(file).__name__} is no picture. Pass a PIL image, a file's bytes, a file opened for reading "
            "bytes, or its path; of an array, Image.fromarray(array)."
        )
    try:
        data = read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:  # a closed file is a ValueError, as is text that is none
        raise ImageError(f'The file can\'t be read ({error}). Open it anew for reading bytes ("rb").') from error
    if not isinstance(data, bytes):
        raise ImageError(f'The file gives {type(data).__name__} instead of bytes. Open it with "rb".')
    return data
