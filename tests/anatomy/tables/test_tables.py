"""Golden layer tables, the stage table beside the paper's Table 1, and totals."""

import pytest

from resnet_core.anatomy.counting.calls import LayerCall
from resnet_core.anatomy.papers.published import TABLE_1, TABLE_1_FLOPS
from resnet_core.anatomy.tables.as_text import export_table
from resnet_core.anatomy.tables.tables import display_stage, format_shape, format_size, layer_table, stage_table
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.anatomy.walk.walk import walk_spec

SUMMED = ("calls", "params", "macs", "activation_bytes")


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "cifar_resnet20"])
def test_the_layer_table_is_the_reviewed_one(name, root):
    golden = (root / "tests" / "golden" / f"layers_{name}.csv").read_text(encoding="utf-8")
    assert export_table(layer_table(trace_model(name)), "csv") == golden


def test_the_layer_table_has_one_row_per_call_and_the_columns_of_a_call():
    trace = walk_spec("resnet50")
    table = layer_table(trace)
    assert tuple(table.columns) == tuple(LayerCall.__dataclass_fields__)
    assert table["path"].tolist() == [call.path for call in trace.calls]
    assert (table["params"].sum(), table["macs"].sum()) == (25_557_032, 4_089_184_256)
    assert {str(table[column].dtype) for column in ("params", "macs", "activation_bytes")} == {"int64"}


def test_a_row_reads_as_text():
    table = layer_table(walk_spec("resnet50")).set_index("path")
    row = table.loc["conv1"]
    assert row["stage"] == "stem"
    assert (row["input_shape"], row["output_shape"]) == ("(1, 3, 224, 224)", "(1, 64, 112, 112)")
    assert (row["kernel_size"], row["stride"], row["padding"], row["receptive_field"]) == ("7x7", "2x2", "3x3", "7x7")
    assert table.loc["layer3.5.conv2", ["stage", "block"]].tolist() == ["conv4_x", 5]
    assert table.loc["layer1.0.relu1", "kernel_size"] == ""


@pytest.mark.parametrize("depth", [18, 34, 50, 101, 152])
def test_the_stage_table_stands_beside_table_1(depth):
    table = stage_table(walk_spec(f"resnet{depth}"))
    assert table["stage"].tolist() == ["stem", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head", "total"]
    rows = table.iloc[:-1]
    assert rows["output"].tolist() == ["112x112", "56x56", "28x28", "14x14", "7x7", "1x1"]
    assert rows["output"].tolist() == rows["paper_output"].tolist()
    assert rows["paper_layers"].tolist() == [row.layers for row in TABLE_1[depth]]
    printed_repeats = [int(layers.rsplit(" x ")[1]) for layers in rows["paper_layers"].iloc[1:5]]
    assert rows["blocks"].iloc[1:5].tolist() == printed_repeats
    assert rows["channels"].tolist()[1:5] == [n * (1 if depth < 50 else 4) for n in (64, 128, 256, 512)]


@pytest.mark.parametrize(
    ("name", "printed", "difference"),
    [
        ("resnet50", 3.8e9, 289_184_256),
        ("resnet50_v1", 3.8e9, 57_973_248),
        ("resnet34", 3.6e9, 63_761_408),
        ("plain34", 3.6e9, 44_493_824),
        ("resnet152_v1", 11.3e9, -17_584_384),
    ],
)
def test_the_total_says_how_far_ours_is_from_the_printed_figure(name, printed, difference):
    total = stage_table(walk_spec(name)).iloc[-1]
    assert (total["paper_macs"], total["difference"]) == (printed, difference)
    assert total["macs"] - total["paper_macs"] == total["difference"]
    assert printed in TABLE_1_FLOPS.values()


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnext50_32x4d", "cifar_resnet20", "resnet50_v2"])
def test_the_stages_add_up_to_the_total(name):
    table, trace = stage_table(walk_spec(name)), walk_spec(name)
    for column in SUMMED:
        assert table[column].iloc[:-1].sum() == table[column].iloc[-1]
    assert table["params"].iloc[-1] == trace.total_params
    assert table["macs"].iloc[-1] == trace.total_macs
    assert table["calls"].iloc[-1] == len(trace.calls)


@pytest.mark.parametrize("case", [("resnext50_32x4d", None), ("resnet50", (1, 3, 192, 192)), ("cifar_resnet20", None)])
def test_what_the_paper_does_not_print_stays_empty(case):
    table = stage_table(walk_spec(*case))
    assert set(table["paper_output"]) == set(table["paper_layers"]) == {""}
    assert table[["paper_macs", "difference"]].isna().all(axis=None)


def test_a_network_that_is_not_ours_has_its_own_stages():
    from torch import nn

    trace = trace_model(nn.Sequential(nn.Conv2d(3, 8, 3), nn.Flatten(), nn.Linear(8 * 36, 4)), (1, 3, 8, 8))
    assert stage_table(trace)["stage"].tolist() == ["0", "1", "2", "total"]


def test_shapes_and_sizes_are_written_as_people_write_them():
    assert (format_shape((1, 64, 56, 56)), format_shape(None)) == ("(1, 64, 56, 56)", "")
    assert (format_size((7, 7)), format_size((3, 1)), format_size(None)) == ("7x7", "3x1", "")
    assert [display_stage(stage) for stage in ("stem", "layer1", "layer4", "head")] == [
        "stem", "conv2_x", "conv5_x", "head",
    ]  # fmt: skip
