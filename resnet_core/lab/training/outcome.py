"""measure_outcome(): what a trained network gets right and what it mixes up, on the validation pictures."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from resnet_core.lab.training.learner import Learner

PAIRS = 10
BEST = 5


@torch.inference_mode()
def measure_outcome(learner: Learner) -> dict[str, Any]:
    """Accuracy in percent, of all pictures and of each class in the order of the outputs, and the pairs confused most.

    All processes of the learner's team must call it.

    Returns:
        {"pictures", "top1", "top5" (with more than five classes), "class_accuracy": [percent, or None for a class
        without pictures], "most_confused": [{"class", "taken_for", "pictures"}, ...]}, ready for JSON.
    """
    classes = learner.data.classes
    answered, among_best = torch.zeros(len(classes), len(classes), dtype=torch.float64), 0
    for logits, labels in learner.validation_answers():
        best = logits.topk(min(BEST, len(classes)), 1).indices
        pairs = labels * len(classes) + best[:, 0]
        answered += torch.bincount(pairs, minlength=len(classes) ** 2).view(len(classes), -1).cpu()
        among_best += int((best == labels[:, None]).any(1).sum())
    *counts, found = learner.team.sums((*answered.flatten().tolist(), float(among_best)), learner.device)
    answered = torch.tensor(counts, dtype=torch.float64).view_as(answered)
    pictures, of_class = int(answered.sum()), answered.sum(1)
    right = answered.diagonal()
    return {
        "pictures": pictures,
        "top1": _percent(float(right.sum()), pictures),
        **({"top5": _percent(found, pictures)} if len(classes) > BEST else {}),
        "class_accuracy": [
            _percent(good, n) if n else None for good, n in zip(right.tolist(), of_class.tolist(), strict=True)
        ],
        "most_confused": _most_confused(answered, classes),
    }


def _most_confused(answered: Tensor, classes: tuple[str, ...]) -> list[dict[str, Any]]:
    """Ordered pairs, the most frequent first; among equals in the order of the classes."""
    wrong = answered - answered.diagonal().diag()
    order = wrong.flatten().argsort(descending=True, stable=True)[:PAIRS].tolist()
    pairs = [divmod(at, len(classes)) for at in order]
    return [
        {"class": classes[true], "taken_for": classes[other], "pictures": int(wrong[true, other])}
        for true, other in pairs
        if wrong[true, other] > 0
    ]


def _percent(part: float, whole: float) -> float:
    return round(100 * part / whole, 2)
