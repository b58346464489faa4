"""How many threads training takes."""

from contextlib import nullcontext
from itertools import islice
from unittest.mock import Mock

import pytest
import torch

from resnet_core.lab.recipe.recipes import RACE
from resnet_core.lab.training.learner import Learner
from resnet_core.lab.training.race import race
from resnet_core.lab.training.train import threads_for

TINY = RACE.override(overrides=(("depths", (1, 1, 1)), ("widths", (2, 2, 2))))


@pytest.fixture
def two_threads():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def test_digits_are_learnt_with_one_thread_which_is_given_back_between_the_steps(two_threads, monkeypatch):
    seen, original = [], Learner.train_step

    def step(self, *args, **how):
        seen.append(torch.get_num_threads())
        return original(self, *args, **how)

    monkeypatch.setattr(Learner, "train_step", step)
    for _ in islice(race(TINY), 2):
        assert torch.get_num_threads() == 2
    assert seen == [1, 1]


def test_larger_pictures_keep_all_threads():
    learner = Mock(device=torch.device("cpu"))
    learner.model.spec.input_size = (32, 32)
    assert isinstance(threads_for(learner), nullcontext)
