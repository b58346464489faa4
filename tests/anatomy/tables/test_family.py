"""The Variants page's data: comparable costs, cited accuracies, equal-cost pairs, and what moved in a block."""

import pytest

from resnet_core.anatomy.papers.published import XIE_2016_TABLE_2
from resnet_core.anatomy.tables.block_steps import block_steps, compare_block, original_of
from resnet_core.anatomy.tables.family import accuracy_table, equal_cost_pairs, spec_changes, variant_table
from resnet_core.anatomy.trace.trace import trace_model
from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import CATALOGUE, get_spec


def test_variants_are_compared_at_one_picture_size():
    table = variant_table(["resnet50", "resnest101e", "skresnet50"]).set_index("variant")
    assert set(table["input"]) == {"224x224"}
    assert table.loc["resnet50", ["params", "macs"]].tolist() == [25_557_032, 4_089_184_256]
    traced = trace_model("resnest101e", (1, 3, 224, 224))
    assert table.loc["resnest101e", "activation_bytes"] == traced.total_activation_bytes
    assert table.loc["resnet50", ["top1", "weights"]].tolist() == [76.130, "resnet50.IMAGENET1K_V1"]
    assert table.loc["skresnet50"].isna()[["top1", "image_size"]].all()


def test_accuracies_are_listed_by_weights_with_the_cost_at_their_size():
    table = accuracy_table(["resnet50", "resnest101e"]).set_index("weights")
    assert {"resnet50.IMAGENET1K_V1", "resnet50.IMAGENET1K_V2", "resnet50.gluon_in1k"} <= set(table.index)
    assert table.loc["resnest101e.in1k", "image_size"] == 256
    assert table.loc["resnest101e.in1k", "macs"] == trace_model("resnest101e", (1, 3, 256, 256)).total_macs
    assert table["source"].str.len().gt(0).all()
    assert accuracy_table(["skresnet50"]).empty


def test_a_change_is_the_fields_that_differ():
    changes = spec_changes(get_spec("resnet50d"), get_spec("resnet50"))
    assert [(c.field, c.before, c.after) for c in changes] == [
        ("stem", "imagenet", "deep"), ("shortcut", "projection", "pooled_projection"),
    ]  # fmt: skip
    assert spec_changes(get_spec("resnet18_b"), get_spec("resnet18")) == ()


def test_equal_cost_pairs_are_those_of_the_resnext_paper():
    pairs = {pair.cardinality: pair for pair in equal_cost_pairs()}
    assert {c: pairs[c].width for c in XIE_2016_TABLE_2} == XIE_2016_TABLE_2
    assert all(pair.printed_width in (None, pair.width) for pair in pairs.values())
    assert (pairs[1].params, pairs[32].params) == (69_632, 70_144)  # "about 70k", section 3.3
    assert all(abs(pair.difference) < 0.08 for pair in pairs.values())
    resnext = trace_model("resnext50_32x4d")
    assert (pairs[32].model_params, pairs[32].model_macs) == (resnext.total_params, resnext.total_macs)


@pytest.mark.parametrize("arguments", [{"cardinalities": (0, 1)}, {"channels": -1}, {"width": 1.5}])
def test_impossible_pairs_are_refused(arguments):
    with pytest.raises(InvalidSpecError, match="whole number of at least 1"):
        equal_cost_pairs(**arguments)


def changed(name):
    return [(step.place, step.label) for step in compare_block(get_spec(name)) if step.changed]


def test_a_block_diagram_marks_what_moved():
    assert changed("resnet50") == []
    assert changed("resnet50_v1") == [("branch", "1x1 conv, 128, stride 2"), ("branch", "3x3 conv, 128")]
    assert changed("resnext50_32x4d") == [
        ("branch", "1x1 conv, 256"), ("branch", "3x3 conv, 256, stride 2, 32 groups"),
    ]  # fmt: skip
    assert ("shortcut", "average pool") in changed("resnet50d")
    assert ("stem", "7x7 conv, 64, stride 2") not in [(s.place, s.label) for s in compare_block(get_spec("resnet50d"))]
    assert changed("seresnet50")[0] == ("branch", "global average pool")
    assert ("branch", "scale channels") in changed("seresnet50")
    assert ("branch", "3x3 conv, 128, stride 2, dilation 2") in changed("skresnet50")


def test_the_addition_comes_last_in_a_preactivation_block_and_the_relu_in_the_original():
    assert block_steps(get_spec("resnet50_v2"))["sum"] == ("add",)
    assert block_steps(get_spec("resnet50"))["sum"] == ("add", "ReLU")
    assert block_steps(get_spec("plain18"))["sum"] == ("ReLU",)


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_variant_has_an_original_and_a_diagram(name):
    spec = get_spec(name)
    if sum(spec.depths) > 60:
        spec = spec.override(depths=(1,) * len(spec.depths))
    assert compare_block(original_of(spec))
    assert not any(step.changed for step in compare_block(original_of(spec)))
    assert {step.place for step in compare_block(spec)} >= {"stem", "branch", "sum"}
