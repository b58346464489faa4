import pytest

import resnet_core as rc
from resnet_core.figures.diagram.journey import journey_payload, patch_drawing, start_of

BOTTLENECK_BLOCK = ("conv1", "bn1", "relu1", "conv2", "bn2", "relu2", "conv3", "bn3", "downsample.0", "downsample.1")


@pytest.fixture(scope="module")
def resnet50():
    return rc.walk_spec("resnet50")


@pytest.fixture(scope="module")
def way(resnet50):
    return journey_payload(resnet50)


def stop_at(way, path):
    number, _ = start_of(way, path)
    _, _, shape, field, *spent = way["stops"][number]
    return {"shape": way["shapes"][shape], "sees": way["fields"][field], "spent": spent}


def test_every_layer_of_a_block_is_a_stop_with_its_own_reach(way):
    numbers = [start_of(way, f"layer2.0.{name}") for name in (*BOTTLENECK_BLOCK, "add", "relu")]
    first = numbers[0][0]
    assert numbers == [(first + step, True) for step in range(12)]
    assert stop_at(way, "layer2.0.conv1")["sees"][0] == "35×35 pixels"
    assert stop_at(way, "layer2.0.conv2")["sees"][0] == "43×43 pixels"
    assert (
        stop_at(way, "layer2.0.downsample.0")["sees"][0] == "35×35 pixels"
    )  # the shortcut sees what the block was given
    assert stop_at(way, "layer2.0.add")["sees"][0] == "43×43 pixels"


def test_a_block_is_passed_after_its_last_layer(way):
    assert start_of(way, "layer2.0") == (start_of(way, "layer2.0.relu")[0], False)
    assert start_of(way, "conv1") == (1, False)
    assert start_of(way, "layer9") is None


def test_the_last_stop_has_done_everything(way, resnet50):
    *_, work, stored, worked, filled = way["stops"][-1]
    assert [work, stored] == way["totals"] == ["4.09\u00a0G", "150.2\u00a0MB"]
    assert (worked, filled) == (100, 100)
    assert len(way["stops"]) == len(resnet50.calls) + 1


def test_the_shares_that_are_spent_only_grow(way, resnet50):
    for which in (-2, -1):
        shares = [stop[which] for stop in way["stops"]]
        assert shares[0] == 0
        assert shares == sorted(shares)
    assert stop_at(way, "conv1")["spent"][2] == pytest.approx(100 * 118_013_952 / resnet50.total_macs, abs=0.05)


def test_the_patch_is_a_share_of_the_picture_and_never_more(way):
    assert stop_at(way, "conv1")["sees"] == ("7×7 pixels", 3.12, 3.12)
    words, width, height = stop_at(way, "fc")["sees"]
    assert (width, height) == (100, 100)
    assert words.endswith("the whole picture and the padding around it")


def test_the_way_through_resnet152_is_light():
    import json

    assert len(json.dumps(journey_payload(rc.walk_spec("resnet152")), ensure_ascii=False).encode()) < 60_000


def test_work_is_said_in_the_unit_of_the_page(resnet50):
    flops = journey_payload(resnet50, "FLOPs")
    assert (flops["unit"], flops["totals"][0]) == ("FLOPs", "8.18\u00a0G")


def test_the_patch_is_drawn_after_any_layer_or_block(resnet50):
    assert "sees 7×7 pixels" in patch_drawing(resnet50, "conv1")
    assert "sees 43×43 pixels" in patch_drawing(resnet50, "layer2.0.conv2")
    assert "sees 43×43 pixels" in patch_drawing(resnet50, "layer2.0")
    assert "the padding around" in patch_drawing(resnet50, "layer4.2")


def test_a_place_that_is_not_on_the_way_is_refused(resnet50):
    with pytest.raises(rc.InvalidSpecError, match=r"'layer9' is no layer and no block of resnet50"):
        patch_drawing(resnet50, "layer9")


def test_a_network_that_is_not_ours_has_a_way_too():
    from torch import nn

    net = nn.Sequential(nn.Conv2d(3, 8, 3), nn.Sequential(nn.ReLU(), nn.Flatten()), nn.Linear(8 * 14 * 14, 2))
    trace = rc.trace_model(net, (1, 3, 16, 16))
    assert journey_payload(trace)["places"] == ["input", "0", "1.0", "1.1", "2"]
    assert "sees 3×3 pixels" in patch_drawing(trace, "1.0")
