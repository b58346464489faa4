"""What the page Shortcut computes of a picture: once in a visit, a few at a time on the server, gone with the visit."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Callable, Hashable
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import streamlit as st

import resnet_core as rc
from pages._caches import walked
from pages._server import decoding_slot
from pages.photo.explained import Subject
from pages.photo.pictures import remembered
from resnet_core.figures.photo.block_parts import block_name

if TYPE_CHECKING:
    from PIL.Image import Image

Found = TypeVar("Found")
Progress = Callable[[float], None]

PATIENCE_S = 0.6  # what is ready before that shows no progress bar
MOST_BLOCKS = 12  # whose maps a visit keeps
PHOTO_SIDE = 224


class Scene(NamedTuple):
    """One picture in one network: all that the drawing shows whichever block is open."""

    key: str
    name: str
    subject: Subject
    network: rc.Classifier
    blocks: list[list[Any]]
    photo: str
    side: int

    @property
    def plain(self) -> bool:
        """Whether the network has no addition at all."""
        return len(self.blocks[0]) == 2


def scene_of(subject: Subject, network: rc.Classifier) -> Scene:
    """A picture before a network, with each block in figures. A plain network has its blocks' names alone."""
    spec = network.model.spec
    flow = _once(
        "shortcut_flow", subject.key, "Following the gradient", lambda _: rc.block_flow(network, subject.batch), most=8
    )
    blocks = rc.figures.flow_payload(flow) or [[path, block_name(path)] for path, _ in network.model.residual_blocks()]
    return Scene(
        key="|".join(subject.key), name=spec.name, subject=subject, network=network, blocks=blocks,
        photo=_uri(subject.seen), side=subject.seen.width,
    )  # fmt: skip


def maps_of(scene: Scene, path: str, first: int, wanted: int | None) -> dict[str, Any]:
    """The maps of one block, as the drawing gets them.

    Raises:
        InvalidSpecError: where values are infinite.
    """

    def compute(_: Progress) -> dict[str, Any]:
        if scene.plain:
            bare = rc.transformation(scene.network, scene.subject.batch, path)
            liked = rc.figures.likest_channel(bare.h, _grey(scene.subject.seen, bare.h.shape[1:]))
            return rc.figures.plain_payload(bare, first, liked if wanted is None else wanted) | {"liked": liked}
        terms = rc.addition(scene.network, scene.subject.batch, path)
        liked = rc.figures.likest_channel(terms.sum, _grey(scene.subject.seen, terms.sum.shape[1:]))
        return rc.figures.addition_payload(terms, first, liked if wanted is None else wanted) | {"liked": liked}

    key = (*scene.subject.key, path, first, wanted)
    maps = _once("shortcut_maps", key, "Looking into the block", compute, most=MOST_BLOCKS)
    liked = maps["liked"] if maps["liked"] in maps["sent"] else maps["sent"][0]
    return maps | {"liked": liked, "fields": _fields(scene, path)}


def answers_of(scene: Scene, path: str) -> dict[str, Any]:
    """The answers for each alpha, of this block under its path and of all blocks under ""."""
    if scene.plain:
        return {}
    classes = scene.network.weights.classes
    return {
        block or "": _once(
            "shortcut_sweeps", (*scene.subject.key, block), "Asking the network once for each alpha",
            lambda progress, block=block: rc.figures.sweep_payload(
                rc.branch_sweep(scene.network, scene.subject.batch, block, progress=progress), classes
            ), most=64,
        )
        for block in (path, None)
    }  # fmt: skip


def before_training(scene: Scene) -> dict[str, Any]:
    """The same figures of all blocks with fresh weights, and the law that they follow."""
    if scene.plain:
        return {}
    from resnet_core.inference.explain.shortcut.flow import law

    fresh = _once(
        "shortcut_fresh", scene.subject.key, "Beginning anew with fresh weights",
        lambda _: rc.figures.flow_payload(rc.fresh_flow(scene.network, scene.subject.batch)), most=4,
    )  # fmt: skip
    return {"fresh": [one[3:6] for one in fresh], "law": law(scene.network.model.spec)}


def _fields(scene: Scene, path: str) -> list[int]:
    """How many pixels a side one value of x and one of F(x) see."""
    calls = walked(scene.network.model.spec, scene.side).calls
    inside = [number for number, call in enumerate(calls) if call.path.startswith(f"{path}.")]
    before = max((_side(call.receptive_field) for call in calls[: inside[0]]), default=1)
    return [before, max(_side(calls[number].receptive_field) for number in inside)]


def _side(field: tuple[int, int] | None) -> int:
    return max(field) if field else 0


def _grey(seen: Image, size: tuple[int, ...]) -> Any:
    import numpy as np

    height, width = size
    return np.asarray(seen.convert("L").resize((width, height), resample=4), np.float32)


def _uri(seen: Image) -> str:
    """What the network sees as a data URI: a small picture pixel by pixel, a large one as a photograph."""
    picture, data = seen.convert("RGB"), BytesIO()
    small = picture.width <= PHOTO_SIDE // 2
    if not small:
        picture.thumbnail((PHOTO_SIDE, PHOTO_SIDE))
    picture.save(data, "PNG" if small else "JPEG", quality=85)
    return f"data:image/{'png' if small else 'jpeg'};base64,{b64encode(data.getvalue()).decode()}"


def _once(shelf: str, key: tuple[Hashable, ...], words: str, compute: Callable[[Progress], Found], most: int) -> Found:
    """What `compute(progress)` gives, once in a visit, with a progress bar where it takes a while."""

    def run() -> Found:
        bar, started = st.empty(), time.monotonic()

        def progress(share: float) -> None:
            if time.monotonic() - started > PATIENCE_S:
                bar.progress(share, words)

        with decoding_slot():
            result = compute(progress)
        bar.empty()
        return result

    return remembered(shelf, key, run, most)
