"""Weights files on disk, bundled or of yours, described by the note beside them or by their names."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from resnet_core.errors import InvalidSpecError, UnknownModelError, WeightsError
from resnet_core.models.catalogue import CATALOGUE, get_spec
from resnet_core.weights.published import published_weights
from resnet_core.weights.record import Preprocessing, Weights
from resnet_core.weights.state_dicts import SUFFIXES

Source = Literal["bundled", "local"]
BUNDLED: Source = "bundled"
LOCAL: Source = "local"
logger = logging.getLogger(__name__)


def weights_files(folder: Path) -> list[Path]:
    """The .safetensors, .pth and .pt files of a folder, by name; none where it does not exist."""
    return sorted(path for path in folder.glob("*") if path.suffix in SUFFIXES)


def weights_in(folder: Path, source: Source) -> Iterator[Weights]:
    """The files of a folder that say which network they are for, except those that torchvision published."""
    for path in weights_files(folder):
        try:
            weights = weights_of_file(path, source)
        except WeightsError as error:  # one stray file must not hide the others
            logger.warning("%s is left out: %s", path, error)
            continue
        if weights.source != "published":
            yield weights


def weights_of_file(path: Path, source: Source = LOCAL) -> Weights:
    """Described by the JSON note beside it, by torchvision's own file name, or by a network's name in front.

    A file with neither note nor torchvision's name is taken to want torchvision's usual ImageNet preprocessing.

    Raises:
        WeightsError: if there is no such file, none of the three tells, or the note is damaged.
    """
    if not path.is_file():
        raise WeightsError(f"There is no weights file {path}. Check its name and folder.")
    size_bytes = path.stat().st_size
    if _note_of(path).is_file():
        return replace(_of_note(path, source), size_bytes=size_bytes)
    if published := _published_as(path.name):
        return replace(published, path=path, size_bytes=size_bytes)
    network = _network_in(path.stem)
    if not network or get_spec(network).stem != "imagenet":
        raise WeightsError(
            f"{path.name} does not say which network it is for. Begin its name with an ImageNet network's "
            f"(resnet50-mine.pth), or put {_note_of(path).name} beside it with model, classes, image_size, mean, std."
        )
    return Weights(
        name=path.stem, spec=get_spec(network), source=source, path=path, preprocessing=Preprocessing(),
        size_bytes=size_bytes,
    )  # fmt: skip


def _published_as(file: str) -> Weights | None:
    if not re.search(r"-[0-9a-f]{8}\.pth$", file):  # spare others the import of torchvision
        return None
    return next((w for w in published_weights() if w.path.name == file), None)


def _of_note(path: Path, source: Source) -> Weights:
    """The note is what `resnet_core.lab.training.checkpoints.save_trained` writes."""
    try:
        about: dict[str, Any] = json.loads(_note_of(path).read_text("utf-8"))
        recipe = about.get("recipe", {})
        side = min(about["image_size"])
        return Weights(
            name=path.stem,
            spec=get_spec(about["model"]).override(
                num_classes=len(about["classes"]), in_channels=len(about["mean"]), **dict(recipe.get("overrides", ()))
            ),
            source=source,
            path=path,
            preprocessing=Preprocessing(
                resize_size=side, crop_size=side, mean=tuple(about["mean"]), std=tuple(about["std"])
            ),
            sha256=about.get("sha256", ""),
            classes=tuple(map(str, about["classes"])),
            data=about.get("data_note") or recipe.get("data", ""),
            top1=_last_accuracy(about.get("history", [])),
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError, UnknownModelError, InvalidSpecError) as error:
        raise WeightsError(
            f"{_note_of(path)} can't be used ({error!r}). It must be JSON with model, classes, image_size, mean, std."
        ) from error


def _last_accuracy(history: list[dict[str, float]]) -> float | None:
    """In percent, after the last epoch of a recorded run."""
    return round(100 * (1 - history[-1]["validation_error"]), 2) if history else None


def _note_of(path: Path) -> Path:
    return path.with_suffix(".json")


def _network_in(stem: str) -> str | None:
    """The longest network's name that begins a file's name, e.g. "resnet50_v1" in "resnet50_v1-mine"."""
    names = [name for name in CATALOGUE if stem == name or stem.startswith((f"{name}-", f"{name}."))]
    return max(names, key=len, default=None)
