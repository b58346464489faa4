import math

import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.theory.first_steps import NETWORKS, first_steps, recorded_first_steps


def test_googlenet_is_harder_than_resnet_and_most_of_it_is_batch_norm():
    """Recorded. Were the skip connections what GoogLeNet lacks, plain18 would stand with it."""
    found = recorded_first_steps()
    loss = {name: found.mean_loss(name) for name in NETWORKS}
    assert loss["resnet18"] < loss["plain18"] < 1 < loss["GoogLeNet"] < math.log(10) + 0.1
    assert loss["GoogLeNet"] - loss["GoogLeNet, batch norm"] > loss["GoogLeNet, batch norm"] - loss["resnet18"]
    assert len(found.to_frame()) == 12


def test_a_network_can_be_begun_again():
    told = []
    found = first_steps(("plain18",), (0,), steps=2, progress=told.append)
    assert found.found[0].loss > 1
    assert told[-1] == pytest.approx(1)


def test_another_network_is_refused():
    with pytest.raises(InvalidSpecError, match="networks='AlexNet' does not work"):
        first_steps(("AlexNet",))
