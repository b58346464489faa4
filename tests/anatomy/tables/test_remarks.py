import pytest

from resnet_core.anatomy.tables.parts import part_tree
from resnet_core.anatomy.tables.remarks import (
    beside_its_twin,
    beside_the_paper,
    input_remark,
    where_it_goes,
    where_the_pool_stands,
)
from resnet_core.anatomy.tables.tables import layer_table, stage_table
from resnet_core.anatomy.walk.walk import walk_spec
from resnet_core.models.catalogue import get_spec


def test_the_heaviest_and_the_busiest_stage_are_named_with_their_shares():
    # resnet50: conv5_x 14,964,736 of 25,557,032 parameters; conv4_x 1,464,336,384 of 4,089,184,256 MACs
    assert where_it_goes(stage_table(walk_spec("resnet50"))) == (
        "conv5_x holds 59 % of the parameters; conv4_x does most of the work, 36 %."
    )


def test_one_stage_may_be_both():
    assert where_it_goes(stage_table(walk_spec("resnet152"))) == (
        "conv4_x holds 67 % of the parameters and does 70 % of the work."
    )


def test_the_papers_figure_stands_beside_ours_with_the_difference():
    said = beside_the_paper(walk_spec("resnet50"))
    assert "3.8 × 10⁹" in said
    assert "4,089,184,256, 7.6 % more" in said


@pytest.mark.parametrize("case", [("resnext50_32x4d", None), ("resnet50", (1, 3, 192, 192)), ("cifar_resnet20", None)])
def test_variants_and_sizes_that_the_paper_does_not_print_get_no_remark(case):
    assert beside_the_paper(walk_spec(*case)) == ""


def test_the_two_places_of_the_stride_are_told_apart():
    said = beside_its_twin(walk_spec("resnet50"), walk_spec("resnet50_v1"))
    assert "stride at the 3×3" in said
    assert "3,857,973,248" in said
    assert "stride at the first 1×1" in beside_its_twin(walk_spec("resnet50_v1"), walk_spec("resnet50"))


@pytest.mark.parametrize(
    ("model", "size", "said"),
    [
        ("resnet50", 32, "8×8 places are left behind it, and 1×1 after the last stage"),
        ("resnet50", 63, "throws most of the picture away"),
        ("resnet50", 64, ""),
        ("cifar_resnet56", 32, ""),
        ("cifar_resnet56", 224, "the first stage works on 224×224 places a channel"),
        ("tiny_imagenet_resnet18", 31, "16×16 places are left behind it, and 2×2 after the last stage"),
        ("tiny_imagenet_resnet18", 32, ""),
        ("tiny_imagenet_resnet18", 128, ""),
        ("tiny_imagenet_resnet18", 224, "only halves the picture: the first stage works on 112×112 places a channel"),
    ],
)
def test_an_input_that_a_stem_was_not_made_for_is_remarked_on(model, size, said):
    remark = input_remark(get_spec(model), walk_spec(model, (1, 3, size, size)))
    assert said in remark
    assert bool(remark) == bool(said)


@pytest.mark.parametrize("model", ["resnet18", "resnet50", "resnet50d", "cifar_resnet20"])
def test_drawing_and_tables_draw_the_line_behind_the_stem_in_one_place(model):
    trace = walk_spec(model)
    table, layers = stage_table(trace).set_index("stage")["calls"].drop("total"), layer_table(trace)
    drawn = {part.name: len(part.calls) for part in part_tree(trace).children}
    assert table.to_dict() == drawn == layers.groupby("stage").size().to_dict()
    assert ("conv2_x" in where_the_pool_stands(trace)) == ("maxpool" in set(layers["path"]))
