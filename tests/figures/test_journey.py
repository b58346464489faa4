import pytest

import resnet_core as rc
from resnet_core.figures.journey import patch_drawing, stops_of, strip_drawing


@pytest.mark.parametrize("name", ["resnet152", "plain34", "cifar_resnet20", "resnest50d", "resnet50_v2"])
def test_the_way_begins_at_the_input_and_has_done_everything_at_its_end(name):
    trace = rc.walk_spec(name)
    stops = stops_of(trace)
    assert stops[0].shape == trace.input_shape
    assert (stops[-1].macs, stops[-1].bytes) == (trace.total_macs, trace.total_activation_bytes)
    assert [stop.macs for stop in stops] == sorted(stop.macs for stop in stops)


def test_the_patch_is_the_receptive_field():
    trace = rc.walk_spec("resnet50")
    paths = [stop.path for stop in stops_of(trace)]
    assert "sees 7×7 pixels" in patch_drawing(trace, paths.index("conv1"))
    assert "sees 11×11 pixels" in patch_drawing(trace, paths.index("maxpool"))
    assert "and padding around" in patch_drawing(trace, len(paths) - 1)


def test_the_strip_says_shape_and_work_at_each_step():
    trace = rc.walk_spec("resnet50")
    assert "After input the picture is 3×224×224; 0 MACs are done" in strip_drawing(trace, 0)
    assert "After fc the picture is 1000; 4,089,184,256 MACs are done" in strip_drawing(trace, 99)
