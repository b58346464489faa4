"""trained_forgetting(): what a probe reads in the bundled CIFAR-10 networks, recorded and measured anew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor

from resnet_core.data import data_folder
from resnet_core.inference.classifier import Classifier
from resnet_core.lab.data.sets import DataSet, load_data
from resnet_core.lab.theory.forgetting import Forgetting, forgetting
from resnet_core.lab.theory.start import Progress, nobody

FILE = "trained_forgetting.json"
NETWORKS = ("cifar_plain20", "cifar_resnet20", "cifar_plain56", "cifar_resnet56")
TO_FIT, TO_ASK = 300, 100  # pictures of each class


def trained_forgetting(
    folder: Path, networks: Sequence[str] = NETWORKS, progress: Progress = nobody
) -> dict[str, Forgetting]:
    """Fit a probe behind each block of trained networks: on 3,000 training pictures, asked about 1,000 test pictures.

    Args:
        folder: where CIFAR-10 lies, as `load_data` reads it.
        networks: bundled ones.
        progress: is told the share that is done; what it raises cancels.

    Raises:
        DataError, WeightsError: for what is not on this machine.
    """
    data, found = _some_of_each(load_data("cifar10", folder)), {}
    for at, name in enumerate(networks):
        classifier = Classifier.load(name, device="cpu", backend="eager", precision="fp32")
        prepared = classifier.weights.preprocessing
        found[name] = forgetting(
            classifier.model, data=replace(data, mean=prepared.mean, std=prepared.std),
            progress=lambda share, at=at: progress((at + share) / len(networks)),  # type: ignore[misc]
        )  # fmt: skip
    return found


def recorded_trained_forgetting() -> dict[str, Forgetting]:
    """The same of all four, by name, as `theory trained_forgetting --data-dir DIR` measures it."""
    record = json.loads((data_folder("theory") / FILE).read_text("utf-8"))["results"]
    return {name: Forgetting.from_record(one) for name, one in record.items()}


def _some_of_each(data: DataSet) -> DataSet:
    """The first pictures of each class."""

    def first(labels: Tensor, count: int) -> Tensor:
        return torch.cat([(labels == k).nonzero()[:count, 0] for k in range(len(data.classes))])

    fit, ask = first(data.train_labels, TO_FIT), first(data.validation_labels, TO_ASK)
    return replace(
        data, train_images=data.train_images[fit], train_labels=data.train_labels[fit],
        validation_images=data.validation_images[ask], validation_labels=data.validation_labels[ask],
    )  # fmt: skip
