"""A value of a convolution is the sum of its products, and its batch norm is what PyTorch computes."""

import numpy as np
import pytest
import torch

import resnet_core as rc
from tests.inference.explain.shortcut.test_addition import NETWORKS, network, picture  # noqa: F401


def test_the_products_add_up_to_the_value_and_its_norm(network, picture):  # noqa: F811
    block = [path for path, _ in network.residual_blocks()][-1]
    for name, conv in network.get_submodule(block).named_modules():
        if not isinstance(conv, torch.nn.Conv2d):
            continue
        found = rc.convolution_value(network, picture, f"{block}.{name}", 1, 0, 0)
        assert found.patch.shape == found.kernel.shape == (conv.in_channels // conv.groups, *conv.kernel_size)
        assert found.products.sum() + found.bias == pytest.approx(found.value, abs=1e-4)
        assert found.channel_sums.sum() + found.bias == pytest.approx(found.value, abs=1e-4)
        if found.norm is not None:
            norm = found.norm
            by_hand = (found.value - norm.mean) / norm.deviation * norm.scale + norm.shift
            assert norm.result == pytest.approx(by_hand, abs=1e-4)


def test_padding_stride_and_groups_act():
    model = rc.build_model("resnext50_32x4d", depths=(1, 1, 1, 1), seed=0).eval()
    x = torch.randn(3, 64, 64)
    found = rc.convolution_value(model, x, "layer2.0.conv2", 9, 0, 3)
    assert (found.top, found.left, found.stride, found.padding) == (-1, 5, (2, 2), (1, 1))
    assert found.inputs == (8, 9, 10, 11, 12, 13, 14, 15)
    assert not found.patch[:, 0].any()  # the padding above the first row
    assert found.patch[:, 1:].any()


def test_the_last_term_of_a_branch_is_the_second_batch_norm():
    x = torch.randn(3, 32, 32)
    added = rc.addition("cifar_resnet20", x, "layer1.1")
    found = rc.convolution_value("cifar_resnet20", x, "layer1.1.conv2", 5, 7, 30)
    assert found.norm.result == pytest.approx(float(added.branch[5, 7, 30]), abs=1e-5)


@pytest.mark.parametrize(
    ("layer", "at", "said"),
    [
        ("layer1.0.bn1", (0, 0, 0), "layer1.0.conv1, layer1.0.conv2"),
        ("conv1", (0, 0, 0), "is no block"),
        ("layer1.0.conv1", (16, 0, 0), "channel=16"),
        ("layer1.0.conv1", (0, 32, 0), "row=32"),
        ("layer1.0.conv1", (0, 0, -1), "column=-1"),
    ],
)
def test_what_is_not_there_is_a_sentence(layer, at, said):
    with pytest.raises(rc.InvalidSpecError, match=said):
        rc.convolution_value("cifar_resnet20", torch.zeros(3, 32, 32), layer, *at)


def test_the_options_where_shapes_change():
    x = torch.randn(3, 32, 32)
    options = rc.shortcut_options("cifar_resnet20", x, "layer2.0")
    assert [(one.letter, one.shortcut, one.own) for one in options] == [
        ("A", "zero_pad", True), ("A", "zero_pad_both", False),
        ("B", "projection", False), ("C", "projection_all", False),
    ]  # fmt: skip
    added = rc.addition("cifar_resnet20", x, "layer2.0")
    np.testing.assert_array_equal(options[0].arrives, added.x)
    assert not added.x[16:].any()
    assert not options[1].arrives[:8].any()
    np.testing.assert_array_equal(options[1].arrives[8:24], added.x[:16])
    assert all(one.arrives.shape == (32, 16, 16) for one in options)
    assert [one.parameters for one in options][:2] == [0, 0]
    assert options[2].parameters == 16 * 32 + 32 * 64 + 2 * (32 + 64)  # two projections with their batch norms
    assert options[3].parameters > options[2].parameters
    assert rc.shortcut_options("cifar_resnet20", x, "layer2.1") == []


def test_a_projection_of_its_own_is_shown_as_it_was_trained():
    model = rc.build_model("resnet18", num_classes=5, seed=0).eval()
    x = torch.randn(3, 64, 64)
    options = rc.shortcut_options(model, x, "layer2.0")
    own = next(one for one in options if one.own)
    assert own.letter == "B"
    assert own.trained
    np.testing.assert_array_equal(own.arrives, rc.addition(model, x, "layer2.0").x)
