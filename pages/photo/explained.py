"""What the page Inside computes of a picture: once in a visit, a few at a time on the server, gone with the visit."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import numpy as np
import streamlit as st

import resnet_core as rc
from pages._server import decoding_slot
from pages.photo.pictures import Picture, remembered

if TYPE_CHECKING:
    import numpy.typing as npt
    from PIL.Image import Image

    from resnet_core.inference.explain.activations import Activation
    from resnet_core.inference.explain.features import FeatureMaps
    from resnet_core.inference.explain.grad_cam import StageMaps
    from resnet_core.inference.explain.lesion import BlockPart
    from resnet_core.inference.explain.occlusion import Occlusion
    from resnet_core.inference.explain.sanity import SanityCheck
    from resnet_core.inference.explain.shortcut.flow import BlockFlow
    from resnet_core.weights.record import Weights

Found = TypeVar("Found")
Progress = Callable[[float], None]

PATIENCE_S = 0.4  # what is ready before that shows no progress bar
DRAWS = 5


class Subject(NamedTuple):
    """One picture before one network: what the network sees of it, and the same as numbers."""

    key: tuple[str, Weights]
    seen: Image
    batch: Any
    note: str


def subject_of(picture: Picture, network: rc.Classifier) -> Subject:
    """The picture as the network gets it; the upload itself is not kept.

    Raises:
        ImageError: if the picture can't be read.
        QueueFullError: if too many pictures wait on this server.
    """
    from resnet_core.inference.preprocessing import to_batch

    key = (picture.key, network.weights)

    def compute(_: object) -> Subject:
        image = picture.load()
        seen = network.seen(image)
        return Subject(key, seen, to_batch([seen], network.weights.preprocessing), image.info.get("note", ""))

    return once("subjects", key, "Reading the picture", compute, most=8)


def logits_of(
    subject: Subject, network: rc.Classifier, off: tuple[str, ...] = (), cut: tuple[str, ...] = ()
) -> tuple[float, ...]:
    """What the network says, without some of its branches and some of its shortcuts."""
    return once(
        "inside_logits", (*subject.key, off, cut), "Asking the network",
        lambda _: rc.answer_without(network, subject.batch, off, cut), most=64,
    )  # fmt: skip


def maps_of(subject: Subject, network: rc.Classifier, index: int, method: str) -> StageMaps:
    """A heat map of each stage for one class."""
    return once(
        "inside_maps", (*subject.key, index, method), "Following the gradient",
        lambda _: rc.grad_cam(network, subject.batch, index, method), most=24,
    )  # fmt: skip


def occlusion_of(subject: Subject, network: rc.Classifier, index: int) -> Occlusion:
    """What each part of the picture is worth to one class."""
    return once(
        "inside_occlusion", (*subject.key, index), "Covering one square after the other",
        lambda progress: rc.occlude(network, subject.batch, index, progress=progress), most=24,
    )  # fmt: skip


def sanity_of(subject: Subject, network: rc.Classifier, stage: str, index: int, method: str) -> list[SanityCheck]:
    """The map of one stage with random weights at the network's end."""
    return once(
        "inside_sanity", (*subject.key, stage, index, method), "Forgetting what was learnt",
        lambda progress: rc.sanity_check(network, subject.batch, stage, index, method, DRAWS, progress), most=24,
    )  # fmt: skip


def features_of(subject: Subject, network: rc.Classifier, stage: str, k: int) -> FeatureMaps:
    """The strongest channels of one stage."""
    return once(
        "inside_features", (*subject.key, stage, k), "Looking at the channels",
        lambda _: rc.feature_maps(network, subject.batch, stage, k), most=8,
    )  # fmt: skip


def activations_of(
    subject: Subject, network: rc.Classifier, off: tuple[str, ...] = (), cut: tuple[str, ...] = ()
) -> dict[str, Activation]:
    """What every part of the network puts out, a few channels each, without some of its branches and shortcuts."""
    return once(
        "alive", (*subject.key, off, cut), "Watching every layer",
        lambda _: rc.activations(network, subject.batch, blocks=off, shortcuts=cut), most=4,
    )  # fmt: skip


def terms_of(subject: Subject, network: rc.Classifier, block: str) -> tuple[int, npt.NDArray[np.float32]]:
    """The channel of a block in which the smaller of x and F(x) is largest; there x, F(x) and their sum, (3, H, W)."""

    def compute(_: object) -> tuple[int, npt.NDArray[np.float32]]:
        found = rc.addition(network, subject.batch, block)
        x, branch = (np.abs(term).mean((1, 2)) for term in (found.x, found.branch))
        channel = int(np.minimum(x, branch).argmax())
        return channel, np.stack([term[channel] for term in (found.x, found.branch, found.sum)])

    return once("alive_terms", (*subject.key, block), "Adding", compute, most=8)


def flow_of(subject: Subject, network: rc.Classifier) -> list[BlockFlow]:
    """Each addition, and how the gradient comes back through it."""
    return once(
        "shortcut_flow", subject.key, "Following the gradient", lambda _: rc.block_flow(network, subject.batch), most=8
    )


def parts_of(subject: Subject, network: rc.Classifier, index: int) -> list[BlockPart]:
    """What each block adds, and what the class is worth without it."""
    return once(
        "inside_parts", (*subject.key, index), "Switching off one block after the other",
        lambda progress: rc.block_parts(network, subject.batch, index, progress), most=24,
    )  # fmt: skip


def once(shelf: str, key: tuple[Hashable, ...], words: str, compute: Callable[[Progress], Found], most: int) -> Found:
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
