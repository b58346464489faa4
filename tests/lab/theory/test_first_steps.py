import math

import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.theory.first_steps import (
    NETWORKS,
    TABLE_1,
    first_steps,
    recorded_first_steps,
    recorded_table_1,
    table_1,
)


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


def test_of_table_1_the_shallowest_learns_first_and_none_is_left_out():
    """Recorded, two seeds: were depth without effect on the beginning, the five would not stand in this order."""
    found = recorded_table_1()
    losses = [found.mean_loss(name) for name in TABLE_1]
    assert losses == sorted(losses)
    assert losses[0] < 0.4 < 1.5 < losses[-1] < math.log(10)
    table = found.beside_costs().set_index("network")
    assert table["blocks"].to_dict()["resnet34"] == table["blocks"].to_dict()["resnet50"] == "3, 4, 6, 3"
    assert table.loc["resnet152", "params"] == 60_192_808
    assert table.loc["resnet18", "wrong %"] < 10 < table.loc["resnet152", "wrong %"]


def test_one_of_table_1_begins_again_as_it_is_recorded():
    """Its first steps, from the same seed: were the batches or the weights others, the losses would be."""
    losses = []
    found = table_1(("resnet18",), (0,), steps=2, each_loss=losses.append)
    assert len(losses) == 2
    assert found.found[0].loss == pytest.approx(sum(losses) / 2)
    again = []
    table_1(("resnet18",), (0,), steps=2, each_loss=again.append)
    assert again == losses


def test_another_network_is_refused():
    with pytest.raises(InvalidSpecError, match="networks='AlexNet' does not work"):
        first_steps(("AlexNet",))
