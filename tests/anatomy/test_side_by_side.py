import resnet_core as rc
from resnet_core.anatomy.side_by_side import side_by_side


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
