"""A filter by hand against PyTorch's convolution, and what the Basics page says of filters."""

import numpy as np
import pytest
import torch

from resnet_core.errors import InvalidSpecError
from resnet_core.lab.basics.normed import normalise, normed_channels
from resnet_core.lab.basics.sliding import FILTERS, digits, filter_weights, padded, slide

PICTURES = digits(10)


def test_the_first_ten_digits_are_0_to_9_in_whole_numbers():
    from sklearn.datasets import load_digits

    assert load_digits().target[:10].tolist() == list(range(10))
    assert PICTURES.shape == (10, 8, 8)
    assert (PICTURES.min(), PICTURES.max()) == (0, 16)


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", [0, 1])
def test_a_filter_slides_as_pytorch_has_it(name, stride, padding):
    weights = filter_weights(name)
    kernel = torch.from_numpy(weights)[None, None].double()
    theirs = torch.nn.functional.conv2d(torch.from_numpy(PICTURES)[:, None].double(), kernel, None, stride, padding)
    assert slide(PICTURES, weights, stride, padding).tolist() == theirs[:, 0].tolist()


def test_one_value_by_hand():
    seven = PICTURES[7]
    assert seven[3:6, 3:6].tolist() == [[8, 15, 15], [15, 15, 4], [16, 5, 0]]
    assert slide(seven, filter_weights("upright edges"))[3, 3] == (15 + 4 + 0) - (8 + 15 + 16)
    assert padded(seven, 1).shape == (10, 10)


def test_the_copy_gives_the_digit_and_the_blur_changes_no_sign():
    assert (slide(PICTURES, filter_weights("copy"), padding=1) == PICTURES).all()
    assert slide(PICTURES, filter_weights("blur")).min() >= 0


def test_two_filters_without_a_relu_between_are_one_of_5x5():
    first, second = filter_weights("upright edges"), filter_weights("level edges")
    one = np.zeros((5, 5), np.int64)
    for row in range(3):
        for column in range(3):
            one[row : row + 3, column : column + 3] += second[row, column] * first
    assert (slide(slide(PICTURES, first), second) == slide(PICTURES, one)).all()
    rectified = slide(np.maximum(slide(PICTURES, first), 0), second)
    assert (rectified != slide(PICTURES, one)).any()


def test_batch_norm_as_pytorch_has_it_in_training():
    norm = torch.nn.BatchNorm2d(1).double()
    torch.nn.init.constant_(norm.weight, 1.5)
    torch.nn.init.constant_(norm.bias, -2.0)
    maps = slide(digits(64), filter_weights("blur"), padding=1)
    theirs = norm(torch.from_numpy(maps)[:, None].double()).detach().numpy()
    ours = normalise(maps.ravel().astype(float), 1.5, -2.0)
    np.testing.assert_allclose(ours, theirs.ravel(), atol=1e-12)


def test_every_channel_has_one_mean_and_one_spread_afterwards():
    channels = normed_channels(64)
    assert [one.name for one in channels] == list(FILTERS)
    assert {round(one.after.mean(), 6) + 0.0 for one in channels} == {0.0}
    assert {round(one.after.std(), 3) for one in channels} == {1.0}


def test_blur_reaches_beyond_100_and_copy_ends_at_16_as_the_page_says(root):
    text = (root / "assets" / "prose" / "basics_norm.md").read_text("utf-8")
    assert "*blur* has numbers above 100, and *copy* none above 16." in text
    most = {one.name: one.before.max() for one in normed_channels(64)}
    assert most["blur"] > 100
    assert most["copy"] == 16


@pytest.mark.parametrize("wrong", [{"stride": 0}, {"padding": -1}])
def test_what_can_not_slide_is_refused(wrong):
    with pytest.raises(InvalidSpecError, match="do not work"):
        slide(PICTURES, filter_weights("copy"), **wrong)
    with pytest.raises(InvalidSpecError, match="choose one of upright edges"):
        filter_weights("sharpen")
