"""open_network(): whatever names a network, and a picture, as a network in eval mode and the batch that it gets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from numbers import Integral
from pathlib import Path

from threadpoolctl import ThreadpoolController
from torch import Tensor

from resnet_core.errors import InvalidSpecError, require
from resnet_core.inference.classifier import Classifier, read_image
from resnet_core.inference.explain.twin import twin
from resnet_core.inference.explain.walk import Explained, Step, batch_of, steps_of
from resnet_core.inference.preprocessing import seen_image, to_batch
from resnet_core.models.blocks import ResidualBlock
from resnet_core.models.network import ResNet
from resnet_core.weights.library import load_weights
from resnet_core.weights.note import Note
from resnet_core.weights.preparation import preparation
from resnet_core.weights.record import Preprocessing, Weights

Network = str | Path | Weights | Classifier | ResNet
SMALL_PIXELS = 64 * 64  # of a picture: below, threads wait for each other longer than they work


def open_network(network: Network, picture: Explained) -> tuple[ResNet, Tensor]:
    """The network in eval mode, and the picture as it gets it: (1, C, H, W), normalised, on its device.

    Args:
        network: weights by name, by file or as a record, a Classifier, or a network of `build_model`. Such a network
            does not know how its pictures are prepared: they get its spec's size, and ImageNet's mean and deviation.
            One that is in training mode stays so; its twin with the same weights is looked into.
        picture: a PIL image, a file's bytes or path; or what a network gets, as a tensor (C, H, W) or (1, C, H, W).

    Raises:
        ImageError: if the picture can't be read.
        WeightsError: if the weights are missing, damaged or made for another network.
        InvalidSpecError: for what is no network of ours, or a tensor of another shape.
    """
    if isinstance(network, Classifier):
        model, x = network.model, batch_of(network, _four_axes(picture))
    elif isinstance(network, str | Path | Weights):
        model, weights = load_weights(network)
        x = _prepared(picture, weights.preprocessing)
    else:
        steps_of(network)  # refuses what is no network of ours
        model = network
        x = _prepared(picture, None if isinstance(picture, Tensor) else preparation(Note(), model.spec, "it")[0])
    first = next(model.parameters())
    if first.is_meta:
        raise InvalidSpecError(
            "A network on the meta device has no weights to look into. Build it without device='meta', or load weights."
        )
    if x.shape[1] != model.spec.in_channels:
        raise InvalidSpecError(
            f"The tensor has {x.shape[1]} channels; {model.spec.name} takes {model.spec.in_channels}. "
            "Pass the picture itself, which is prepared as the network asks for it."
        )
    return (twin(model).eval() if model.training else model), x.to(first)


def block_step(model: ResNet, block: str) -> tuple[list[Step], int]:
    """All steps of a network, and the number of the one that is the block of this path.

    Raises:
        InvalidSpecError: for a path that is no block.
    """
    steps = steps_of(model)
    blocks = {step.path: number for number, step in enumerate(steps) if isinstance(step.module, ResidualBlock)}
    if block not in blocks:
        raise InvalidSpecError(
            f"{block!r} is no block of {model.spec.name}. Its {len(blocks)} blocks are: {', '.join(blocks)}.",
            field="block",
        )
    return steps, blocks[block]


def class_or_likeliest(logits: Tensor, class_index: int | None) -> int:
    """The class that is asked for, or the likeliest one of (1, classes).

    Raises:
        InvalidSpecError: for a class that the network does not know.
    """
    count = logits.shape[1]
    if class_index is None:
        return int(logits.argmax())
    whole = isinstance(class_index, Integral) and not isinstance(class_index, bool)
    require(
        whole and 0 <= class_index < count, "class_index", class_index,
        f"a whole number, and the network knows 0 to {count - 1}",
    )  # fmt: skip
    return int(class_index)


@contextmanager
def threads_for(x: Tensor) -> Iterator[None]:
    """One OpenMP thread for small pictures, in this thread of Python alone; all of them for large ones."""
    if x.shape[-1] * x.shape[-2] > SMALL_PIXELS or x.device.type != "cpu":
        yield
        return
    with _controller().limit(limits=1, user_api="openmp"):
        yield


@cache
def _controller() -> ThreadpoolController:
    """Made once: it looks through all libraries that are loaded."""
    return ThreadpoolController()


def _four_axes(picture: Explained) -> Explained:
    if not isinstance(picture, Tensor):
        return picture
    if picture.ndim == 3:
        picture = picture[None]
    if picture.ndim != 4 or len(picture) != 1:
        raise InvalidSpecError(
            f"A tensor of shape {tuple(picture.shape)} is not one picture: pass (C, H, W) or (1, C, H, W), normalised."
        )
    return picture


def _prepared(picture: Explained, preprocessing: Preprocessing | None) -> Tensor:
    picture = _four_axes(picture)
    if isinstance(picture, Tensor):
        return picture
    assert preprocessing is not None
    return to_batch([seen_image(read_image(picture), preprocessing)], preprocessing)
