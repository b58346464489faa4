from dataclasses import FrozenInstanceError

import pytest

from resnet_core.errors import InvalidSpecError
from resnet_core.models.catalogue import get_spec

RESNET18, RESNET50 = get_spec("resnet18"), get_spec("resnet50")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("block", "inception"), ("stem", "vgg"), ("shortcut", "maybe"), ("stride_on", "5x5"),
        ("groups", 0), ("groups", -1), ("groups", 1.5), ("groups", True),
        ("width_per_group", 0), ("width_per_group", "64"), ("in_channels", 0), ("num_classes", -5),
        ("num_classes", None),
        ("depths", ()), ("depths", (3, 0, 6, 3)), ("depths", 50), ("widths", (64, 128.0, 256, 512)),
        ("input_size", (224, 0)), ("widths", (64, 128)),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_refused_by_its_field_name(field, value):
    with pytest.raises(InvalidSpecError, match=f"^{field}=.* does not work: it must be "):
        RESNET50.override(**{field: value})


@pytest.mark.parametrize(("field", "value"), [("groups", 32), ("width_per_group", 128), ("stride_on", "1x1")])
def test_a_basic_block_refuses_what_only_a_bottleneck_has(field, value):
    with pytest.raises(InvalidSpecError, match=f"^{field}=.*basic blocks"):
        RESNET18.override(**{field: value})


def test_a_width_that_leaves_no_channel_is_refused():
    with pytest.raises(InvalidSpecError, match="width_per_group=1 does not work"):
        RESNET50.override(widths=(32, 64, 128, 256), width_per_group=1)


def test_an_unknown_field_is_named_with_those_that_exist():
    with pytest.raises(InvalidSpecError, match=r"'depth' is no field of a model\. The fields are: name, .*depths"):
        RESNET50.override(depth=50)


def test_a_spec_is_never_changed_in_place():
    changed = RESNET50.override(num_classes=10, depths=[1, 1, 1, 1])
    assert (changed.num_classes, changed.depths) == (10, (1, 1, 1, 1))
    assert (RESNET50.num_classes, RESNET50.depths) == (1000, (3, 4, 6, 3))
    with pytest.raises(FrozenInstanceError):
        RESNET50.num_classes = 10


def test_the_inner_width_of_a_bottleneck_follows_groups_and_their_width():
    """Xie et al. 2016, table 1: 32 groups of 4 are 128 channels where ResNet-50 has 64."""
    assert [get_spec(name).inner_width(64) for name in ("resnet50", "resnext50_32x4d", "wide_resnet50_2")] == [
        64,
        128,
        128,
    ]
    assert get_spec("resnext101_64x4d").inner_width(512) == 2048


def test_expansion_is_what_a_block_puts_out_per_base_channel():
    assert (RESNET18.expansion, RESNET50.expansion) == (1, 4)
