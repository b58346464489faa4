"""torchvision's published ImageNet weights, described by torchvision's own enums."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import torch

from resnet_core.models.catalogue import CATALOGUE, get_spec
from resnet_core.weights.record import Preprocessing, Weights


def published_weights(folder: Path | None = None) -> list[Weights]:
    """One record per version of each network that torchvision has, newest version first.

    A file lies in `folder` if it is there, otherwise in torch hub's cache, now or once it is fetched.
    """
    hub = Path(torch.hub.get_dir()) / "checkpoints"
    here = {path.name: path for path in folder.glob("*.pth")} if folder else {}
    return [replace(w, path=here.get(w.path.name, hub / w.path.name)) for w in _enum_members()]


@cache
def _enum_members() -> tuple[Weights, ...]:
    """torchvision's ImageNet weights of every network in the catalogue, from its own enums, newest version first."""
    from torchvision import models

    names = [name for name in models.list_models(module=models) if name in CATALOGUE]
    enums = {name: models.get_model_weights(name) for name in sorted(names, key=list(CATALOGUE).index)}
    return tuple(_of_enum(name, member) for name, enum in enums.items() for member in reversed(enum))


def _of_enum(network: str, member: Any) -> Weights:
    crop = member.transforms()
    file = member.url.rpartition("/")[2]
    return Weights(
        name=f"{network}.{member.name}",
        spec=get_spec(network),
        source="published",
        path=Path(file),
        preprocessing=Preprocessing(
            resize_size=crop.resize_size[0],
            crop_size=crop.crop_size[0],
            mean=tuple(crop.mean),
            std=tuple(crop.std),
            interpolation=crop.interpolation.value,
        ),
        sha256=Path(file).stem.rpartition("-")[2],
        classes=tuple(member.meta["categories"]),
        url=member.url,
        size_bytes=round(member.meta["_file_size"] * 2**20),
        data="ImageNet-1K",
        top1=member.meta["_metrics"]["ImageNet-1K"]["acc@1"],
    )
