"""What the record says a network gets right and mixes up, counted by hand from answers that are given."""

from types import SimpleNamespace

import pytest
import torch

from resnet_core.lab.training.distributed import ALONE
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.outcome import measure_outcome


def answering(classes, batches):
    """A learner whose network gives these answers: labels, and of each picture the classes from best to worst."""

    def answers():
        for labels, rankings in batches:
            logits = torch.zeros(len(labels), len(classes))
            for row, ranking in enumerate(rankings):
                for place, one in enumerate(ranking):
                    logits[row, one] = 10.0 - place
            yield logits, torch.tensor(labels)

    return SimpleNamespace(
        data=SimpleNamespace(classes=classes), validation_answers=answers, team=ALONE, device=torch.device("cpu")
    )


def test_accuracies_and_pairs_are_counted():
    classes = ("ant", "bee", "cat", "dog", "elk", "fox", "gnu")
    batches = [
        ([0, 0, 0, 1], [[0], [1, 0], [1, 2, 3, 4, 5, 0], [1]]),
        ([1, 3, 3, 5], [[2, 1], [3], [5, 3], [5]]),
    ]  # fmt: skip
    outcome = measure_outcome(answering(classes, batches))
    assert (outcome["pictures"], outcome["top1"], outcome["top5"]) == (8, 50.0, 87.5)
    assert outcome["class_accuracy"] == [33.33, 50.0, None, 50.0, None, 100.0, None]
    assert outcome["most_confused"] == [
        {"class": "ant", "taken_for": "bee", "pictures": 2},
        {"class": "bee", "taken_for": "cat", "pictures": 1},
        {"class": "dog", "taken_for": "fox", "pictures": 1},
    ]


def test_no_more_than_ten_pairs_and_no_top5_of_five_classes():
    classes = tuple("abcde")
    pairs = [(true, other) for true in range(5) for other in range(5) if true != other]
    outcome = measure_outcome(answering(classes, [([true for true, _ in pairs], [[other] for _, other in pairs])]))
    assert len(outcome["most_confused"]) == 10
    assert outcome["most_confused"][0] == {"class": "a", "taken_for": "b", "pictures": 1}
    assert "top5" not in outcome
    assert outcome["top1"] == 0


def test_it_agrees_with_the_error_of_the_validation(tiny_config, tiny_data):
    learner = Learner(tiny_config, tiny_data, torch.device("cpu"))
    _, error = learner.validate()
    outcome = measure_outcome(learner)
    assert outcome["top1"] == pytest.approx(100 * (1 - error), abs=0.01)
    assert outcome["pictures"] == 20
    mistakes = sum(pair["pictures"] for pair in outcome["most_confused"])
    assert mistakes <= round(error * 20)
