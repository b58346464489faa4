"""Weights and Preprocessing: what is known about one set of weights before its file is opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from resnet_core.models.spec import ModelSpec
from resnet_core.weights.grouping import Grouping

# The bundled network that answers where nobody names another. Pages and commands all take it from here.
DEFAULT_WEIGHTS = "tiny_imagenet_resnet18"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """What a picture goes through before these weights see it.

    Attributes:
        resize_size: pixels of the shorter side after resizing.
        crop_size: side of the central square that is kept, in pixels.
        mean, std: per channel, of pictures scaled to 0..1; one value means a grey picture.
        interpolation: "bilinear", "bicubic", "nearest" ..., always with antialiasing.
    """

    resize_size: int = 256
    crop_size: int = 224
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    std: tuple[float, ...] = (0.229, 0.224, 0.225)
    interpolation: str = "bilinear"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One set of weights: what it is for, where its file lies or comes from. Load it with `load_weights`.

    Attributes:
        name: what to ask for, e.g. "cifar_resnet20" or "resnet50.IMAGENET1K_V2".
        spec: the network that they fit.
        source: "bundled" with this project, "published" by torchvision, a "local" file of yours, or one that was
            "sent" to a server and lies in memory alone.
        path: where the file lies, or will lie once it is fetched.
        sha256: its hash or the first digits of it; empty where none is known.
        classes: labels in the order of the logits; "class 0", ... for a local file without a note.
        url: where a published file comes from.
        size_bytes: of the file; about, where it is not here yet.
        data: what they were trained on.
        top1: accuracy on that data's test or validation set in percent, where it is known.
        wordnet_ids: of the classes, where they are known.
        origin: where a local file comes from, in the words of its note.
        grouping: groups of the classes, and when an answer is sure; None where no note says it.
        remarks: sentences for who uses them: what was assumed, since neither file nor note says it, or ignored.
    """

    name: str
    spec: ModelSpec
    source: Literal["bundled", "published", "local", "sent"]
    path: Path
    preprocessing: Preprocessing
    sha256: str = ""
    classes: tuple[str, ...] = ()
    url: str = ""
    size_bytes: int = 0
    data: str = ""
    top1: float | None = None
    wordnet_ids: tuple[str, ...] = ()
    origin: str = ""
    grouping: Grouping | None = None
    remarks: tuple[str, ...] = ()

    @property
    def availability(self) -> Literal["bundled", "on disk", "in memory", "downloadable", "missing"]:
        """Whether `load_weights` can load them now, or `fetch_weights` first, or `load_upload` what was sent."""
        if self.source == "sent":
            return "in memory"
        if self.path.is_file():
            return "bundled" if self.source == "bundled" else "on disk"
        return "downloadable" if self.url else "missing"
