"""What the experiments begin with: untrained networks for the digits, pictures, and how they tell that they go on."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product

import torch
from torch import Tensor, nn

from resnet_core.errors import InvalidSpecError, require
from resnet_core.lab.data.batches import normalise, training_batch, validation_batch
from resnet_core.lab.data.sets import DataSet, load_data
from resnet_core.lab.recipe.arms import ARMS, INITS, arm_config
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.recipe.size import with_depth, with_width
from resnet_core.lab.training.initialisation import initialise_as
from resnet_core.models.network import ResNet, build_model

Progress = Callable[[float], None]  # is told the share that is done, 0 to 1; what it raises cancels
NORMS = ("batch", "none")


def nobody(_share: float) -> None:
    """Nobody looks on."""


def untrained(arm: str, depth: int, norm: str = "batch", seed: int = 0, width: int = 16) -> ResNet:
    """The network with which an arm of the race on digits begins.

    Args:
        arm: a name of `recipe.arms.ARMS`.
        depth: layers, 6n+2.
        norm: "batch" or "none".

    Raises:
        InvalidSpecError: for an arm, a depth or a norm that there is not.
    """
    require(arm in ARMS, "arm", arm, f"one of {', '.join(ARMS)}")
    require(norm in NORMS, "norm", norm, " or ".join(NORMS))
    config = arm_config(with_width(with_depth(RACE, depth), width), arm)
    spec = config.spec().override(in_channels=1, num_classes=10, input_size=(8, 8), norm=norm)
    model = build_model(spec, device="cpu", seed=seed)
    if arm in INITS:
        initialise_as(model, INITS[arm], seed)
    return model.to(memory_format=torch.channels_last)


def each_network(
    depths: Sequence[int], arms: Sequence[str], norms: Sequence[str], progress: Progress
) -> Iterator[tuple[int, str, str]]:
    """Depth, arm and norm of each network that is wanted; a deep one is a larger share of what `progress` is told."""
    wanted = list(product(depths, arms, norms))
    work, done = sum(depth for depth, _, _ in wanted), 0
    for depth, arm, norm in wanted:
        yield depth, arm, norm
        done += depth
        progress(done / work)


@cache
def digits() -> DataSet:
    """The bundled digits: 1,500 to train on, 297 held out."""
    return load_data("digits")


def first_batch(seed: int = 0, size: int = 64) -> tuple[Tensor, Tensor]:
    """The batch with which a race of that seed begins: pictures (N, 1, 8, 8), normalised, and labels (N,)."""
    return training_batch(digits(), 0, batch_size=size, seed=seed, augment=False)


def all_pictures(data: DataSet) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Training pictures (N, C, H, W), normalised, and their labels; the same of the held-out ones."""
    held_out, labels = validation_batch(data, 0, len(data.validation_labels))
    return normalise(data.train_images, data), data.train_labels, held_out, labels


@torch.no_grad()
def calibrated(model: ResNet, images: Tensor) -> ResNet:
    """The network in eval mode. Where its batch norm has seen nothing yet, a copy whose statistics are of `images`.

    Untouched running statistics (mean 0, variance 1) would make an untrained network another one than trains.
    """
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    if not all(_has_seen_nothing(module) for module in norms):
        return copy.deepcopy(model).eval()
    own = copy.deepcopy(model).train()
    for module in own.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # the mean over all batches: here of one
    own(images)
    return own.eval()


def _has_seen_nothing(norm: nn.BatchNorm2d) -> bool:
    assert norm.running_mean is not None
    assert norm.running_var is not None
    return not norm.running_mean.any() and bool((norm.running_var == 1).all())


def check_fits(model: ResNet, data: DataSet) -> None:
    """Refuse a network that can't read the pictures of a set.

    Raises:
        InvalidSpecError: saying how to build one that can.
    """
    if model.spec.in_channels != data.channels:
        raise InvalidSpecError(
            f"The network takes pictures of {model.spec.in_channels} channels, {data.name} has {data.channels}. "
            f"Build it with in_channels={data.channels}, or pass other data."
        )
