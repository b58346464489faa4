"""Measures what the lesson shows and expects: `python tools/record_lesson.py` writes resnet_core/data/races.json.

Four races with five seeds each, some ten minutes on one core; two untrained networks; the gradients of one picture.
"""

from __future__ import annotations

import json
from typing import Any

import resnet_core as rc
from resnet_core.data import data_folder
from resnet_core.inference.samples import load_sample
from resnet_core.lab.recipe.config import TrainConfig
from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.recipe.size import with_depth
from resnet_core.lab.theory.start import untrained
from resnet_core.lab.training.metrics import EpochMetrics, StepMetrics
from resnet_core.models.listings.gradients import listing_gradients, shortcut_gradient
from resnet_core.site.racing import PAGE_RACE

RECORDED = data_folder("races.json")
SHALLOW = with_depth(RACE, 20)
RACES: dict[str, tuple[TrainConfig, tuple[str, ...]]] = {
    "deep": (RACE, ("plain", "copy", "residual")),
    "shallow": (SHALLOW, ("plain", "residual")),
    "bare": (SHALLOW.override(overrides=(*SHALLOW.overrides, ("norm", "none"))), ("plain", "residual")),
    "page": (PAGE_RACE, ("plain", "residual")),
}
SEEDS = range(5)
PICTURE = "airplane"
NETWORKS = ("cifar_resnet20", "cifar_resnet56")


def race_wrong(name: str, seed: int) -> dict[str, list[list[float]]]:
    """Each arm of one race: [step, wrong answers on unseen digits in percent], at the end of each pass."""
    config, arms = RACES[name]
    found: dict[str, list[list[float]]] = {arm: [] for arm in arms}
    for metrics in rc.race(config, arms, seed, device="cpu"):
        if isinstance(metrics, EpochMetrics):
            found[metrics.arm].append([metrics.step, round(metrics.validation_error * 100, 1)])
        elif isinstance(metrics, StepMetrics) and metrics.stop_reason:
            found[metrics.arm].append([metrics.step, 90.0])
    return found


def ends(races: list[dict[str, list[list[float]]]]) -> dict[str, list[float]]:
    """What each arm had wrong at the end of each of these races."""
    return {arm: [race[arm][-1][1] for race in races] for arm in races[0]}


def forgotten(kind: str) -> list[float]:
    """What a probe behind each block of an untrained network of 56 layers reads wrongly, in percent."""
    return [round(error, 1) for error in rc.theory.forgetting(untrained(kind, 56, seed=0)).errors]


def shares(network: str) -> list[float]:
    """How much of the gradient comes back through each shortcut of a trained network, 0 to 1."""
    classifier = rc.Classifier.load(network, device="cpu", backend="eager", precision="fp32")
    return [round(flow.identity_share, 3) for flow in rc.block_flow(classifier, load_sample(PICTURE))]


def detached() -> dict[str, float]:
    """The listing of the Bug lab as published and mended: the shortcut's own gradient, and the first layer's."""
    fixed = ("detached_shortcut",)
    return {
        "cut": shortcut_gradient(), "whole": shortcut_gradient(fixed),
        "first_cut": round(listing_gradients().first_layer, 3),
        "first_whole": round(listing_gradients(fixed).first_layer, 3),
    }  # fmt: skip


def main() -> None:
    """Measure all, and write it."""
    races = {name: [race_wrong(name, seed) for seed in SEEDS] for name in RACES}
    found: dict[str, Any] = {
        "races": {name: same[0] for name, same in races.items()},
        "ends": {name: ends(same) for name, same in races.items()},
        "forgetting": {kind: forgotten(kind) for kind in ("plain", "residual")},
        "shares": {network: shares(network) for network in NETWORKS},
        "detached": detached(),
    }
    RECORDED.write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
