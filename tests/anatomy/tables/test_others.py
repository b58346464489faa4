import pytest

from resnet_core.anatomy.papers.published import TRACED_ELSEWHERE
from resnet_core.anatomy.tables.others import OTHERS, beside_others, trace_other
from resnet_core.errors import InvalidSpecError


def test_vgg_and_googlenet_are_counted_by_the_same_rule():
    assert trace_other("VGG-19").total_macs == TRACED_ELSEWHERE["VGG-19"] == 19_632_062_464
    assert trace_other("VGG-19").total_params == 143_667_240  # torchvision's own metadata
    assert trace_other("GoogLeNet").total_params == 6_624_904  # the same
    assert set(OTHERS) == {"VGG-16", "VGG-19", "GoogLeNet"}


def test_beside_ours_resnet34_has_more_filters_and_less_work():
    rows = beside_others(["resnet34"], ["VGG-19"]).set_index("network")
    assert rows["filters"].to_dict() == {"resnet34": 8512, "VGG-19": 5504}
    assert rows["macs"]["resnet34"] / rows["macs"]["VGG-19"] == pytest.approx(0.187, abs=0.001)


def test_another_network_is_refused():
    with pytest.raises(InvalidSpecError, match="name='AlexNet' does not work"):
        trace_other("AlexNet")
