import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.theory.shattering import shattering


def test_a_deep_plain_networks_gradients_are_noise_and_a_residual_ones_are_not():
    """Neighbours of 256 points at 56 layers; seeds 0 to 2: plain -0.02 to 0.01, residual 0.89 to 0.92. Were the effect
    absent, both would be alike, as at 8 layers (0.96 and 0.98)."""
    found = shattering((56,), seed=0)
    assert found.network("plain", 56).neighbours < 0.2
    assert found.network("residual", 56).neighbours > 0.7
    frame = found.to_frame()
    assert len(frame) == 2 * 32
    assert frame["autocorrelation"][0] == found.network("plain", 56).neighbours


def test_a_shallow_plain_network_has_neighbours_alike_and_batch_norm_makes_a_deeper_one_worse():
    found = shattering((8, 20), ("plain",), ("batch", "none"))
    assert found.network("plain", 8).neighbours > 0.9
    assert found.network("plain", 20).neighbours < found.network("plain", 20, "none").neighbours - 0.05


def test_fewer_points_lie_further_apart_and_are_refused_where_they_say_nothing():
    many, few = (shattering((20,), ("plain",), points=points).networks[0] for points in (256, 64))
    assert few.neighbours < many.neighbours
    assert len(few.gradient) == 64
    with pytest.raises(InvalidSpecError, match="points=8 does not work"):
        shattering(points=8)
