"""Closed forms by hand, and PyTorch's own layers on the meta device as the second opinion."""

from itertools import product

import pytest
import torch
from torch import nn

from resnet_core.anatomy.counting import cost

WINDOWS = [
    (kernel, stride, padding, dilation)
    for kernel, stride, padding, dilation in product((1, 2, 3, 7), (1, 2, 3), (0, 1, 3), (1, 2))
    if padding <= kernel // 2  # PyTorch's rule for poolings
]


def side_after(layer, size):
    """What PyTorch makes of one side, None where the window does not fit."""
    try:
        return layer(torch.empty(1, 1, size, size, device="meta")).shape[-1]
    except RuntimeError:
        return None


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((224, 7, 2, 3), 112),  # the stem
        ((112, 3, 2, 1), 56),  # its max-pool
        ((112, 3, 2, 0), 55),  # the same without padding, as in the hook blog
        ((56, 3, 1, 1), 56),
        ((56, 1, 2), 28),
        ((7, 7), 1),
        ((7, 3, 1, 2, 2), 7),  # dilation 2
    ],
)
def test_sides_of_the_networks_own_layers(arguments, expected):
    assert cost.output_size(*arguments) == expected


@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_sides_equal_those_of_pytorchs_convolution(window):
    kernel, stride, padding, dilation = window
    layer = nn.Conv2d(1, 1, kernel, stride, padding, dilation, device="meta")
    for size in range(1, 20):
        expected = side_after(layer, size)
        if expected is not None:
            assert cost.output_size(size, *window) == expected, size


@pytest.mark.parametrize("ceil_mode", [False, True])
@pytest.mark.parametrize("window", WINDOWS, ids=str)
def test_sides_equal_those_of_pytorchs_pooling(window, ceil_mode):
    kernel, stride, padding, dilation = window
    layer = nn.MaxPool2d(kernel, stride, padding, dilation, ceil_mode=ceil_mode)
    compared = 0
    for size in range(1, 20):
        expected = side_after(layer, size)
        if expected is not None:
            compared += 1
            assert cost.output_size(size, *window, ceil_mode=ceil_mode) == expected, size
    assert compared > 5


@pytest.mark.parametrize(
    ("in_channels", "out_channels", "kernel", "groups", "bias"),
    [(3, 64, (7, 7), 1, False), (64, 64, (3, 3), 1, True), (128, 128, (3, 3), 32, False), (8, 12, (1, 5), 4, True)],
)
def test_convolutions_have_as_many_parameters_as_pytorchs(in_channels, out_channels, kernel, groups, bias):
    layer = nn.Conv2d(in_channels, out_channels, kernel, groups=groups, bias=bias, device="meta")
    counted = sum(parameter.numel() for parameter in layer.parameters())
    assert cost.conv_params(in_channels, out_channels, kernel, groups, bias) == counted


def test_the_stem_by_hand():
    assert cost.conv_params(3, 64, (7, 7)) == 7 * 7 * 3 * 64 == 9_408
    assert cost.conv_macs(3, (1, 64, 112, 112), (7, 7)) == 9_408 * 112 * 112 == 118_013_952
    assert cost.batch_norm_params(64) == 128
    assert cost.activation_bytes((1, 64, 112, 112)) == 3_211_264
    assert cost.activation_bytes((1, 64, 112, 112), bytes_per_value=2) == 1_605_632


def test_the_classifier_by_hand():
    assert cost.linear_params(2048, 1000) == 2_049_000
    assert cost.linear_params(2048, 1000, bias=False) == 2_048_000
    assert cost.linear_macs(2048, (1, 1000)) == 2_048_000  # biases are no multiply-adds


def test_multiply_adds_grow_with_the_batch_and_shrink_with_the_groups():
    one = cost.conv_macs(128, (1, 128, 56, 56), (3, 3))
    assert cost.conv_macs(128, (5, 128, 56, 56), (3, 3)) == 5 * one
    assert cost.conv_macs(128, (1, 128, 56, 56), (3, 3), groups=32) * 32 == one


def test_the_stem_sees_seven_then_eleven_pixels():
    after_conv = cost.grown_field(1, 1, 7)
    assert after_conv == 7
    assert cost.grown_field(after_conv, 2, 3) == 11
    assert cost.grown_field(1, 1, 3, dilation=2) == 5


def test_the_rule_says_what_does_not_count():
    assert "1 MAC = 2 FLOPs" in cost.MAC_RULE
    for left_out in ("bias", "batch norm", "activation", "pooling", "addition"):
        assert left_out in cost.MAC_RULE
