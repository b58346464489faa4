"""average_runs(): the mean of several runs' weights as one network, with batch-norm statistics of its own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from resnet_core.errors import WeightsError
from resnet_core.lab.data.sources import TrainingData
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.training.checkpoints import measured_facts, save_trained
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.metrics import EpochMetrics
from resnet_core.models.compute import autocast, pick_device
from resnet_core.models.network import build_model
from resnet_core.weights.state_dicts import load_strictly, read_state_dict


def average_runs(
    weights: Sequence[Path],
    data: TrainingData,
    folder: Path,
    *,
    device: str = "auto",
) -> EpochMetrics:
    """Average the weights at the ends of several cycles of one run (Izmailov et al. 2018), and save the result.

    Such ends lie around a wide minimum, and their mean lies nearer to its middle. The statistics of batch norm belong
    to none of them: they are taken anew in one pass over the training pictures.

    Args:
        weights: two or more .safetensors files of one network, each with the record of its run beside it.
        data: that they were trained on.
        folder: where `<model>.safetensors` and `<model>.json` go; the record holds the records of all runs.

    Returns:
        Loss and errors of the mean: in training mode over that pass, and on the validation pictures.

    Raises:
        WeightsError: for fewer than two files, a missing record, or files of different networks.
    """
    # Statistics, and the errors that are reported, in full precision: the pass is short.
    recipe = recipe_of(weights)
    recipe = recipe.override(precision="fp32", epoch_sizes=recipe.epoch_sizes[-1:])  # as large as at the ends
    learner = Learner(recipe, data, pick_device(device))
    states = [_checked_state(learner, path) for path in weights]
    learner.model.load_state_dict({key: _mean([state[key] for state in states]) for key in states[0]})
    metrics = _renew_statistics(learner)
    facts = measured_facts(learner) | {"averaged": [_run_of(path) for path in weights]}
    save_trained(learner, [metrics], folder, facts)
    return metrics


def recipe_of(weights: Sequence[Path]) -> TrainConfig:
    """The recipe of the last of these runs.

    Raises:
        WeightsError: for fewer than two files, a missing record, or runs of different networks or data.
    """
    if len(weights) < 2:
        raise WeightsError("One file alone can't be averaged. Name two or more .safetensors files of one network.")
    recipes = [TrainConfig.from_json(json.dumps(_run_of(path)["recipe"])) for path in weights]
    for path, recipe in zip(weights, recipes, strict=True):
        if (recipe.spec(), recipe.data) != (recipes[-1].spec(), recipes[-1].data):
            raise WeightsError(
                f"{path} and {weights[-1]} can't be averaged: one is {_words(recipe)}, the other "
                f"{_words(recipes[-1])}. Name files of one network and one data set."
            )
    return recipes[-1]


def _words(recipe: TrainConfig) -> str:
    changes = "".join(f", {name}={value}" for name, value in recipe.overrides)
    return f"{recipe.model}{changes} on {recipe.data}"


def _run_of(weights: Path) -> dict[str, Any]:
    note = weights.with_suffix(".json")
    try:
        run: dict[str, Any] = json.loads(note.read_text("utf-8"))
        return run | {"recipe": run["recipe"], "sha256": hashlib.sha256(weights.read_bytes()).hexdigest()}
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(
            f"{weights.name} and the record of its run, {note.name}, must lie in one folder as `train` leaves them."
        ) from error


def _checked_state(learner: Learner, weights: Path) -> dict[str, Tensor]:
    checked = build_model(learner.model.spec, device="meta")
    load_strictly(checked, read_state_dict(weights), file=weights.name, network=learner.config.model)
    return checked.state_dict()


def _mean(tensors: list[Tensor]) -> Tensor:
    """In float64, so that equal weights stay what they are; a count of batches is that of the last run."""
    if not tensors[0].is_floating_point():
        return tensors[-1]
    return torch.stack([tensor.double() for tensor in tensors]).mean(0).to(tensors[0].dtype)


@torch.no_grad()
def _renew_statistics(learner: Learner) -> EpochMetrics:
    """One pass over the training pictures in which nothing but the statistics of batch norm changes."""
    for module in learner.model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
            module.momentum = None  # the plain mean over all batches
    learner.model.train()
    while learner.step < learner.epoch_steps:
        images, labels = learner.next_batch()
        with autocast(learner.precision, learner.device):
            logits = learner.model(images).float()
        error = (logits.argmax(1) != labels).float().mean().item()
        learner.tally.add(loss=F.cross_entropy(logits, labels).item(), error=error, images=len(labels), seconds=1.0)
        learner.step += 1
    return replace(learner.close_epoch(), learning_rate=0.0, images_per_s=0.0)  # nothing was trained
