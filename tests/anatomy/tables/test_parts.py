import pytest

import resnet_core as rc
from resnet_core.anatomy.tables.parts import find_part, part_tree, runs_of


@pytest.mark.parametrize("name", rc.list_models())
def test_the_parts_of_every_variant_add_up_and_nest_in_order(name):
    trace = rc.walk_spec(name)
    network = part_tree(trace)
    assert network.params == trace.total_params
    assert network.macs == trace.total_macs
    for part in (network, *network.children):
        assert [call for child in part.children for call in child.calls] == list(part.calls)
    paths = [part.path for part in everything_in(network)]
    assert len(set(paths)) == len(paths)


def everything_in(part):
    yield part
    for child in part.children:
        yield from everything_in(child)


def test_resnet152_folds_to_one_projection_and_35_identities_in_layer3():
    layer3 = find_part(part_tree(rc.walk_spec("resnet152")), "layer3")
    assert layer3.name == "conv4_x"
    assert [(len(run), run[0].shortcut) for run in runs_of(layer3.blocks)] == [(1, "projection"), (35, "identity")]


@pytest.mark.parametrize(
    ("variant", "path", "shortcut"),
    [
        ("plain34", "layer2.0", "none"), ("resnet18", "layer1.0", "identity"), ("resnet50", "layer1.0", "projection"),
        ("resnet34_a", "layer2.0", "zero_pad"), ("resnet50_v2", "layer2.0", "projection"),
        ("resnet50d", "layer3.0", "projection"),
    ],
)  # fmt: skip
def test_a_block_knows_what_carries_its_input(variant, path, shortcut):
    assert find_part(part_tree(rc.walk_spec(variant)), path).shortcut == shortcut


def test_attention_inside_a_block_is_a_part_of_its_own():
    block = find_part(part_tree(rc.walk_spec("seresnet50")), "layer1.0")
    assert [layer.name for layer in block.child("se").children] == ["squeeze", "fc1", "relu", "fc2", "gate", "scale"]


def test_a_path_that_leads_nowhere_finds_nothing():
    assert find_part(part_tree(rc.walk_spec("resnet18")), "layer9.3") is None
