"""The way of one picture, and the receptive field inside blocks against the rule, written out by hand."""

import pytest

import resnet_core as rc
from resnet_core.anatomy.tables.stops import find_stop, stops_of

# What one value sees along the first two stages: r grows by (kernel - 1) x the product of the strides before it.
# Stem: 7x7 stride 2 sees 7, the pooling 3x3 stride 2 sees 7 + 2 x 2 = 11; from then on neighbours are 4 pixels apart.
BY_HAND = {
    "resnet18": {
        "conv1": 7, "maxpool": 11, "layer1.0.conv1": 11 + 2 * 4, "layer1.0.conv2": 11 + 4 * 4, "layer1.0.add": 27,
        "layer1.1.conv2": 27 + 4 * 4, "layer2.0.conv1": 43 + 2 * 4, "layer2.0.conv2": 51 + 2 * 8,
        "layer2.0.downsample.0": 43, "layer2.0.add": 67,
    },
    "resnet50": {
        "layer1.0.conv1": 11, "layer1.0.conv2": 19, "layer1.0.conv3": 19, "layer1.0.downsample.0": 11,
        "layer1.2.add": 35, "layer2.0.conv1": 35, "layer2.0.conv2": 43, "layer2.0.conv3": 43,
        "layer2.0.downsample.0": 35, "layer2.1.conv2": 43 + 2 * 8,
    },
    # The paper's place of the stride, the first 1x1: the 3x3 after it already takes steps of 8 pixels.
    "resnet50_v1": {"layer2.0.conv1": 35, "layer2.0.conv2": 35 + 2 * 8, "layer2.0.downsample.0": 35},
    "cifar_resnet20": {
        "conv1": 3, "layer1.0.conv1": 5, "layer1.0.conv2": 7, "layer1.2.conv2": 15, "layer2.0.conv1": 17,
        "layer2.0.conv2": 17 + 2 * 2, "layer2.0.downsample": 15, "layer2.0.add": 21,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", BY_HAND)
def test_the_reach_inside_a_block_follows_the_rule(name):
    stops = {stop.path: stop.field for stop in stops_of(rc.walk_spec(name))}
    assert {path: stops[path] for path in BY_HAND[name]} == {path: (r, r) for path, r in BY_HAND[name].items()}


@pytest.mark.parametrize("name", ["resnet152", "plain34", "cifar_resnet20", "resnest50d", "resnet50_v2"])
def test_the_way_begins_at_the_input_and_has_done_everything_at_its_end(name):
    trace = rc.walk_spec(name)
    stops = stops_of(trace)
    assert stops[0].shape == trace.input_shape
    assert (stops[-1].macs, stops[-1].bytes) == (trace.total_macs, trace.total_activation_bytes)
    assert [stop.macs for stop in stops] == sorted(stop.macs for stop in stops)
    assert [stop.path for stop in stops[1:]] == [call.path for call in trace.calls]


def test_every_place_ends_once():
    stops = stops_of(rc.walk_spec("resnet18"))
    ends = [stop.place for stop in stops if stop.ends]
    assert len(ends) == len(set(ends)) == len({stop.place for stop in stops}) == 1 + 4 + 8 + 3


def test_a_stop_is_found_by_its_layer_or_its_block():
    stops = stops_of(rc.walk_spec("resnet18"))
    assert stops[find_stop(stops, "layer1.0")].path == "layer1.0.relu"
    assert stops[find_stop(stops, "layer1.0.conv2")].path == "layer1.0.conv2"
    assert find_stop(stops, "layer1") is None
