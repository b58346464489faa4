"""Lesions on this machine: of bundled networks, where CIFAR-10 lies on the disk, and of one trained on digits now."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from resnet_core.inference.classifier import Classifier
from resnet_core.lab.data.available import cifar10_on_disk
from resnet_core.lab.data.pictures import read_some_held_out
from resnet_core.lab.data.sets import LabelledImages, cifar10_test_part
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.recipe.size import with_depth
from resnet_core.lab.theory.lesions import Lesions, lesions
from resnet_core.lab.theory.start import Progress, all_pictures, digits, nobody
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.train import one_thread
from resnet_core.models.network import ResNet

EPOCHS, DEPTH = 2, 20  # of the network for digits: a second of one core
TRAINING = 0.75  # share of the time on digits


def cifar_test(
    weights: str, count: int = 1000, folder: Path | None = None, start: int = 0
) -> tuple[ResNet, Tensor, Tensor]:
    """A bundled CIFAR-10 network, and test pictures of each class in turn, as it wants them, with labels.

    Args:
        weights: "cifar_resnet20" or "cifar_resnet56".
        count: of pictures.
        folder: where CIFAR-10 lies, as `load_data` reads it; where `cifar10_on_disk` finds it otherwise.
        start: the first picture's number in that order, a multiple of ten.

    Raises:
        DataError, WeightsError: for what is not on this machine.
    """
    classifier = Classifier.load(weights, device="cpu", backend="eager", precision="fp32")
    images, labels = _some_of_each(folder or cifar10_on_disk(), start // 10, -(-(start + count) // 10))
    order = torch.stack([(labels == k).nonzero()[:, 0] for k in range(10)]).T.flatten()[:count]
    prepared = classifier.weights.preprocessing
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) * 255 for values in (prepared.mean, prepared.std))
    return classifier.model, (images[order].float() - mean) / std, labels[order]


def _some_of_each(folder: Path | None, first: int, last: int) -> LabelledImages:
    if folder is not None and (folder / "train").is_dir():
        return read_some_held_out(folder, first, last)
    images, labels = cifar10_test_part(folder)
    chosen = torch.cat([(labels == k).nonzero()[first:last, 0] for k in range(10)])
    return images[chosen], labels[chosen]


def block_lesions(weights: str, block: str, start: int = 0, count: int = 100, progress: Progress = nobody) -> Lesions:
    """One block of a bundled network with each change, on some of the thousand test pictures that are recorded.

    Args:
        weights: "cifar_resnet20" or "cifar_resnet56".
        block: its path.
        start, count: which of the thousand; multiples of ten.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        DataError: where CIFAR-10 does not lie on this machine.
        InvalidSpecError: for a block that there is not.
    """
    network, images, labels = cifar_test(weights, count, start=start)
    with one_thread():
        return lesions(network, images, labels, seed=start, blocks=(block,), progress=progress)


def digit_lesions(seed: int = 0, progress: Progress = nobody) -> Lesions:
    """Train a residual network on digits for two epochs, and replace each of its branches on digits held out.

    Args:
        seed: of weights and order.
        progress: is told the share that is done; what it raises cancels.
    """
    learner = Learner(with_depth(RACE.override(epochs=EPOCHS, seed=seed), DEPTH), digits(), torch.device("cpu"))
    for step in range(learner.total_steps):
        with one_thread():
            learner.train_step(*learner.next_batch())
        progress(TRAINING * (step + 1) / learner.total_steps)
    _, _, unseen, answers = all_pictures(digits())
    network = learner.model.eval()
    with one_thread():
        return lesions(
            network, unseen, answers, seed=seed, progress=lambda share: progress(TRAINING + (1 - TRAINING) * share)
        )
