import pytest

import resnet_core as rc
from resnet_core.anatomy.tables.durations import duration_table, kind_duration_table, stage_duration_table


@pytest.fixture
def trace():
    return rc.walk_spec("cifar_resnet20")


@pytest.fixture
def layers(trace):
    return duration_table(trace, {call.path: 2.0 if call.kind == "Conv2d" else 0.5 for call in trace.calls})


def test_each_layer_has_its_multiply_adds_and_its_milliseconds(trace, layers):
    assert layers["path"].tolist() == [call.path for call in trace.calls]
    assert layers["macs"].sum() == trace.total_macs
    first = layers.iloc[0]
    assert (first["stage"], first["kind"], first["macs"], first["duration_ms"]) == ("stem", "Conv2d", 442_368, 2.0)
    assert first["gmacs_per_s"] == pytest.approx(442_368 / 0.002 / 1e9)


def test_shares_add_up_to_one_by_layer_by_stage_and_by_kind(layers):
    for table in (layers, stage_duration_table(layers), kind_duration_table(layers)):
        assert table["macs_share"].sum() == pytest.approx(1)
        assert table["duration_share"].sum() == pytest.approx(1)
        assert table["duration_ms"].sum() == pytest.approx(layers["duration_ms"].sum())


def test_stages_keep_their_order_and_kinds_come_slowest_first(layers):
    assert stage_duration_table(layers)["stage"].tolist() == ["stem", "conv2_x", "conv3_x", "conv4_x", "head"]
    kinds = kind_duration_table(layers)
    assert kinds["kind"][0] == "Conv2d"
    assert kinds["duration_ms"].is_monotonic_decreasing


def test_a_layer_that_was_not_measured_is_named(trace):
    with pytest.raises(rc.InvalidSpecError, match=r"conv1 of cifar_resnet20 was not measured"):
        duration_table(trace, {})
