"""Occlusion: a network whose answer hangs on one corner must lose it there, and nowhere else."""

import numpy as np
import pytest
import torch
from PIL import Image

from resnet_core import InvalidSpecError
from resnet_core.inference.explain.occlusion import _mean_by_cell, occlude
from resnet_core.inference.samples import load_sample


class CornerNet(torch.nn.Module):
    """Says class 1 as far as the upper left quarter is brighter than the mean."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(1))

    def forward(self, x):
        bright = x[:, :, : x.shape[2] // 4, : x.shape[3] // 4].mean((1, 2, 3)) * self.weight
        return torch.stack((-bright, bright), dim=1)


@pytest.fixture
def corner(looked_into):
    return looked_into(CornerNet())


def test_only_the_place_that_counts_loses_anything(corner):
    result = occlude(corner, Image.new("RGB", (32, 32), "white"), class_index=1)
    assert result.drop.shape == (8, 8)
    assert result.drop[:2, :2].min() > 0.1
    assert np.allclose(result.drop[3:, :], 0, atol=1e-6)
    assert np.allclose(result.drop[:, 3:], 0, atol=1e-6)
    assert result.lowest == pytest.approx(0.5)  # the corner covered, nothing speaks for either class
    assert result.probability > 0.9
    assert result.patch == 8


def test_the_other_class_gains_where_this_one_loses(corner):
    white = Image.new("RGB", (32, 32), "white")
    assert np.allclose(occlude(corner, white, 0).drop, -occlude(corner, white, 1).drop, atol=1e-5)


def test_the_probability_is_that_of_the_whole_picture(classifier):
    ship = load_sample("ship")
    top = classifier.predict(ship).top[0]
    result = occlude(classifier, ship)
    assert result.class_index == top.index
    assert result.probability == pytest.approx(top.probability, rel=0.02)  # the classifier may compute in bf16
    assert result.lowest < result.probability


def test_a_cell_is_the_mean_of_the_squares_that_cover_it():
    assert _mean_by_cell(np.array([[1.0, 3.0], [5.0, 7.0]], np.float32)).tolist() == [[1, 2, 3], [3, 4, 5], [5, 6, 7]]


def test_progress_ends_at_one_and_may_cancel(classifier):
    seen = []
    occlude(classifier, load_sample("ship"), progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1
    with pytest.raises(KeyboardInterrupt):
        occlude(classifier, load_sample("ship"), progress=lambda _: (_ for _ in ()).throw(KeyboardInterrupt))


@pytest.mark.parametrize("cells", [1, 33])
def test_a_number_of_cells_out_of_range_is_refused(classifier, cells):
    with pytest.raises(InvalidSpecError, match="2 to 32"):
        occlude(classifier, load_sample("ship"), cells=cells)
