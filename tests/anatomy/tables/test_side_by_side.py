import io
import json

import pandas as pd
import pytest

import resnet_core as rc
from resnet_core.anatomy.tables.as_text import FORMATS, export_table
from resnet_core.anatomy.tables.side_by_side import comparison_table, difference_in_words, plain_twin, side_by_side


def pairs(left, right):
    return {pair.name: pair for pair in side_by_side(rc.walk_spec(left), rc.walk_spec(right))}


def test_a_network_does_not_differ_from_itself():
    assert all(pair.differs == () for pair in pairs("resnet50", "resnet50").values())


def test_the_plain_twin_lacks_the_projections_and_nothing_else():
    by_name = pairs("resnet34", "plain34")
    assert by_name["stem"].differs == by_name["head"].differs == ()
    assert by_name["conv2_x"].differs == ("shortcuts",)
    assert by_name["conv3_x"].differs == ("shortcuts", "parameters", "MACs")
    assert by_name["conv3_x"].added_params == -(64 * 128 + 2 * 128)


def test_the_stages_add_up_to_the_totals():
    for left, right in (("resnet18", "resnet152"), ("resnet50", "cifar_resnet20")):
        *stages, total = side_by_side(rc.walk_spec(left), rc.walk_spec(right))
        assert sum(pair.added_params for pair in stages) == total.added_params
        assert sum(pair.added_macs for pair in stages) == total.added_macs
        assert total.added_macs == rc.walk_spec(right).total_macs - rc.walk_spec(left).total_macs


def test_a_stage_that_only_one_has_stands_in_its_place():
    names = [pair.name for pair in side_by_side(rc.walk_spec("cifar_resnet20"), rc.walk_spec("resnet50"))]
    assert names == ["stem", "conv2_x", "conv3_x", "conv4_x", "conv5_x", "head", "total"]
    assert pairs("cifar_resnet20", "resnet50")["conv5_x"].differs == ("missing",)


@pytest.mark.parametrize(
    ("name", "twin"),
    [("resnet34", "plain34"), ("resnet18_a", "plain18"), ("cifar_resnet56", "cifar_plain56"), ("plain18", "plain18")],
)
def test_the_plain_twin_is_the_catalogues_where_it_has_one(name, twin):
    assert plain_twin(rc.get_spec(name)).name == twin


@pytest.mark.parametrize("name", rc.list_models())
def test_every_variant_has_a_plain_twin_without_any_shortcut(name):
    twin = rc.walk_spec(plain_twin(rc.get_spec(name)))
    assert not [call.path for call in twin.calls if call.kind == "ShortcutAdd" or ".downsample" in call.path]
    assert twin.calls[-1].output_shape == rc.walk_spec(name).calls[-1].output_shape


def table(left="resnet34", right="plain34"):
    return comparison_table(side_by_side(rc.walk_spec(left), rc.walk_spec(right)), left, right)


def test_the_table_has_both_sides_and_their_difference():
    row = table().set_index("stage").loc["conv3_x"]
    assert row["differs in"] == "shortcuts, parameters, MACs"
    assert row["added params"] == row["params, plain34"] - row["params, resnet34"] == -8_448
    assert row["added MACs"] == row["MACs, plain34"] - row["MACs, resnet34"]


def test_a_stage_that_one_side_lacks_is_empty_there():
    row = table("cifar_resnet20", "resnet50").set_index("stage").loc["conv5_x"]
    assert row["output, cifar_resnet20"] == ""
    assert pd.isna(row["params, cifar_resnet20"])
    assert row["added params"] == row["params, resnet50"] == 14_964_736


def test_a_network_beside_itself_keeps_both_columns():
    assert {"params, resnet18", "params, resnet18 again"} <= set(table("resnet18", "resnet18"))


@pytest.mark.parametrize("form", FORMATS)
def test_the_table_leaves_in_every_format_with_every_digit(form):
    text = export_table(table(), form)
    assert "-173824" in text.replace(",", "")
    if form == "csv":
        assert list(pd.read_csv(io.StringIO(text))["added MACs"]) == list(table()["added MACs"])
    if form == "json":
        assert json.loads(text)[-1]["added params"] == -173_824


@pytest.mark.parametrize(
    ("left", "right", "said"),
    [
        (
            "resnet34",
            "plain34",
            "plain34 has 173,824 fewer parameters (−0.8 %) than resnet34 and does 19,267,584 fewer",
        ),
        ("resnet50", "resnet50_v1", "as many parameters as resnet50 and does 231,211,008 fewer multiply-adds (−5.7 %)"),
        ("plain34", "resnet34", "173,824 more parameters (+0.8 %) than plain34"),
        ("resnet18", "resnet18", "do the same in every stage"),
    ],
)
def test_the_totals_are_said_in_words(left, right, said):
    assert said in difference_in_words(side_by_side(rc.walk_spec(left), rc.walk_spec(right)), left, right)
